/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Records on their way between brokers: replicas fetch over the listener that clients use, by an API that is Sluice's own, all partitions
 * that follow the same broker over one connection.
 */
package io.sluice.kafka.replica;
