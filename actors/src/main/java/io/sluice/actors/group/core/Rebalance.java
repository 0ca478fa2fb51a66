/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.JoinedMember;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.record.GroupEvent.GroupSaved;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a group comes from one generation to the next: all members are told (by the answer to their heartbeat) to join again; when all have, or the
 * rebalance timeout is over, everybody gets the new generation at once. An empty group first waits a little for more members.
 */
final class Rebalance {
    private static final Logger log = LoggerFactory.getLogger(Rebalance.class);
    private final ShardContext context;

    Rebalance(ShardContext context) {
        this.context = context;
    }

    /** Begins, unless one is going on. */
    void begin(Group group, String reason, long nowMs) {
        if (group.is(GroupState.PREPARING_REBALANCE)) {
            return;
        }
        boolean gathers = group.is(GroupState.EMPTY) && context.settings().initialRebalanceDelayMs() > 0;
        if (group.is(GroupState.COMPLETING_REBALANCE)) {
            dropAssignments(group, ErrorCode.REBALANCE_IN_PROGRESS, nowMs);
        }
        group.notSynced.clear();
        group.moveTo(GroupState.PREPARING_REBALANCE, nowMs);
        context.metrics().rebalances().increment();
        log.info(
                "Group rebalances group={} generation={} members={} reason={}",
                group.id,
                group.generation,
                group.size(),
                reason);
        group.newcomers = false;
        if (gathers) {
            int delayMs = context.settings().initialRebalanceDelayMs();
            group.gathersUntilMs = nowMs + Math.max(group.rebalanceTimeoutMs(), delayMs);
            context.deadlines().set(group.rebalanceTimer, nowMs + delayMs);
        } else {
            group.gathersUntilMs = -1;
            context.deadlines().cancel(group.rebalanceTimer);
            context.deadlines().set(group.rebalanceTimer, nowMs + group.rebalanceTimeoutMs());
        }
    }

    /** Completes if there is nobody left to wait for. */
    void completeIfAllJoined(Group group, long nowMs) {
        boolean gathers = group.gathersUntilMs != -1 && group.size() > 0;
        if (group.is(GroupState.PREPARING_REBALANCE) && !gathers && group.allJoined()) {
            complete(group, nowMs);
        }
    }

    /** The group's timer: the wait for more members, for joins, or for syncs is over. */
    void timeOut(Group group, long nowMs) {
        switch (group.state()) {
            case PREPARING_REBALANCE -> {
                if (group.gathersUntilMs > nowMs && group.newcomers) {
                    group.newcomers = false;
                    long atMs = Math.min(nowMs + context.settings().initialRebalanceDelayMs(), group.gathersUntilMs);
                    context.deadlines().set(group.rebalanceTimer, atMs);
                } else {
                    complete(group, nowMs);
                }
            }
            case COMPLETING_REBALANCE, STABLE -> removeSilent(group, nowMs);
            default -> log.debug("Timer of a group that waits for nothing group={} state={}", group.id, group.state());
        }
    }

    private void complete(Group group, long nowMs) {
        group.gathersUntilMs = -1;
        context.deadlines().cancel(group.rebalanceTimer);
        for (Member member : List.copyOf(group.members())) {
            if (!member.awaitsJoin() && !member.isStatic()) {
                log.info("Member did not join again in time group={} member={}", group.id, member.id);
                forget(group, member, ErrorCode.UNKNOWN_MEMBER_ID, nowMs);
            }
        }
        if (group.size() > 0 && !group.electJoinedLeader()) {
            // only static members, all silent: their sessions decide
            context.deadlines().set(group.rebalanceTimer, nowMs + group.rebalanceTimeoutMs());
            return;
        }
        group.generation = group.generation == Integer.MAX_VALUE ? 1 : group.generation + 1;
        if (group.size() == 0) {
            becomeEmpty(group, nowMs);
        } else {
            group.protocol = group.electProtocol();
            group.moveTo(GroupState.COMPLETING_REBALANCE, nowMs);
            context.deadlines().set(group.rebalanceTimer, nowMs + group.rebalanceTimeoutMs());
            announce(group, nowMs);
            log.info(
                    "Group has a new generation group={} generation={} members={} protocol={}",
                    group.id,
                    group.generation,
                    group.size(),
                    group.protocol);
        }
    }

