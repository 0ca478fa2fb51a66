/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What a broker counts that is fetched from. */
final class ServedMetrics {
    /** Fetches that wait for their partition's answer. */
    final AtomicInteger armed = new AtomicInteger();

    final Counter responses;
    final Counter bytes;
    final Counter refused;
    final Counter postponed;

    ServedMetrics(MeterRegistry meters) {
        Gauge.builder("sluice.replica.served.waiting", armed, AtomicInteger::get)
                .description("fetches of replicas on other brokers that wait for something new")
                .register(meters);
        responses = counter(meters, "responses", "responses to replicas on other brokers");
        bytes = Counter.builder("sluice.replica.served.bytes")
                .baseUnit("bytes")
                .description("bytes of records in them")
                .register(meters);
        refused = counter(meters, "refused", "requests of another cluster's broker, or meant for another broker");
        postponed = counter(
                meters,
                "postponed",
                "partitions whose records had to wait for the next response: replica.fetch.response.max.bytes");
    }

    private static Counter counter(MeterRegistry meters, String name, String description) {
        return Counter.builder("sluice.replica.served." + name)
                .description(description)
                .register(meters);
    }
}
