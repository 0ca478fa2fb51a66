/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/** Publishes lags: a gauge comes with the first lag of its partition and goes when there is none any more. */
final class GroupLagMeters {
    /** The gauges of one partition of a group. */
    private record Shown(AtomicLong toHighWatermark, AtomicLong toLastStable, AtomicLong sinceMs, List<Meter> meters) {}

    private static final double MS_PER_SECOND = 1_000;

    private final MeterRegistry registry;
    private final InstantSource clock;
    private final Map<GroupLag.Key, Shown> shown = new HashMap<>();
    private final AtomicLong count = new AtomicLong();
    private final AtomicLong omitted = new AtomicLong();

    GroupLagMeters(MeterRegistry registry, InstantSource clock) {
        this.registry = registry;
        this.clock = clock;
        Gauge.builder("sluice.group.lag.partitions", count, AtomicLong::get)
                .description("partitions of groups whose lag this broker publishes")
                .register(registry);
        Gauge.builder("sluice.group.lag.omitted", omitted, AtomicLong::get)
                .description(
                        "partitions of groups, or more, whose lag is not published (sluice.group.lag.partitions.max)")
                .register(registry);
    }

    /** These, and no others. */
    synchronized void show(List<GroupLag> lags, long omittedNow) {
        Set<GroupLag.Key> gone = new HashSet<>(shown.keySet());
        for (GroupLag lag : lags) {
            Shown one = shown.computeIfAbsent(lag.key(), this::begin);
            one.toHighWatermark().set(lag.toHighWatermark());
            one.toLastStable().set(lag.toLastStable());
            one.sinceMs().set(lag.sinceMs());
            gone.remove(lag.key());
        }
        gone.forEach(key -> shown.remove(key).meters().forEach(registry::remove));
        count.set(shown.size());
        omitted.set(omittedNow);
    }

    private Shown begin(GroupLag.Key key) {
        Shown fresh = new Shown(new AtomicLong(), new AtomicLong(), new AtomicLong(Backlog.NOTHING), new ArrayList<>());
        fresh.meters()
                .add(gauge(
                        "sluice.group.lag",
                        "committed records not consumed by the group",
                        key,
                        fresh.toHighWatermark()));
        fresh.meters()
                .add(gauge(
                        "sluice.group.lag.stable",
                        "of those, the ones below the last stable offset",
                        key,
                        fresh.toLastStable()));
        fresh.meters()
                .add(tagged(
                        key,
                        Gauge.builder("sluice.group.lag.time", fresh.sinceMs(), this::seconds)
                                .baseUnit("seconds")
                                .description(
                                        "for how long the first record not consumed by the group has been there")));
        return fresh;
    }

    /** As of now, not of the last look. */
    private double seconds(AtomicLong sinceMs) {
        long since = sinceMs.get();
        if (since == GroupLag.UNKNOWN) {
            return Double.NaN;
        }
        return since == Backlog.NOTHING ? 0 : Math.max(0, clock.millis() - since) / MS_PER_SECOND;
    }

    private Gauge gauge(String name, String description, GroupLag.Key key, AtomicLong value) {
        return tagged(
                key,
                Gauge.builder(name, value, AtomicLong::get).baseUnit("records").description(description));
    }

    private Gauge tagged(GroupLag.Key key, Gauge.Builder<AtomicLong> gauge) {
        return gauge.tag("group", key.group())
                .tag("topic", key.topic())
                .tag("partition", Integer.toString(key.partition()))
                .register(registry);
    }
}
