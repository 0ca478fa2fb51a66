/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Adapter;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Cluster;
import akka.cluster.ClusterEvent;
import akka.cluster.ClusterEvent.MemberEvent;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaMessageCodec;
import io.sluice.cluster.membership.RouterMessage.Item;
import io.sluice.cluster.membership.RouterMessage.Lead;
import io.sluice.cluster.membership.RouterMessage.LeadershipDigest;
import io.sluice.cluster.membership.RouterMessage.LeadershipNews;
import io.sluice.cluster.membership.RouterMessage.LeadershipPull;
import io.sluice.cluster.membership.RouterMessage.LeadershipTable;
import io.sluice.cluster.membership.RouterMessage.Listens;
import io.sluice.cluster.membership.RouterMessage.ReplicaEnvelope;
import io.sluice.cluster.membership.RouterMessage.Serves;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The one actor of a node through which control messages go to other nodes and come from them. It gathers: what is sent in one round
 * (whatever waits in its mailbox) goes to a broker as one message, so that a fail-over of a thousand partitions is a few messages a
 * node.
 *
 * <p>It also spreads who leads: what begins or ends here is told to all, a broker that joins gets everything, and every few seconds each
 * compares digests with the others, so that a lost message is made good.
 */
public final class ReplicaRouter extends AbstractOnMessageBehavior<ReplicaRouter.Command> {
    private static final String NAME = "replica-router";
    private static final String DISPATCHER = "sluice.cluster-dispatcher";
    private static final Duration DIGEST_INTERVAL = Duration.ofSeconds(2);

    /** Well below the largest frame of the remoting (256 KiB). */
    private static final int ENVELOPE_BYTES_MAX = 64 << 10;

    private static final int LEADS_MAX = 4_000;

    /** What the router is told. */
    public sealed interface Command permits RouterMessage, Send, Announce, Listen, Serve, MemberChanged, Own {}

    /** A message of this node's replica to that of another broker; dropped if that one is not there. */
    public record Send(int broker, ReplicaKey key, ReplicaMessage message) implements Command {}

    /** A leadership of this node has begun or ended. */
    public record Announce(ReplicaKey key, int epoch, boolean leads) implements Command {}

    /** Where this node takes the fetches of other nodes' replicas. */
    public record Listen(String host, int port) implements Command {}

    /** Where this node serves HTTP. */
    public record Serve(String host, int port) implements Command {}

    private record MemberChanged(MemberEvent event) implements Command {}

    private enum Own implements Command {
        FLUSH,
        COMPARE
    }

    /** Takes what comes from other brokers' replicas, on the router's thread: hand over and return. */
    @FunctionalInterface
    public interface Deliver {
        void deliver(int from, ReplicaKey key, ReplicaMessage message);
    }

    private static final class Outbox {
        private final List<Item> items = new ArrayList<>();
        private int bytes;
    }

    private static final class Gathered {
        private final Set<Leaderships.TopicEntry> entries = new HashSet<>();
        private int next;
    }

    private final Peers peers;
    private final Leaderships leaderships;
    private final Deliver deliver;
    private final ActorRefResolver resolver;
    private final Map<Integer, ActorRef<Command>> routers = new HashMap<>();
    private final Map<Integer, Outbox> outboxes = new HashMap<>();
    private final Map<Integer, Gathered> tables = new HashMap<>();
    private final List<Lead> news = new ArrayList<>();
    private final SaidOnce unknownSaid = new SaidOnce();
    private boolean flushes;
    /** Where this node is reached, for what; told again now and then. */
    private Listens listens;

    private Serves serves;

    private ReplicaRouter(ActorContext<Command> context, Peers peers, Leaderships leaderships, Deliver deliver) {
        super(context);
        this.peers = peers;
        this.leaderships = leaderships;
        this.deliver = deliver;
        this.resolver = ActorRefResolver.get(context.getSystem());
        peers.onJoin(this::joined);
        peers.onGone(this::gone);
        ActorRef<MemberEvent> members = context.messageAdapter(MemberEvent.class, MemberChanged::new);
        Cluster.get(context.getSystem())
                .subscribe(Adapter.toClassic(members), ClusterEvent.initialStateAsEvents(), MemberEvent.class);
    }

    /** Starts the router of this node: there is one. */
    public static ActorRef<Command> start(
            ActorSystem<?> system, Peers peers, Leaderships leaderships, Deliver deliver) {
        Behavior<Command> behavior = Behaviors.withTimers(timers -> {
            timers.startTimerWithFixedDelay(Own.COMPARE, DIGEST_INTERVAL);
            return Behaviors.setup(context -> new ReplicaRouter(context, peers, leaderships, deliver));
        });
        return system.systemActorOf(behavior, NAME, DispatcherSelector.fromConfig(DISPATCHER));
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        if (message instanceof Send send) {
            send(send);
        } else if (message instanceof ReplicaEnvelope envelope) {
            receive(envelope);
        } else if (message instanceof Announce announce) {
            news.add(new Lead(announce.key(), announce.epoch(), announce.leads()));
            flushSoon();
        } else if (message instanceof LeadershipNews theirs) {
            theirs.leads().forEach(lead -> learn(theirs.from(), lead));
        } else if (message instanceof LeadershipTable table) {
            receive(table);
        } else if (message instanceof LeadershipDigest digest) {
            compare(digest);
        } else if (message instanceof LeadershipPull pull) {
            tellAll(pull.from());
        } else if (message instanceof Listens theirs) {
            peers.listens(theirs.from(), theirs.host(), theirs.port());
        } else if (message instanceof Listen listen) {
            listens = new Listens(peers.self(), listen.host(), listen.port());
            routers.values().forEach(router -> router.tell(listens));
        } else if (message instanceof Serves theirs) {
            peers.serves(theirs.from(), theirs.host(), theirs.port());
        } else if (message instanceof Serve serve) {
            serves = new Serves(peers.self(), serve.host(), serve.port());
            routers.values().forEach(router -> router.tell(serves));
        } else if (message instanceof MemberChanged member) {
            peers.changed(member.event());
        } else if (message == Own.FLUSH) {
            flush();
        } else {
            tellDigest();
        }
        return this;
    }

