/* SPDX-License-Identifier: Apache-2.0 */
/** What a partition remembers of its idempotent producers, so that each batch is in the log once and in order. */
package io.sluice.log.producer;
