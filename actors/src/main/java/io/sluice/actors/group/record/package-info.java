/* SPDX-License-Identifier: Apache-2.0 */
/** The records of {@code __consumer_offsets}: what they mean, and their bytes, which are Kafka's. */
package io.sluice.actors.group.record;
