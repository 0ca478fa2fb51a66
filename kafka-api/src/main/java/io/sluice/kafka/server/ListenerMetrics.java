/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/** What a listener counts. */
final class ListenerMetrics {
    final AtomicInteger connections = new AtomicInteger();
    final Counter connectionsRefused;
    final Counter malformed;
    final Counter handlerFailures;
    final Counter memoryWaits;
    final Counter memoryTimeouts;
    final Counter memoryWaitsGone;
    final Counter allowanceUses;
    final Counter inFlightStops;
    final Counter slowReaderStops;
    final Counter receiveTimeouts;
    final Counter idleClosed;

    ListenerMetrics(MeterRegistry meters, RequestMemory memory) {
        Gauge.builder("sluice.kafka.connections", connections, AtomicInteger::get)
                .description("open connections")
                .register(meters);
        Gauge.builder("sluice.kafka.request.memory.used", memory, RequestMemory::used)
                .baseUnit("bytes")
                .description("reserved for requests that are received or being received")
                .register(meters);
        Gauge.builder("sluice.kafka.request.memory.waiting", memory, RequestMemory::waiting)
                .description("connections that wait for request memory")
                .register(meters);
        connectionsRefused =
                counter(meters, "connections.refused", "closed at once: max.connections or max.connections.per.ip");
        malformed = counter(
                meters, "requests.malformed", "closed because of a request that can't be understood or is too large");
        handlerFailures = counter(meters, "requests.failed", "requests whose handler failed");
        memoryWaits =
                counter(meters, "request.memory.waits", "times that a connection stopped reading for want of memory");
        memoryTimeouts = counter(
                meters,
                "request.memory.timeouts",
                "closed because there was no memory for a request within sluice.request.receive.timeout.ms");
        memoryWaitsGone = counter(
                meters, "request.memory.waits.gone", "connections whose client went away while they waited for memory");
        allowanceUses =
                counter(meters, "request.memory.allowance", "small requests admitted although memory was used up");
        inFlightStops =
                counter(meters, "requests.inflight.stops", "times that a connection had too many unanswered requests");
        slowReaderStops = counter(
                meters,
                "responses.slow.stops",
                "times that a connection was not read because it did not take its responses");
        receiveTimeouts =
                counter(meters, "requests.receive.timeouts", "closed because a request took too long to arrive");
        idleClosed = counter(meters, "connections.idle.closed", "closed because idle");
    }

    private static Counter counter(MeterRegistry meters, String name, String description) {
        return Counter.builder("sluice.kafka." + name).description(description).register(meters);
    }
}
