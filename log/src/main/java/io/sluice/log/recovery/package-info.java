/* SPDX-License-Identifier: Apache-2.0 */
/** Opening a log: what a folder holds, and what of it can be trusted. */
package io.sluice.log.recovery;
