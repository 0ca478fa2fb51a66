/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What a broker counts whose logs are read by readers on others. */
final class ServedReadMetrics {
    /** Readers that wait for records. */
    final AtomicInteger waiting = new AtomicInteger();

    final LinkMetrics link;
    final Counter waitsRefused;
    final Counter overrun;

    ServedReadMetrics(MeterRegistry meters) {
        Gauge.builder("sluice.remote.served.waiting", waiting, AtomicInteger::get)
                .description("readers on other brokers that wait for records")
                .register(meters);
        link = LinkMetrics.of(meters, "sluice.remote.served", "responses to readers on other brokers");
        waitsRefused = counter(meters, "waits.refused", "readers that were not let wait (sluice.remote.waiting.max)");
        overrun = counter(
                meters,
                "overrun",
                "connections closed because their broker did not take what it asked for (sluice.remote.answers.max)");
    }

    private static Counter counter(MeterRegistry meters, String name, String description) {
        return Counter.builder("sluice.remote.served." + name)
                .description(description)
                .register(meters);
    }
}
