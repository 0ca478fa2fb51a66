/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.log.ErrorCode;
import java.util.function.Consumer;

/**
 * JoinGroup. A new dynamic member of a newer client gets an id first and comes again with it; a new static member, or one that
 * returns under its instance id (KIP-345), is let in at once.
 */
final class JoinHandler {
    /** Clients name themselves; a member id has at most so many characters of that. */
    static final int CLIENT_ID_IN_MEMBER_ID_MAX = 200;

    /** Protocol names, types and client ids of more characters are refused: a record could not hold them. */
    static final int NAME_LENGTH_MAX = 10_000;

    private final ShardContext context;
    private final Rebalance rebalance;
    private final Sessions sessions;
    private final StaticReturn staticReturn;

    JoinHandler(ShardContext context, Rebalance rebalance, Sessions sessions) {
        this.context = context;
        this.rebalance = rebalance;
        this.sessions = sessions;
        this.staticReturn = new StaticReturn(context, rebalance, sessions);
    }

    /** What is wrong with the request whatever the group is like; {@code NONE} if nothing. */
    ErrorCode check(Join join) {
        if (join.sessionTimeoutMs() < context.settings().minSessionTimeoutMs()
                || join.sessionTimeoutMs() > context.settings().maxSessionTimeoutMs()) {
            return ErrorCode.INVALID_SESSION_TIMEOUT;
        }
        long metadataBytes = 0;
        for (GroupRequest.Protocol protocol : join.protocols()) {
            metadataBytes += protocol.metadata().length();
        }
        if (metadataBytes > context.settings().maxBatchBytes()) {
            return ErrorCode.MESSAGE_TOO_LARGE;
        }
        boolean tooLong = join.protocolType().length() > NAME_LENGTH_MAX
                || join.clientId().length() > NAME_LENGTH_MAX
                || (join.instanceId() != null && join.instanceId().length() > NAME_LENGTH_MAX)
                || join.protocols().stream()
                        .anyMatch(protocol -> protocol.name().length() > NAME_LENGTH_MAX);
        return tooLong || join.rebalanceTimeoutMs() < 0 ? ErrorCode.INVALID_REQUEST : ErrorCode.NONE;
    }

    void handle(Group group, Join join, Consumer<? super Joined> reply, long nowMs) {
        Member known = join.memberId().isEmpty() ? null : group.member(join.memberId());
        Member returning = join.memberId().isEmpty() && join.instanceId() != null
                ? group.memberOfInstance(join.instanceId())
                : null;
        Member self = known == null ? returning : known;
        if (!group.accepts(join.protocolType(), join.protocols(), self)) {
            refuse(join, reply, ErrorCode.INCONSISTENT_GROUP_PROTOCOL);
        } else if (self == null && isFull(group, join)) {
            refuse(join, reply, ErrorCode.GROUP_MAX_SIZE_REACHED);
        } else if (self == null && context.isFull()) {
            context.metrics().refusedForMemory().increment();
            refuse(join, reply, ErrorCode.POLICY_VIOLATION);
        } else if (returning != null) {
            staticReturn.handle(group, returning, newMemberId(join), join, reply, nowMs);
        } else if (join.memberId().isEmpty()) {
            joinFirst(group, join, reply, nowMs);
        } else {
            joinAgain(group, known, join, reply, nowMs);
        }
    }

    private void refuse(Join join, Consumer<? super Joined> reply, ErrorCode error) {
        context.outbox().answer(reply, join.failed(error));
    }

    private boolean isFull(Group group, Join join) {
        // an id given out holds a place, so that nobody is sent away when it comes with it
        int taken = group.size() + group.expected().size();
        int own = group.expected().contains(join.memberId()) ? 1 : 0;
        return taken - own >= context.settings().maxSize();
    }

    private String newMemberId(Join join) {
        String name = join.instanceId() == null ? join.clientId() : join.instanceId();
        String shown =
                name.length() <= CLIENT_ID_IN_MEMBER_ID_MAX ? name : name.substring(0, CLIENT_ID_IN_MEMBER_ID_MAX);
        return shown + "-" + context.uniqueIds().get();
    }

    private void joinFirst(Group group, Join join, Consumer<? super Joined> reply, long nowMs) {
        String memberId = newMemberId(join);
        if (join.instanceId() == null && join.memberIdRequired()) {
            sessions.expect(group, memberId, join.sessionTimeoutMs(), nowMs);
            context.outbox().answer(reply, Joined.refused(ErrorCode.MEMBER_ID_REQUIRED, memberId));
        } else {
            add(group, memberId, join, reply, nowMs);
        }
    }

    private void joinAgain(Group group, Member known, Join join, Consumer<? super Joined> reply, long nowMs) {
        if (join.instanceId() == null && sessions.stopExpecting(group, join.memberId())) {
            add(group, join.memberId(), join, reply, nowMs);
            return;
        }
        ErrorCode error = Membership.check(group, join.memberId(), join.instanceId());
        if (error != ErrorCode.NONE) {
            refuse(join, reply, error);
            return;
        }
        boolean changed = !known.protocols.equals(join.protocols());
        boolean mustRebalance =
                switch (group.state()) {
                    case PREPARING_REBALANCE -> true;
                    // its answer to the first JoinGroup may have been lost
                    case COMPLETING_REBALANCE -> changed;
                    // a leader that joins again wants to assign again
                    case STABLE -> changed || group.isLeader(known);
                    default ->
                        throw new IllegalStateException("Group " + group.id + " has members and is " + group.state());
                };
        if (mustRebalance) {
            group.update(known, join);
            park(group, known, reply, nowMs);
            rebalance.begin(group, reasonOf(known.id, join), nowMs);
            rebalance.completeIfAllJoined(group, nowMs);
        } else {
            rebalance.beginSession(known, nowMs);
            context.outbox().answer(reply, rebalance.joined(group, known));
        }
    }

    private void add(Group group, String memberId, Join join, Consumer<? super Joined> reply, long nowMs) {
        if (group.size() == 0) {
            group.protocolType = join.protocolType();
        }
        Member member = new Member(memberId, join);
        sessions.attach(group, member);
        group.add(member);
        park(group, member, reply, nowMs);
        boolean gathering = group.gathersUntilMs != -1;
        rebalance.begin(group, reasonOf(memberId, join), nowMs);
        group.newcomers |= gathering;
        rebalance.completeIfAllJoined(group, nowMs);
    }

    private void park(Group group, Member member, Consumer<? super Joined> reply, long nowMs) {
        Consumer<? super Joined> before = group.park(member, reply);
        if (before != null) {
            // asked twice: the later question counts, but the earlier must not stay without an answer
            context.outbox().answer(before, Joined.refused(ErrorCode.REBALANCE_IN_PROGRESS, member.id));
        }
        if (member.isNew) {
            // it doesn't know its id yet, so if it gave up we would wait for ever
            context.deadlines().set(member.session, nowMs + context.settings().newMemberJoinTimeoutMs());
        }
    }

    private static String reasonOf(String memberId, Join join) {
        return "member " + memberId + " joins" + (join.reason() == null ? "" : ": " + shortened(join.reason()));
    }

    private static String shortened(String reason) {
        return reason.length() <= 255 ? reason : reason.substring(0, 255);
    }
}
