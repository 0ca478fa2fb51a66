/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.actors.group.GroupState;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A static member comes back, without the id that it had (KIP-345): it gets a new id and its old place, and whoever still uses the old id is
 * fenced. Where its subscription is what it was the others don't notice: the assignment stays.
 */
final class StaticReturn {
    private final ShardContext context;
    private final Rebalance rebalance;
    private final Sessions sessions;

    StaticReturn(ShardContext context, Rebalance rebalance, Sessions sessions) {
        this.context = context;
        this.rebalance = rebalance;
        this.sessions = sessions;
    }

    void handle(Group group, Member before, String newId, Join join, Consumer<? super Joined> reply, long nowMs) {
        String leaderBefore = group.leader;
        Member now = replace(group, before, newId, join, nowMs);
        boolean stays = group.is(GroupState.STABLE)
                && group.electProtocol().equals(group.protocol)
                && sameTopics(group, before, now);
        if (stays) {
            keepPlace(group, now, leaderBefore, join, reply, nowMs);
        } else {
            group.park(now, reply);
            now.isNew = true;
            context.deadlines().set(now.session, nowMs + context.settings().newMemberJoinTimeoutMs());
            rebalance.begin(group, "static member " + join.instanceId() + " is back", nowMs);
            rebalance.completeIfAllJoined(group, nowMs);
        }
    }

    private Member replace(Group group, Member before, String newId, Join join, long nowMs) {
        boolean led = group.isLeader(before);
        Consumer<? super Joined> waiting = group.unpark(before);
        if (waiting != null) {
            context.outbox().answer(waiting, Joined.refused(ErrorCode.FENCED_INSTANCE_ID, before.id));
        }
        rebalance.answerSync(before, Synced.refused(ErrorCode.FENCED_INSTANCE_ID), nowMs);
        context.deadlines().cancel(before.session);
        Member now = new Member(newId, join);
        now.assignment = before.assignment;
        sessions.attach(group, now);
        group.remove(before);
        group.add(now);
        if (led) {
            group.leader = newId;
        }
        return now;
    }

    /**
     * The answer tells the member where it stands in the generation that goes on. A client that understands KIP-814 may know that it leads; an older
     * one is told its old id as the leader's, so that it takes itself for a follower and doesn't assign.
     */
    private void keepPlace(
            Group group, Member now, String leaderBefore, Join join, Consumer<? super Joined> reply, long nowMs) {
        now.isNew = false;
        group.notSynced.add(now.id);
        if (!group.rebalanceTimer.isSet()) {
            context.deadlines().set(group.rebalanceTimer, nowMs + group.rebalanceTimeoutMs());
        }
        rebalance.beginSession(now, nowMs);
        rebalance.save(group);
        boolean leads = group.isLeader(now);
        boolean skips = join.skipAssignment() && leads;
        context.outbox()
                .answer(
                        reply,
                        new Joined(
                                ErrorCode.NONE,
                                group.generation,
                                group.protocolType,
                                group.protocol,
                                join.skipAssignment() ? group.leader : leaderBefore,
                                skips,
                                now.id,
                                skips ? rebalance.everybody(group) : List.of()));
    }

    /** Of a consumer the topics count (what it owned is in the metadata, too, and is gone after a restart); of others the protocol alone. */
    private static boolean sameTopics(Group group, Member before, Member now) {
        if (!Subscription.PROTOCOL_TYPE.equals(group.protocolType)) {
            return true;
        }
        Set<String> topicsBefore = Subscription.topics(before.metadata(group.protocol));
        return topicsBefore != null && topicsBefore.equals(Subscription.topics(now.metadata(group.protocol)));
    }
}
