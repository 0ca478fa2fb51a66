/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Measures Sluice: {@code load} holds the programs that put load on a whole broker (any that speaks Kafka's protocol, so
 * that Apache Kafka is measured by the same means), {@code jmh} the microbenchmarks of single classes.
 */
package io.sluice.bench;
