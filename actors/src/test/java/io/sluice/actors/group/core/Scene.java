/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupMetrics;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.Heartbeat;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupRequest.Leave;
import io.sluice.actors.group.GroupRequest.Leaver;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupRequest.Sync;
import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.JoinedMember;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.record.GroupEvent;
import io.sluice.log.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;

/** A shard, the time, and everything that came out of it: what a test of the core plays with. */
final class Scene {
    static final String GROUP = "orders-app";
    static final int SESSION_MS = 10_000;
    static final int REBALANCE_MS = 60_000;
    static final UUID TOPIC_ID = new UUID(7, 7);

    final GroupSettings settings;
    final GroupMetrics metrics = new GroupMetrics();
    final List<GroupEvent> events = new ArrayList<>();
    GroupShard shard;
    long nowMs = 1_000_000;
    private int ids;

    /** No wait for more members. */
    Scene() {
        this(GroupSettings.DEFAULTS.withInitialRebalanceDelayMs(0));
    }

    Scene(GroupSettings settings) {
        this.settings = settings;
        this.shard = newShard();
        shard.begin(nowMs);
    }

    private GroupShard newShard() {
        return new GroupShard(settings, metrics, () -> "id" + ids++);
    }

    /** An answer that is there, or is still waited for. */
    static final class Pending<R extends GroupResponse> {
        private final GroupRequest<R> request;
        private final Consumer<R> reply = this::set;
        private R response;

        Pending(GroupRequest<R> request) {
            this.request = request;
        }

        R get() {
            if (response == null) {
                throw new AssertionError("no answer yet");
            }
            return response;
        }

        boolean isThere() {
            return response != null;
        }

        private void set(R answer) {
            if (response != null) {
                throw new AssertionError("answered twice: " + response + ", then " + answer);
            }
            response = answer;
        }
    }

    <R extends GroupResponse> Pending<R> send(GroupRequest<R> request) {
        Pending<R> pending = new Pending<>(request);
        shard.handle(request, pending.reply, nowMs);
        settle();
        return pending;
    }

    /** The connection ends of a client that waits for this. */
    void disconnect(Pending<?> pending) {
        shard.abandon(pending.request, pending.reply, nowMs);
        settle();
    }

    <R extends GroupResponse> R ask(GroupRequest<R> request) {
        return send(request).get();
    }

    /** Time passes, deadline by deadline. */
    void pass(long ms) {
        long until = nowMs + ms;
        while (shard.nextDeadlineMs() <= until) {
            nowMs = Math.max(nowMs, shard.nextDeadlineMs());
            shard.advance(nowMs);
            settle();
        }
        nowMs = until;
    }

    void settle() {
        Effects effects = shard.drain();
        events.addAll(effects.events());
        effects.answers().forEach(Answer::give);
    }

    /** The coordinator dies; another one loads what it left. */
    void failOver() {
        shard.dispose(ErrorCode.NOT_COORDINATOR);
        settle();
        shard = replayed();
        shard.begin(nowMs);
    }

    GroupShard replayed() {
        GroupShard fresh = newShard();
        events.forEach(fresh::replay);
        return fresh;
    }

    Group group() {
        return shard.group(GROUP);
    }

    GroupState state() {
        return group() == null ? GroupState.DEAD : group().state();
    }

    // a client

    /** A client program: knows what a consumer knows. */
    final class Client {
        final String name;
        final String instanceId;
        String memberId = "";
        int generation = -1;
        String leader = "";
        List<JoinedMember> everybody = List.of();
        Bytes assignment = Bytes.EMPTY;
        List<Protocol> protocols = List.of(new Protocol("range", subscription("orders")));
        boolean memberIdRequired = true;
        boolean skipAssignment = true;
        int sessionMs = SESSION_MS;
        int rebalanceMs = REBALANCE_MS;

        Client(String name, String instanceId) {
            this.name = name;
            this.instanceId = instanceId;
        }

