/* SPDX-License-Identifier: Apache-2.0 */
/** Idempotent producers: their ids, and what partitions know of them. */
package io.sluice.kafka.producer;
