/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.sluice.actors.subscription.SubscriptionMeters;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/** Binds what subscriptions count to metrics; the names are in {@code docs/metrics.md}. */
final class SubscriptionMetrics {
    private final MeterRegistry registry;
    private final List<Tag> tags;

    private SubscriptionMetrics(MeterRegistry registry, int nodeId) {
        this.registry = registry;
        this.tags = List.of(Tag.of("node", Integer.toString(nodeId)));
    }

    static void bind(SubscriptionMeters meters, MeterRegistry registry, int nodeId) {
        SubscriptionMetrics metrics = new SubscriptionMetrics(registry, nodeId);
        metrics.gauge("subscriptions", "subscriptions that run", meters.active::get);
        metrics.counter(
                "subscriptions.refused",
                "subscriptions refused because too many ran (sluice.subscriptions.max)",
                meters.refused);
        metrics.counter("subscriptions.failed", "subscriptions that ended with an error", meters.failed);
        metrics.counter("subscription.records", "records delivered to subscribers", meters.records);
        metrics.gauge(
                "subscription.buffer.bytes", "memory of records that wait for subscribers", meters.bufferedBytes::get);
        metrics.counter(
                "subscription.pauses",
                "times that reading paused because a buffer was full (sluice.subscription.buffer.bytes)",
                meters.pauses);
        metrics.counter("subscription.records.dropped", "records left out for slow subscribers", meters.dropped);
        metrics.counter(
                "subscription.slow.closed",
                "subscriptions closed because they were slow (sluice.subscription.slow.ms)",
                meters.slowClosed);
        metrics.counter(
                "subscription.gaps.deleted",
                "gaps told because records were deleted before they were read",
                meters.deletedGaps);
        metrics.counter(
                "subscription.lookups",
                "times that a partition was looked for again, for it had moved",
                meters.lookups);
        metrics.counter(
                "subscription.shared.hits",
                "reads served by what another subscription has read, or was reading",
                meters.sharedHits);
        metrics.counter("subscription.shared.misses", "reads of the log", meters.sharedMisses);
        metrics.gauge(
                "subscription.shared.bytes", "memory of decoded batches kept for others", meters.sharedBytes::get);
        metrics.counter(
                "subscription.shared.evicted",
                "decoded batches let go for want of room (sluice.subscription.shared.bytes)",
                meters.sharedEvictions);
    }

    private void counter(String name, String description, LongAdder adder) {
        FunctionCounter.builder("sluice." + name, adder, LongAdder::sum)
                .description(description)
                .tags(tags)
                .register(registry);
    }

    private void gauge(String name, String description, Supplier<Number> value) {
        Gauge.builder("sluice." + name, value)
                .description(description)
                .tags(tags)
                .register(registry);
    }
}
