/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the coordinators of a node count. Written by their threads, read by any. */
public final class GroupMetrics {
    private final Map<GroupState, LongAdder> groups = new EnumMap<>(GroupState.class);
    private final LongAdder rebalances = new LongAdder();
    private final LongAdder expiredSessions = new LongAdder();
    private final LongAdder committedOffsets = new LongAdder();
    private final LongAdder expiredOffsets = new LongAdder();
    private final LongAdder waitingRequests = new LongAdder();
    private final LongAdder refusedRequests = new LongAdder();
    private final LongAdder reloads = new LongAdder();
    private final LongAdder memoryBytes = new LongAdder();
    private final LongAdder refusedForMemory = new LongAdder();

    public GroupMetrics() {
        for (GroupState state : GroupState.values()) {
            groups.put(state, new LongAdder());
        }
    }

    /**
     * A group has changed its state.
     *
     * @param from null for a new group
     * @param to null for one that went away
     */
    public void moved(GroupState from, GroupState to) {
        if (from != null) {
            groups.get(from).decrement();
        }
        if (to != null) {
            groups.get(to).increment();
        }
    }

    /** Groups in a state now. */
    public long groups(GroupState state) {
        return groups.get(state).sum();
    }

    /** Rebalances that began. */
    public LongAdder rebalances() {
        return rebalances;
    }

    /** Members removed because they were silent for their session timeout. */
    public LongAdder expiredSessions() {
        return expiredSessions;
    }

    /** Offsets (not requests) committed. */
    public LongAdder committedOffsets() {
        return committedOffsets;
    }

    /** Offsets removed by {@code offsets.retention.minutes}. */
    public LongAdder expiredOffsets() {
        return expiredOffsets;
    }

    /** Requests in the mailboxes of coordinators. */
    public LongAdder waitingRequests() {
        return waitingRequests;
    }

    /** Requests refused because too many waited for the log ({@code sluice.group.pending.requests.max}). */
    public LongAdder refusedRequests() {
        return refusedRequests;
    }

    /** About how much memory groups, members and offsets take. */
    public LongAdder memoryBytes() {
        return memoryBytes;
    }

    /** Members and offsets refused because the groups take all the memory that they may ({@code sluice.group.memory.max.bytes}). */
    public LongAdder refusedForMemory() {
        return refusedForMemory;
    }

    /** Coordinators that threw away their state and loaded again because an append failed. */
    public LongAdder reloads() {
        return reloads;
    }
}
