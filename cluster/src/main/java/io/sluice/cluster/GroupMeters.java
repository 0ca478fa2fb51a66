/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.sluice.actors.group.GroupMetrics;
import io.sluice.actors.group.GroupState;
import java.util.Locale;
import java.util.concurrent.atomic.LongAdder;

/** The group coordinators' metrics, as they are published. */
final class GroupMeters {
    private GroupMeters() {}

    static void register(GroupMetrics metrics, MeterRegistry registry) {
        for (GroupState state : GroupState.values()) {
            Gauge.builder("sluice.groups", metrics, groups -> groups.groups(state))
                    .tag("state", state.name().toLowerCase(Locale.ROOT))
                    .description("Consumer groups that this broker coordinates")
                    .register(registry);
        }
        Gauge.builder("sluice.group.memory", metrics.memoryBytes(), LongAdder::sum)
                .baseUnit("bytes")
                .description("About how much memory groups, members and offsets take")
                .register(registry);
        Gauge.builder("sluice.group.requests.waiting", metrics.waitingRequests(), LongAdder::sum)
                .description("Requests in the mailboxes of coordinators")
                .register(registry);
        count(registry, "sluice.group.memory.refused", "Too much memory in use", metrics.refusedForMemory());
        count(registry, "sluice.group.rebalances", "Rebalances that began", metrics.rebalances());
        count(registry, "sluice.group.sessions.expired", "Members silent for too long", metrics.expiredSessions());
        count(registry, "sluice.group.offsets.committed", "Offsets committed", metrics.committedOffsets());
        count(registry, "sluice.group.offsets.expired", "Offsets that nobody used any more", metrics.expiredOffsets());
        count(registry, "sluice.group.requests.refused", "Too many waited for the log", metrics.refusedRequests());
        count(registry, "sluice.group.reloads", "Coordinators that had to load again", metrics.reloads());
    }

    private static void count(MeterRegistry registry, String name, String description, LongAdder adder) {
        FunctionCounter.builder(name, adder, LongAdder::sum)
                .description(description)
                .register(registry);
    }
}
