/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.log.ErrorCode;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Members come with a session, and go when they are silent for too long. */
final class Sessions {
    private static final Logger log = LoggerFactory.getLogger(Sessions.class);
    private final ShardContext context;
    private final Rebalance rebalance;
    private final Consumer<Group> afterExpiry;

    /**
     * Sessions of a shard.
     *
     * @param afterExpiry called when an id that was given out is forgotten: nothing may be left of its group
     */
    Sessions(ShardContext context, Rebalance rebalance, Consumer<Group> afterExpiry) {
        this.context = context;
        this.rebalance = rebalance;
        this.afterExpiry = afterExpiry;
    }

    /** Gives the member a timer, which is not set yet. */
    void attach(Group group, Member member) {
        member.session = context.deadlines().timer(nowMs -> expire(group, member, nowMs));
    }

    private void expire(Group group, Member member, long nowMs) {
        if (group.member(member.id) != member) {
            return;
        }
        if (!member.isNew && member.isOnTheLine()) {
            // it waits for us: its session begins with our answer
            return;
        }
        context.metrics().expiredSessions().increment();
        log.info(
                "Session expired group={} member={} instance={} sessionTimeoutMs={}",
                group.id,
                member.id,
                member.instanceId,
                member.sessionTimeoutMs);
        rebalance.forget(group, member, ErrorCode.UNKNOWN_MEMBER_ID, nowMs);
        rebalance.afterRemoval(group, "the session of " + member.id + " expired", nowMs);
    }

    /**
     * The connection of a member that waits for us has gone. It keeps its place for a session timeout, in which it may come back: otherwise the
     * others would wait for it as long as it has asked to be waited for.
     */
    void beginSilence(Member member, long nowMs) {
        member.abandoned = true;
        long patienceMs = member.isNew
                ? Math.min(member.sessionTimeoutMs, context.settings().newMemberJoinTimeoutMs())
                : member.sessionTimeoutMs;
        context.deadlines().set(member.session, nowMs + patienceMs);
    }

    /** An id was given out; it is forgotten if nobody joins with it in time. */
    void expect(Group group, String memberId, int timeoutMs, long nowMs) {
        Deadlines.Timer timer = context.deadlines().timer(thenMs -> {
            group.stopExpecting(memberId);
            rebalance.completeIfAllJoined(group, thenMs);
            afterExpiry.accept(group);
        });
        context.deadlines().set(timer, nowMs + timeoutMs);
        group.expect(memberId, timer);
    }

    /** The id is used, or given back. Answers whether it was given out. */
    boolean stopExpecting(Group group, String memberId) {
        Deadlines.Timer timer = group.stopExpecting(memberId);
        if (timer == null) {
            return false;
        }
        context.deadlines().cancel(timer);
        return true;
    }
}
