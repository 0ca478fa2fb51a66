/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupMetrics;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.record.SavedGroup;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * One group: its members, its generation and its offsets. It knows which moves are legal; when they are made is decided by {@link Rebalance} and
 * the classes for each kind of request.
 *
 * <p>Transitions:
 *
 * <ul>
 *   <li>Empty to PreparingRebalance: a first member joins
 *   <li>PreparingRebalance to CompletingRebalance: all members have joined, or the rebalance timeout is over
 *   <li>PreparingRebalance to Empty: the last member has gone
 *   <li>CompletingRebalance to Stable: the leader's assignment came
 *   <li>CompletingRebalance, Stable to PreparingRebalance: a member joins, joins with another subscription, leaves, or is silent for too long
 *   <li>Empty to Dead: deleted, or nothing is left of it
 * </ul>
 */
final class Group {
    final String id;
    private final GroupMetrics metrics;
    private GroupState state = GroupState.EMPTY;
    private boolean counted;
    /** When it came into its state; -1 if that was never kept. */
    long stateTimeMs = -1;

    int generation;
    /** Empty if it never had members. */
    String protocolType = "";
    /** Null without a generation that has members. */
    String protocol;
    /** Null without members. */
    String leader;

    private final Map<String, Member> members = new LinkedHashMap<>();
    private final Map<String, String> memberIdsOfInstances = new HashMap<>();
    private final Map<String, Integer> supporters = new HashMap<>();
    private int waiting;
    /** Ids given out to members that have not come back with them yet (KIP-394). */
    private final Map<String, Deadlines.Timer> pendingMembers = new HashMap<>();

    /** Members that have the new generation and have not asked for their assignment. */
    final Set<String> notSynced = new HashSet<>();
    /** The end of waiting: for joins while preparing, for syncs afterwards. */
    final Deadlines.Timer rebalanceTimer;
    /** While preparing: an empty group waits for more members, until then at the latest; -1 otherwise. */
    long gathersUntilMs = -1;
    /** Somebody came since the wait for more members was last extended. */
    boolean newcomers;

    private final Map<PartitionKey, CommittedOffset> offsets = new LinkedHashMap<>();
    private final Footprint footprint;
    /** The log has a record of the group itself. */
    boolean persisted;

    Group(String id, GroupMetrics metrics, Deadlines deadlines, Deadlines.LongAction onRebalanceTimer) {
        this.id = id;
        this.metrics = metrics;
        this.footprint = new Footprint(metrics);
        this.rebalanceTimer = deadlines.timer(onRebalanceTimer);
    }

    GroupState state() {
        return state;
    }

    boolean is(GroupState wanted) {
        return state == wanted;
    }

    void moveTo(GroupState next, long nowMs) {
        if (!legal(state, next)) {
            throw new IllegalStateException("Group " + id + " can't go from " + state + " to " + next);
        }
        count(next);
        state = next;
        stateTimeMs = nowMs;
    }

    /** The state as the log has it. */
    void restore(GroupState restored, long timeMs) {
        count(restored);
        state = restored;
        stateTimeMs = timeMs;
    }

    private static boolean legal(GroupState from, GroupState to) {
        return switch (to) {
            case PREPARING_REBALANCE ->
                from == GroupState.EMPTY || from == GroupState.STABLE || from == GroupState.COMPLETING_REBALANCE;
            case COMPLETING_REBALANCE, EMPTY -> from == GroupState.PREPARING_REBALANCE;
            case STABLE -> from == GroupState.COMPLETING_REBALANCE;
            case DEAD -> from == GroupState.EMPTY;
        };
    }

    /** The coordinator lets go of the group (which lives on in the log, or was deleted). */
    void dispose() {
        count(null);
        counted = false;
        footprint.stopCounting();
    }

    /** From now on the group is one of those that this node coordinates. */
    void beginCounting() {
        metrics.moved(null, state);
        counted = true;
        footprint.beginCounting();
    }

    private void count(GroupState next) {
        if (counted) {
            metrics.moved(state, next);
        }
    }

    // members

    Collection<Member> members() {
        return members.values();
    }

    int size() {
        return members.size();
    }

    /** Null if there is none. */
    Member member(String memberId) {
        return members.get(memberId);
    }

    /** Null if there is none. */
    Member memberOfInstance(String instanceId) {
        String memberId = memberIdsOfInstances.get(instanceId);
        return memberId == null ? null : members.get(memberId);
    }

    /** The member whose Join or Sync is to be answered with {@code reply}; null if there is none. */
    Member memberThatWaits(Consumer<?> reply) {
        for (Member member : members.values()) {
            if (member.joinReply == reply || member.syncReply == reply) {
                return member;
            }
        }
        return null;
    }

    boolean isLeader(Member member) {
        return member.id.equals(leader);
    }

    void add(Member member) {
        members.put(member.id, member);
        footprint.change(Footprint.of(member));
        if (member.isStatic()) {
            memberIdsOfInstances.put(member.instanceId, member.id);
        }
        support(member, 1);
        if (leader == null) {
            leader = member.id;
        }
    }

    void remove(Member member) {
        members.remove(member.id);
        footprint.change(-Footprint.of(member));
        if (member.isStatic()) {
            memberIdsOfInstances.remove(member.instanceId, member.id);
        }
        notSynced.remove(member.id);
        support(member, -1);
        if (isLeader(member)) {
            leader = successor();
        }
    }

    /** The first that has joined already, or the first of all. */
    private String successor() {
        for (Member member : members.values()) {
            if (member.awaitsJoin()) {
                return member.id;
            }
        }
        return members.isEmpty() ? null : members.keySet().iterator().next();
    }

