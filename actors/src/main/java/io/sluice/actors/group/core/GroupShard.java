/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupMetrics;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.DeleteGroup;
import io.sluice.actors.group.GroupRequest.DeleteOffsets;
import io.sluice.actors.group.GroupRequest.Describe;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.Heartbeat;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupRequest.Leave;
import io.sluice.actors.group.GroupRequest.Sync;
import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.ListedGroup;
import io.sluice.actors.group.GroupResponse.Outcome;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.record.GroupEvent;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The groups of one {@code __consumer_offsets} partition. Requests and the passing of time go in ({@link #handle}, {@link #advance}), events and answers
 * come out ({@link #drain}); {@link #replay} brings the groups back from their events. State changes at once, before its event is
 * committed: an answer therefore waits for the events before it, and when events could not be committed the shard is thrown away and
 * replayed. This class is not thread-safe.
 */
public final class GroupShard {
    private final Map<String, Group> groups = new HashMap<>();
    private final ShardContext context;
    private final Rebalance rebalance;
    private final Sessions sessions;
    private final JoinHandler joins;
    private final SyncHandler syncs;
    private final HeartbeatHandler heartbeats;
    private final LeaveHandler leaves;
    private final CommitHandler commits;
    private final OffsetRemovals removals;
    private final Replay replay;
    private final Deadlines.Timer retention;
    private boolean begun;

    public GroupShard(GroupSettings settings, GroupMetrics metrics, Supplier<String> uniqueIds) {
        context = new ShardContext(settings, metrics, new Outbox(), new Deadlines(), uniqueIds);
        rebalance = new Rebalance(context);
        sessions = new Sessions(context, rebalance, group -> forgetIfVacant(group.id));
        joins = new JoinHandler(context, rebalance, sessions);
        syncs = new SyncHandler(context, rebalance);
        heartbeats = new HeartbeatHandler(rebalance);
        leaves = new LeaveHandler(rebalance, sessions);
        commits = new CommitHandler(context, rebalance);
        removals = new OffsetRemovals(context);
        replay = new Replay(groups, sessions, this::newGroup);
        retention = context.deadlines().timer(this::expireOffsets);
    }

    /** Answers, sooner or later, through {@link #drain}. */
    @SuppressWarnings("unchecked")
    public <R extends GroupResponse> void handle(GroupRequest<R> request, Consumer<? super R> reply, long nowMs) {
        if (request instanceof Heartbeat heartbeat) {
            Group group = groups.get(heartbeat.groupId());
            ErrorCode error = group == null ? ErrorCode.UNKNOWN_MEMBER_ID : heartbeats.handle(group, heartbeat, nowMs);
            context.outbox().answerNow((Consumer<GroupResponse>) reply, new Outcome(error));
        } else if (request instanceof Join join) {
            join(join, (Consumer<? super Joined>) reply, nowMs);
        } else if (request instanceof Sync sync) {
            sync(sync, (Consumer<? super Synced>) reply, nowMs);
        } else {
            GroupResponse response = respond(request, nowMs);
            context.outbox().answer((Consumer<GroupResponse>) reply, response);
        }
        forgetIfVacant(request.groupId());
    }

    /**
     * Nobody waits any more for the answer to a request that came with this very {@code reply}. Changes something only while a member
     * waits with it.
     */
    public void abandon(GroupRequest<?> request, Consumer<?> reply, long nowMs) {
        Group group = groups.get(request.groupId());
        Member member = group == null ? null : group.memberThatWaits(reply);
        if (member != null) {
            sessions.beginSilence(member, nowMs);
        }
    }

    private GroupResponse respond(GroupRequest<?> request, long nowMs) {
        Group group = groups.get(request.groupId());
        if (request instanceof Commit commit) {
            return commit(group, commit, nowMs);
        } else if (request instanceof FetchOffsets fetch) {
            return group == null
                    ? new GroupResponse.FetchedOffsets(ErrorCode.NONE, Map.of())
                    : Descriptions.offsets(group, fetch);
        } else if (request instanceof Describe describe) {
            return group == null ? Descriptions.unknown(describe.groupId()) : Descriptions.describe(group);
        } else if (request instanceof Leave leave) {
            return group == null ? LeaveHandler.unknownGroup(leave) : leaves.handle(group, leave, nowMs);
        } else if (request instanceof DeleteOffsets delete) {
            return group == null ? delete.failed(ErrorCode.GROUP_ID_NOT_FOUND) : removals.delete(group, delete);
        } else if (request instanceof DeleteGroup delete) {
            return delete(group, delete);
        }
        throw new IllegalArgumentException("A request that nobody handles: " + request.getClass());
    }

    private void join(Join join, Consumer<? super Joined> reply, long nowMs) {
        ErrorCode error = joins.check(join);
        Group group = groups.get(join.groupId());
        if (error == ErrorCode.NONE && group == null && !join.memberId().isEmpty()) {
            error = ErrorCode.UNKNOWN_MEMBER_ID;
        }
        if (error != ErrorCode.NONE) {
            context.outbox().answer(reply, join.failed(error));
        } else {
            joins.handle(group == null ? newGroup(join.groupId()) : group, join, reply, nowMs);
        }
    }

    private void sync(Sync sync, Consumer<? super Synced> reply, long nowMs) {
        Group group = groups.get(sync.groupId());
        if (group == null) {
            context.outbox().answer(reply, Synced.refused(ErrorCode.UNKNOWN_MEMBER_ID));
        } else {
            syncs.handle(group, sync, reply, nowMs);
        }
    }

    private GroupResponse commit(Group group, Commit commit, long nowMs) {
        if (group == null && commit.generation() >= 0) {
            return commit.failed(
                    commit.missingGroupIsNotFound() ? ErrorCode.GROUP_ID_NOT_FOUND : ErrorCode.ILLEGAL_GENERATION);
        }
        return commits.handle(group == null ? newGroup(commit.groupId()) : group, commit, nowMs);
    }

    private GroupResponse delete(Group group, DeleteGroup delete) {
        if (group == null) {
            return delete.failed(ErrorCode.GROUP_ID_NOT_FOUND);
        }
        ErrorCode error = removals.deleteGroup(group);
        if (error == ErrorCode.NONE) {
            for (String memberId : List.copyOf(group.expected())) {
                sessions.stopExpecting(group, memberId);
            }
            forget(group);
        }
        return new Outcome(error);
    }

    /** All groups. */
    public List<ListedGroup> list(Set<String> states, Set<String> types) {
        List<ListedGroup> listed = new ArrayList<>();
        if (types.isEmpty() || types.stream().anyMatch(Descriptions::isOfType)) {
            for (Group group : groups.values()) {
                if (states.isEmpty()
                        || states.stream()
                                .anyMatch(state ->
                                        state.equalsIgnoreCase(group.state().label()))) {
                    listed.add(Descriptions.list(group));
                }
            }
        }
        return listed;
    }

    /** Removes the offsets of topics that are gone. */
    public void topicsDeleted(Collection<String> topics) {
        Set<String> names = Set.copyOf(topics);
        for (Group group : List.copyOf(groups.values())) {
            removals.topicsDeleted(group, names);
            forgetIfVacant(group.id);
        }
    }

    /** Brings back what an event says. Only before {@link #begin}. */
    public void replay(GroupEvent event) {
        replay.apply(event);
    }

    /** All that there was is replayed: sessions begin. */
    public void begin(long nowMs) {
        begun = true;
        for (Group group : groups.values()) {
            group.beginCounting();
            for (Member member : group.members()) {
                rebalance.beginSession(member, nowMs);
            }
        }
        context.deadlines().set(retention, nowMs + context.settings().offsetsRetentionCheckIntervalMs());
    }

    /** When {@link #advance} must be called, at the latest; {@link Long#MAX_VALUE} if never. */
    public long nextDeadlineMs() {
        return context.deadlines().nextMs();
    }

    /** Time has passed. */
    public void advance(long nowMs) {
        context.deadlines().advance(nowMs);
    }

    /** What came out since the last call. */
    public Effects drain() {
        return context.outbox().drain();
    }

    /** The coordinator goes: everybody who waits is told why. The answers come out of {@link #drain}. */
    public void dispose(ErrorCode error) {
        for (Group group : groups.values()) {
            for (Member member : group.members()) {
                Consumer<? super Joined> joinReply = group.unpark(member);
                if (joinReply != null) {
                    context.outbox().answer(joinReply, Joined.refused(error, member.id));
                }
                if (member.syncReply != null) {
                    context.outbox().answer(member.syncReply, Synced.refused(error));
                    member.syncReply = null;
                }
            }
            group.dispose();
        }
        groups.clear();
    }

    private void expireOffsets(long nowMs) {
        for (Group group : List.copyOf(groups.values())) {
            removals.expire(group, nowMs);
            if (group.isVacant()) {
                removals.removeGroup(group);
                forget(group);
            }
        }
        context.deadlines().set(retention, nowMs + context.settings().offsetsRetentionCheckIntervalMs());
    }

    private Group newGroup(String groupId) {
        Group[] made = new Group[1];
        made[0] = new Group(groupId, context.metrics(), context.deadlines(), nowMs -> {
            rebalance.timeOut(made[0], nowMs);
            forgetIfVacant(groupId);
        });
        groups.put(groupId, made[0]);
        if (begun) {
            made[0].beginCounting();
        }
        return made[0];
    }

    private void forgetIfVacant(String groupId) {
        Group group = groups.get(groupId);
        if (group != null && !group.persisted && group.isVacant()) {
            forget(group);
        }
    }

    private void forget(Group group) {
        context.deadlines().cancel(group.rebalanceTimer);
        groups.remove(group.id);
        group.dispose();
    }

    /** What the log knows of a group, for tests. */
    Group group(String groupId) {
        return groups.get(groupId);
    }
}
