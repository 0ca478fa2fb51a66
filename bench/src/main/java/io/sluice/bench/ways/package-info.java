/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Load programs for the ways out of the broker that are not Kafka's protocol, and the way in over HTTP: WebSocket subscribers in great number,
 * idle or not reading, a publisher inside the JVM, {@code POST .../records}. NATS is measured by the same programs where it does the same.
 * Each program prints one JSON line of figures; {@code bench/ways-out.sh} runs them.
 */
package io.sluice.bench.ways;
