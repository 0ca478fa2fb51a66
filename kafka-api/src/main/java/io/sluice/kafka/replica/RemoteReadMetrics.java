/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What a broker counts whose readers read the logs of others. */
final class RemoteReadMetrics {
    /** Readers that wait for records. */
    final AtomicInteger waiting = new AtomicInteger();

    /** Reads that wait for others to be done. */
    final AtomicInteger queued = new AtomicInteger();

    final Counter requests;
    final Counter bytes;
    final Counter failures;

    RemoteReadMetrics(MeterRegistry meters) {
        Gauge.builder("sluice.remote.waiting", waiting, AtomicInteger::get)
                .description("readers on this broker that wait for records of other brokers")
                .register(meters);
        Gauge.builder("sluice.remote.reads.queued", queued, AtomicInteger::get)
                .description("reads from other brokers that wait for earlier ones (sluice.remote.reads.max)")
                .register(meters);
        requests = counter(meters, "requests", "requests to other brokers for records that subscriptions read");
        bytes = Counter.builder("sluice.remote.bytes")
                .baseUnit("bytes")
                .description("bytes of records in the responses")
                .register(meters);
        failures = counter(meters, "failures", "connections for that purpose that were refused or have broken");
    }

    private static Counter counter(MeterRegistry meters, String name, String description) {
        return Counter.builder("sluice.remote." + name).description(description).register(meters);
    }
}
