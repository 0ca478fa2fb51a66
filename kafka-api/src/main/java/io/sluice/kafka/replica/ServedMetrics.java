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

    final LinkMetrics link;
    final Counter postponed;

    ServedMetrics(MeterRegistry meters) {
        Gauge.builder("sluice.replica.served.waiting", armed, AtomicInteger::get)
                .description("fetches of replicas on other brokers that wait for something new")
                .register(meters);
        link = LinkMetrics.of(meters, "sluice.replica.served", "responses to replicas on other brokers");
        postponed = Counter.builder("sluice.replica.served.postponed")
                .description(
                        "partitions whose records had to wait for the next response: replica.fetch.response.max.bytes")
                .register(meters);
    }
}