        Join joinRequest() {
            return new Join(
                    GROUP,
                    memberId,
                    instanceId,
                    name,
                    "/127.0.0.1",
                    memberIdRequired,
                    skipAssignment,
                    sessionMs,
                    rebalanceMs,
                    "consumer",
                    protocols,
                    null);
        }

        /** JoinGroup, and once more with the id if one is needed. */
        Pending<Joined> join() {
            Pending<Joined> first = send(joinRequest());
            if (first.isThere() && first.get().error() == ErrorCode.MEMBER_ID_REQUIRED) {
                memberId = first.get().memberId();
                return send(joinRequest());
            }
            return first;
        }

        void took(Joined joined) {
            if (joined.error() != ErrorCode.NONE) {
                throw new AssertionError(name + " could not join: " + joined);
            }
            memberId = joined.memberId();
            generation = joined.generation();
            leader = joined.leader();
            everybody = joined.members();
        }

        boolean leads() {
            return leader.equals(memberId);
        }

        /** SyncGroup; a leader gives everybody "NAME@GENERATION". */
        Pending<Synced> sync() {
            Map<String, Bytes> assignments = new HashMap<>();
            if (leads()) {
                everybody.forEach(
                        member -> assignments.put(member.memberId(), text(member.memberId() + "@" + generation)));
            }
            return send(new Sync(GROUP, generation, memberId, instanceId, "consumer", "range", assignments));
        }

        ErrorCode heartbeat() {
            return ask(new Heartbeat(GROUP, generation, memberId, instanceId)).error();
        }

        ErrorCode leave() {
            return ask(new Leave(GROUP, List.of(new Leaver(memberId, instanceId, null))))
                    .members()
                    .get(0)
                    .error();
        }

        ErrorCode commit(int partition, long offset) {
            var committed = ask(new Commit(
                    GROUP,
                    generation,
                    memberId,
                    instanceId,
                    -1,
                    true,
                    List.of(new NewOffset("orders", TOPIC_ID, partition, offset, 3, "meta"))));
            return committed.error() != ErrorCode.NONE
                    ? committed.error()
                    : committed.partitions().get(new PartitionKey("orders", partition));
        }
    }

    Client client(String name) {
        return new Client(name, null);
    }

    Client staticClient(String name, String instanceId) {
        return new Client(name, instanceId);
    }

    /** All join and sync; the group is stable afterwards. */
    void stabilize(Client... clients) {
        List<Pending<Joined>> joins = new ArrayList<>();
        for (Client client : clients) {
            joins.add(client.join());
        }
        for (int i = 0; i < clients.length; i++) {
            // the first ones had a generation before the others came
            if (joins.get(i).isThere() && state() == GroupState.PREPARING_REBALANCE) {
                clients[i].took(joins.get(i).get());
                joins.set(i, clients[i].join());
            }
        }
        for (int i = 0; i < clients.length; i++) {
            if (!joins.get(i).isThere()) {
                throw new AssertionError(clients[i].name + " still waits in " + state());
            }
            clients[i].took(joins.get(i).get());
        }
        List<Pending<Synced>> syncs = new ArrayList<>();
        for (Client client : clients) {
            syncs.add(client.sync());
        }
        for (int i = 0; i < clients.length; i++) {
            clients[i].assignment = syncs.get(i).get().assignment();
        }
        if (state() != GroupState.STABLE) {
            throw new AssertionError("not stable but " + state());
        }
    }

    static Bytes text(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** A consumer's metadata, as the consumer protocol has it (version 0, no user data). */
    static Bytes subscription(String... topics) {
        ByteBuffer out = ByteBuffer.allocate(1024);
        out.putShort((short) 0).putInt(topics.length);
        for (String topic : topics) {
            byte[] name = topic.getBytes(StandardCharsets.UTF_8);
            out.putShort((short) name.length).put(name);
        }
        out.putInt(-1).flip();
        byte[] bytes = new byte[out.remaining()];
        out.get(bytes);
        return Bytes.of(bytes);
    }
}