    private void joined(int broker) {
        String path = "/system/" + NAME;
        routers.put(broker, resolver.resolveActorRef(peers.address(broker).orElseThrow() + path));
        tables.remove(broker);
        tellAll(broker);
    }

    private void gone(int broker) {
        routers.remove(broker);
        outboxes.remove(broker);
        tables.remove(broker);
        leaderships.gone(broker);
    }

    private void send(Send send) {
        if (!routers.containsKey(send.broker())) {
            return;
        }
        Outbox outbox = outboxes.computeIfAbsent(send.broker(), broker -> new Outbox());
        byte[] bytes = ReplicaMessageCodec.encode(send.message());
        outbox.items.add(new Item(send.key(), bytes));
        outbox.bytes += RouterCodec.ITEM_OVERHEAD_BYTES + bytes.length;
        if (outbox.bytes >= ENVELOPE_BYTES_MAX) {
            flush(send.broker(), outbox);
            outboxes.remove(send.broker());
        } else {
            flushSoon();
        }
    }

    /** Behind whatever waits in the mailbox now. */
    private void flushSoon() {
        if (!flushes) {
            flushes = true;
            getContext().getSelf().tell(Own.FLUSH);
        }
    }

    private void flush() {
        flushes = false;
        outboxes.forEach(this::flush);
        outboxes.clear();
        for (int from = 0; from < news.size(); from += LEADS_MAX) {
            List<Lead> part = List.copyOf(news.subList(from, Math.min(news.size(), from + LEADS_MAX)));
            routers.values().forEach(router -> router.tell(new LeadershipNews(peers.self(), part)));
        }
        news.clear();
    }

    private void flush(int broker, Outbox outbox) {
        routers.get(broker).tell(new ReplicaEnvelope(peers.self(), List.copyOf(outbox.items)));
    }

    private void receive(ReplicaEnvelope envelope) {
        for (Item item : envelope.items()) {
            try {
                deliver.deliver(envelope.from(), item.key(), ReplicaMessageCodec.decode(item.message()));
            } catch (RuntimeException unknown) {
                if (unknownSaid.first(envelope.from() + " " + unknown)) {
                    getContext()
                            .getLog()
                            .warn(
                                    "messages from broker {} can't be understood and are dropped: {}",
                                    envelope.from(),
                                    unknown.toString());
                }
            }
        }
    }

    private void learn(int from, Lead lead) {
        if (lead.leads()) {
            leaderships.led(lead.key().topicId(), lead.key().partition(), from, lead.epoch());
        } else {
            leaderships.left(lead.key().topicId(), lead.key().partition(), from, lead.epoch());
        }
    }

    private void receive(LeadershipTable table) {
        if (table.piece() == 0) {
            tables.put(table.from(), new Gathered());
        }
        Gathered gathered = tables.get(table.from());
        if (gathered == null || gathered.next != table.piece()) {
            tables.remove(table.from());
            return;
        }
        gathered.next++;
        for (Lead lead : table.leads()) {
            learn(table.from(), lead);
            gathered.entries.add(
                    new Leaderships.TopicEntry(lead.key().topicId(), lead.key().partition(), lead.epoch()));
        }
        if (gathered.next == table.pieces()) {
            tables.remove(table.from());
            leaderships.retain(table.from(), gathered.entries);
        }
    }

    private void compare(LeadershipDigest theirs) {
        ActorRef<Command> router = routers.get(theirs.from());
        if (router != null
                && !leaderships.digest(theirs.from()).equals(new Leaderships.Digest(theirs.count(), theirs.hash()))) {
            router.tell(new LeadershipPull(peers.self()));
        }
    }

    private void tellDigest() {
        if (!routers.isEmpty()) {
            Leaderships.Digest own = leaderships.digest(peers.self());
            LeadershipDigest digest = new LeadershipDigest(peers.self(), own.count(), own.hash());
            routers.values().forEach(router -> {
                router.tell(digest);
                tellAddresses(router);
            });
        }
    }

    private void tellAddresses(ActorRef<Command> router) {
        if (listens != null) {
            router.tell(listens);
        }
        if (serves != null) {
            router.tell(serves);
        }
    }

    /** All that this node leads; an empty piece where it leads nothing. */
    private void tellAll(int broker) {
        ActorRef<Command> router = routers.get(broker);
        if (router == null) {
            return;
        }
        tellAddresses(router);
        List<Lead> all = leaderships.allOf(peers.self()).stream()
                .map(entry -> new Lead(new ReplicaKey(entry.topicId(), entry.partition()), entry.epoch(), true))
                .toList();
        int pieces = Math.max(1, (all.size() + LEADS_MAX - 1) / LEADS_MAX);
        for (int piece = 0; piece < pieces; piece++) {
            List<Lead> part = all.subList(piece * LEADS_MAX, Math.min(all.size(), (piece + 1) * LEADS_MAX));
            router.tell(new LeadershipTable(peers.self(), piece, pieces, part));
        }
    }
}
