/* SPDX-License-Identifier: Apache-2.0 */
/** Offsets of a partition's log: where they are in time, where epochs end, and where the log begins. */
package io.sluice.kafka.offset;
