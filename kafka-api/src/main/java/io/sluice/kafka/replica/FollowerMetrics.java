/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicLong;

/** What a broker counts that fetches from others. */
final class FollowerMetrics {
    /** Bytes fetched and not released yet, of all brokers. */
    final AtomicLong held = new AtomicLong();

    final Counter requests;
    final Counter answers;
    final Counter bytes;
    final Counter reconnects;
    final Counter failures;
    final Counter memoryStops;
    final Counter damaged;
    final Counter throttled;

    FollowerMetrics(MeterRegistry meters) {
        Gauge.builder("sluice.replica.fetch.memory", held, AtomicLong::get)
                .baseUnit("bytes")
                .description("bytes fetched from other brokers that wait to be written")
                .register(meters);
        requests = counter(meters, "requests", "requests to other brokers for records");
        answers = counter(meters, "answers", "partitions in the responses");
        bytes = Counter.builder("sluice.replica.fetch.bytes")
                .baseUnit("bytes")
                .description("bytes of records fetched from other brokers")
                .register(meters);
        reconnects = counter(meters, "reconnects", "connections to other brokers made anew after an outage");
        failures = counter(meters, "failures", "connections to other brokers that were refused or have broken");
        memoryStops = counter(
                meters,
                "memory.stops",
                "times that a broker was not read from because of sluice.replica.fetch.memory.max.bytes");
        throttled = counter(
                meters,
                "throttled",
                "times that a replica that catches up had to wait: follower.replication.throttled.rate");
        damaged = counter(meters, "damaged", "answers whose records were no whole batch of the leader's epochs");
    }

    private static Counter counter(MeterRegistry meters, String name, String description) {
        return Counter.builder("sluice.replica.fetch." + name)
                .description(description)
                .register(meters);
    }
}