    private void becomeEmpty(Group group, long nowMs) {
        group.protocol = null;
        group.leader = null;
        group.moveTo(GroupState.EMPTY, nowMs);
        save(group);
        log.info("Group is empty group={} generation={}", group.id, group.generation);
    }

    private void announce(Group group, long nowMs) {
        for (Member member : List.copyOf(group.members())) {
            group.assign(member, Bytes.EMPTY);
            Consumer<? super Joined> reply = group.unpark(member);
            if (reply != null) {
                group.notSynced.add(member.id);
                member.isNew = false;
                context.outbox().answer(reply, joined(group, member));
                beginSession(member, nowMs);
            }
        }
    }

    /** A member's place in the current generation. */
    Joined joined(Group group, Member member) {
        return new Joined(
                ErrorCode.NONE,
                group.generation,
                group.protocolType,
                group.protocol,
                group.leader,
                false,
                member.id,
                group.isLeader(member) ? everybody(group) : List.of());
    }

    /** What the leader needs to know to assign. */
    List<JoinedMember> everybody(Group group) {
        List<JoinedMember> all = new ArrayList<>(group.size());
        for (Member member : group.members()) {
            all.add(new JoinedMember(member.id, member.instanceId, member.metadata(group.protocol)));
        }
        return all;
    }

    /** The log is to know the group as it is now. */
    void save(Group group) {
        context.outbox().emit(new GroupSaved(group.id, group.saved()));
        group.persisted = true;
    }

    /** Those that have the generation but never asked for their assignment. */
    private void removeSilent(Group group, long nowMs) {
        List<String> silent = List.copyOf(group.notSynced);
        if (silent.isEmpty()) {
            return;
        }
        for (String memberId : silent) {
            Member member = group.member(memberId);
            if (member != null) {
                forget(group, member, ErrorCode.UNKNOWN_MEMBER_ID, nowMs);
            }
        }
        begin(group, "members did not ask for their assignment: " + silent, nowMs);
        completeIfAllJoined(group, nowMs);
    }

    /** The assignments that were waited for won't come, or were refused. */
    void dropAssignments(Group group, ErrorCode error, long nowMs) {
        for (Member member : group.members()) {
            group.assign(member, Bytes.EMPTY);
            answerSync(member, Synced.refused(error), nowMs);
        }
    }

    void answerSync(Member member, Synced synced, long nowMs) {
        Consumer<? super Synced> reply = member.syncReply;
        if (reply != null) {
            member.syncReply = null;
            member.abandoned = false;
            context.outbox().answer(reply, synced);
            beginSession(member, nowMs);
        }
    }

    /** Takes a member out; what follows from that for the group is {@link #afterRemoval}. Requests that it waits for are answered with {@code error}. */
    void forget(Group group, Member member, ErrorCode error, long nowMs) {
        Consumer<? super Joined> joinReply = group.unpark(member);
        if (joinReply != null) {
            context.outbox().answer(joinReply, Joined.refused(error, member.id));
        }
        answerSync(member, Synced.refused(error), nowMs);
        context.deadlines().cancel(member.session);
        group.remove(member);
    }

    /** One or more members are gone: the others share what they had. */
    void afterRemoval(Group group, String reason, long nowMs) {
        switch (group.state()) {
            case STABLE, COMPLETING_REBALANCE -> {
                begin(group, reason, nowMs);
                completeIfAllJoined(group, nowMs);
            }
            case PREPARING_REBALANCE -> {
                shortenWait(group, nowMs);
                completeIfAllJoined(group, nowMs);
            }
            default -> log.debug("Nobody is left to rebalance group={}", group.id);
        }
    }

    /** Those who are left may ask for less time than the one that has gone. */
    private void shortenWait(Group group, long nowMs) {
        int timeoutMs = group.rebalanceTimeoutMs();
        if (group.gathersUntilMs != -1) {
            long untilMs =
                    group.stateTimeMs + Math.max(timeoutMs, context.settings().initialRebalanceDelayMs());
            group.gathersUntilMs = Math.min(group.gathersUntilMs, untilMs);
        } else if (group.size() > 0) {
            context.deadlines().set(group.rebalanceTimer, Math.max(nowMs, group.stateTimeMs + timeoutMs));
        }
    }

    /** The member was heard of: its session is as long as ever. */
    void beginSession(Member member, long nowMs) {
        context.deadlines().set(member.session, nowMs + member.sessionTimeoutMs);
    }
}
