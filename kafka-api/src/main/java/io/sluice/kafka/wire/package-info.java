/* SPDX-License-Identifier: Apache-2.0 */
/** Bytes of the Kafka protocol: readers and writers over Netty buffers, with the limits that keep a bad request small. */
package io.sluice.kafka.wire;
