/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.actors.group.record.SavedGroup.SavedMember;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** A member of a group. */
final class Member {
    final String id;
    /** Null of a dynamic member. */
    final String instanceId;

    final String clientId;
    final String clientHost;
    int sessionTimeoutMs;
    int rebalanceTimeoutMs;
    List<Protocol> protocols;
    Bytes assignment = Bytes.EMPTY;
    /** Set while the member is silent but for the request that it waits for. */
    Deadlines.Timer session;
    /** It has never had an answer to a JoinGroup: it doesn't know its id, so it can't send heartbeats. */
    boolean isNew = true;
    /** Who waits for the rebalance to complete; null if nobody. */
    Consumer<? super Joined> joinReply;
    /** Who waits for the assignment; null if nobody. */
    Consumer<? super Synced> syncReply;

    /** Nobody is there any more to take the answer that it waits for. */
    boolean abandoned;

    Member(String id, Join join) {
        this.id = id;
        this.instanceId = join.instanceId();
        this.clientId = join.clientId();
        this.clientHost = join.clientHost();
        update(join);
    }

    Member(SavedMember saved, String protocol) {
        this.id = saved.memberId();
        this.instanceId = saved.instanceId();
        this.clientId = saved.clientId();
        this.clientHost = saved.clientHost();
        this.sessionTimeoutMs = saved.sessionTimeoutMs();
        this.rebalanceTimeoutMs = saved.rebalanceTimeoutMs();
        this.protocols = List.of(new Protocol(protocol, saved.subscription()));
        this.assignment = saved.assignment();
        this.isNew = false;
    }

    void update(Join join) {
        sessionTimeoutMs = join.sessionTimeoutMs();
        rebalanceTimeoutMs = join.rebalanceTimeoutMs();
        Map<String, Protocol> byName = new LinkedHashMap<>();
        for (Protocol offered : join.protocols()) {
            byName.putIfAbsent(offered.name(), offered);
        }
        protocols = List.copyOf(byName.values());
    }

    boolean isStatic() {
        return instanceId != null;
    }

    boolean awaitsJoin() {
        return joinReply != null;
    }

    boolean awaitsSync() {
        return syncReply != null;
    }

    /** It is heard of through the request that it waits with. */
    boolean isOnTheLine() {
        return (awaitsJoin() || awaitsSync()) && !abandoned;
    }

    boolean supports(String protocol) {
        return metadata(protocol) != null;
    }

    /** Its subscription for a protocol; null if it doesn't offer that one. */
    Bytes metadata(String protocol) {
        for (Protocol offered : protocols) {
            if (offered.name().equals(protocol)) {
                return offered.metadata();
            }
        }
        return null;
    }

    SavedMember saved(String protocol) {
        return new SavedMember(
                id,
                instanceId,
                clientId,
                clientHost,
                rebalanceTimeoutMs,
                sessionTimeoutMs,
                metadata(protocol),
                assignment);
    }
}