    /** If the leader has not joined this time, one that has becomes the leader. Answers whether anybody has joined. */
    boolean electJoinedLeader() {
        Member current = leader == null ? null : members.get(leader);
        if (current != null && current.awaitsJoin()) {
            return true;
        }
        for (Member member : members.values()) {
            if (member.awaitsJoin()) {
                leader = member.id;
                return true;
            }
        }
        return false;
    }

    /** A member offers other protocols. */
    void update(Member member, Join join) {
        support(member, -1);
        footprint.change(-Footprint.of(member));
        member.update(join);
        footprint.change(Footprint.of(member));
        support(member, 1);
    }

    void assign(Member member, Bytes assignment) {
        footprint.change((long) assignment.length() - member.assignment.length());
        member.assignment = assignment;
    }

    private void support(Member member, int by) {
        for (Protocol offered : member.protocols) {
            supporters.merge(offered.name(), by, (had, more) -> had + more == 0 ? null : had + more);
        }
    }

    // ids given out

    void expect(String memberId, Deadlines.Timer timer) {
        pendingMembers.put(memberId, timer);
        footprint.change(Footprint.of(memberId));
    }

    /** The id's timer; null if it wasn't given out. */
    Deadlines.Timer stopExpecting(String memberId) {
        Deadlines.Timer timer = pendingMembers.remove(memberId);
        if (timer != null) {
            footprint.change(-Footprint.of(memberId));
        }
        return timer;
    }

    Set<String> expected() {
        return pendingMembers.keySet();
    }

    // offsets

    Map<PartitionKey, CommittedOffset> offsets() {
        return Collections.unmodifiableMap(offsets);
    }

    void putOffset(PartitionKey partition, CommittedOffset offset) {
        CommittedOffset before = offsets.put(partition, offset);
        footprint.change(Footprint.of(partition, offset) - (before == null ? 0 : Footprint.of(partition, before)));
    }

    /** Answers whether there was one. */
    boolean removeOffset(PartitionKey partition) {
        CommittedOffset before = offsets.remove(partition);
        if (before != null) {
            footprint.change(-Footprint.of(partition, before));
        }
        return before != null;
    }

    // protocols

    /** Whether one with these protocols can be in a group with all members but {@code except} (null: with all). */
    boolean accepts(String type, List<Protocol> offered, Member except) {
        int others = members.size() - (except == null ? 0 : 1);
        if (type.isEmpty() || offered.isEmpty()) {
            return false;
        } else if (others == 0) {
            return true;
        } else if (!type.equals(protocolType)) {
            return false;
        }
        for (Protocol protocol : offered) {
            int supporting = supporters.getOrDefault(protocol.name(), 0);
            int own = except != null && except.supports(protocol.name()) ? 1 : 0;
            if (supporting - own == others) {
                return true;
            }
        }
        return false;
    }

    /** The protocol that all support and most prefer; among equals the one that the leader prefers. */
    String electProtocol() {
        Map<String, Integer> votes = new LinkedHashMap<>();
        Member first = members.get(leader);
        for (Protocol offered : first.protocols) {
            if (isSupportedByAll(offered.name())) {
                votes.putIfAbsent(offered.name(), 0);
            }
        }
        for (Member member : members.values()) {
            for (Protocol offered : member.protocols) {
                if (votes.containsKey(offered.name())) {
                    votes.merge(offered.name(), 1, Integer::sum);
                    break;
                }
            }
        }
        String elected = null;
        for (Map.Entry<String, Integer> vote : votes.entrySet()) {
            if (elected == null || vote.getValue() > votes.get(elected)) {
                elected = vote.getKey();
            }
        }
        if (elected == null) {
            throw new IllegalStateException("Group " + id + ": no protocol that all members support");
        }
        return elected;
    }

    private boolean isSupportedByAll(String name) {
        return supporters.getOrDefault(name, 0) == members.size();
    }

    // rebalance

    boolean allJoined() {
        return pendingMembers.isEmpty() && waiting == members.size();
    }

    /** Members that wait for the rebalance to complete. */
    int waiting() {
        return waiting;
    }

    /**
     * A member waits for the rebalance to complete.
     *
     * @return who waited as this member before: null if nobody
     */
    Consumer<? super Joined> park(Member member, Consumer<? super Joined> reply) {
        Consumer<? super Joined> before = member.joinReply;
        member.joinReply = reply;
        member.abandoned = false;
        waiting += before == null ? 1 : 0;
        return before;
    }

    /** The member waits no longer. Answers who waited: null if nobody. */
    Consumer<? super Joined> unpark(Member member) {
        Consumer<? super Joined> reply = member.joinReply;
        member.joinReply = null;
        member.abandoned = false;
        waiting -= reply == null ? 0 : 1;
        return reply;
    }

    /** The longest of its members. */
    int rebalanceTimeoutMs() {
        int longest = 0;
        for (Member member : members.values()) {
            longest = Math.max(longest, member.rebalanceTimeoutMs);
        }
        return longest;
    }

    SavedGroup saved() {
        return new SavedGroup(
                protocolType,
                generation,
                protocol,
                members.isEmpty() ? null : leader,
                stateTimeMs,
                members.values().stream().map(member -> member.saved(protocol)).toList());
    }

    /** Nothing is left that anybody could want to know. */
    boolean isVacant() {
        return is(GroupState.EMPTY) && offsets.isEmpty() && pendingMembers.isEmpty();
    }
}
