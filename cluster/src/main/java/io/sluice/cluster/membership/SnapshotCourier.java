/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import io.sluice.actors.DispatcherNames;
import io.sluice.cluster.membership.SnapshotMessage.Ask;
import io.sluice.cluster.membership.SnapshotMessage.Part;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * Brings snapshots of the metadata from broker to broker: the one that needs it asks for one part after the other, so it takes no more than it can write, and the one that
 * has it remembers nothing but the file it has read last. One transfer to this node at a time; what is lost is asked for again.
 */
public final class SnapshotCourier extends AbstractOnMessageBehavior<SnapshotCourier.Command> {
    /** Largest snapshot that is taken: far more than an image of {@code sluice.partitions.max} partitions. */
    public static final int SNAPSHOT_BYTES_MAX = 256 << 20;

    private static final String NAME = "metadata-snapshots";

    /** Well below the largest frame of the remoting (256 KiB). */
    private static final int PART_BYTES = 128 << 10;

    private static final Duration TICK = Duration.ofMillis(500);

    /** Ticks without an answer after which a part is asked for again. */
    private static final int SILENT_TICKS_MAX = 3;

    private static final int ATTEMPTS_MAX = 4;
    private static final byte[] NOTHING = {};

    /** What the courier is told. */
    public sealed interface Command permits SnapshotMessage, Fetch, Tick {}

    /**
     * Get a snapshot.
     *
     * @param broker below 0: whichever has one
     * @param done is told once, with null when it is stored, or with why not
     */
    public record Fetch(int broker, long endOffsetMin, Consumer<String> done) implements Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    /** The snapshots of this node; may wait for the disk. */
    public interface Store {
        /** The newest one's end offset and bytes; null if there is none. */
        Content newest() throws IOException;

        /** Checks and keeps another broker's. */
        void accept(ByteBuffer content, int from) throws IOException;
    }

    /** A snapshot as it is in its file. */
    public record Content(long endOffset, ByteBuffer bytes) {}

    private static final class Transfer {
        private final Fetch fetch;
        private final Deque<Integer> brokers;
        private final long id = UUID.randomUUID().getMostSignificantBits();
        private long endOffset = SnapshotMessage.UNKNOWN;
        private ByteBuffer bytes;
        private int silentTicks;
        private int attempts;

        Transfer(Fetch fetch, Deque<Integer> brokers) {
            this.fetch = fetch;
            this.brokers = brokers;
        }

        int position() {
            return bytes == null ? 0 : bytes.position();
        }
    }

    private final TimerScheduler<Command> timers;
    private final Peers peers;
    private final Store store;
    private final ActorRefResolver resolver;
    private Content served;
    private Transfer transfer;

    private SnapshotCourier(ActorContext<Command> context, TimerScheduler<Command> timers, Peers peers, Store store) {
        super(context);
        this.timers = timers;
        this.peers = peers;
        this.store = store;
        this.resolver = ActorRefResolver.get(context.getSystem());
    }

    /** Starts the courier of this node: there is one. */
    public static ActorRef<Command> start(ActorSystem<?> system, Peers peers, Store store) {
        return system.systemActorOf(
                Behaviors.<Command>withTimers(
                        timers -> Behaviors.setup(context -> new SnapshotCourier(context, timers, peers, store))),
                NAME,
                DispatcherSelector.fromConfig(DispatcherNames.BACKGROUND));
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        if (message instanceof Ask ask) {
            serve(ask);
        } else if (message instanceof Part part) {
            take(part);
        } else if (message instanceof Fetch fetch) {
            begin(fetch);
        } else {
            tick();
        }
        return this;
    }

    // what others want

    private void serve(Ask ask) {
        Optional<ActorRef<Command>> asker = courierOf(ask.from());
        if (asker.isPresent()) {
            asker.get().tell(part(ask));
        }
    }

    private Part part(Ask ask) {
        try {
            if (ask.endOffset() == SnapshotMessage.UNKNOWN || served == null || served.endOffset() != ask.endOffset()) {
                served = store.newest();
            }
        } catch (IOException | RuntimeException failure) {
            getContext().getLog().warn("a snapshot of the metadata can't be read: {}", failure.getMessage());
            served = null;
        }
        boolean there = served != null
                && (ask.endOffset() == SnapshotMessage.UNKNOWN || ask.endOffset() == served.endOffset())
                && ask.position() >= 0
                && ask.position() < served.bytes().limit();
        if (!there) {
            return new Part(peers.self(), ask.id(), SnapshotMessage.UNKNOWN, 0, 0, NOTHING);
        }
        byte[] bytes = new byte[Math.min(PART_BYTES, served.bytes().limit() - ask.position())];
        served.bytes().get(ask.position(), bytes);
        Part part = new Part(
                peers.self(), ask.id(), served.endOffset(), served.bytes().limit(), ask.position(), bytes);
        if (ask.position() + bytes.length == part.size()) {
            served = null;
        }
        return part;
    }

    // what this node wants

    private void begin(Fetch fetch) {
        if (transfer != null) {
            fetch.done().accept("another one is on its way");
            return;
        }
        Deque<Integer> brokers = new ArrayDeque<>();
        if (fetch.broker() >= 0) {
            brokers.add(fetch.broker());
        } else {
            brokers.addAll(peers.brokers());
        }
        if (brokers.isEmpty()) {
            fetch.done().accept("there are no other brokers now");
            return;
        }
        transfer = new Transfer(fetch, brokers);
        timers.startTimerWithFixedDelay(Tick.INSTANCE, TICK);
        ask();
    }

    private void ask() {
        transfer.silentTicks = 0;
        courierOf(transfer.brokers.getFirst())
                .ifPresent(courier ->
                        courier.tell(new Ask(peers.self(), transfer.id, transfer.endOffset, transfer.position())));
    }

    private void tick() {
        if (transfer != null && ++transfer.silentTicks >= SILENT_TICKS_MAX) {
            if (++transfer.attempts >= ATTEMPTS_MAX) {
                next("broker " + transfer.brokers.getFirst() + " does not answer");
            } else {
                ask();
            }
        }
    }

    private void take(Part part) {
        if (transfer == null
                || part.id() != transfer.id
                || part.from() != transfer.brokers.getFirst()
                || (part.endOffset() != SnapshotMessage.UNKNOWN && part.position() != transfer.position())) {
            return;
        }
        if (part.endOffset() == SnapshotMessage.UNKNOWN && transfer.bytes == null) {
            next("broker " + part.from() + " has none");
        } else if (part.endOffset() == SnapshotMessage.UNKNOWN) {
            // It has a newer one by now.
            restart();
            ask();
        } else if (part.endOffset() < transfer.fetch.endOffsetMin()) {
            next("that of broker " + part.from() + " ends at offset " + part.endOffset() + " already");
        } else if (part.size() <= 0 || part.size() > SNAPSHOT_BYTES_MAX) {
            next("that of broker " + part.from() + " has " + part.size() + " bytes, " + SNAPSHOT_BYTES_MAX
                    + " is the most");
        } else {
            put(part);
        }
    }

    private void put(Part part) {
        transfer.attempts = 0;
        if (transfer.bytes == null) {
            transfer.endOffset = part.endOffset();
            transfer.bytes = ByteBuffer.allocate(part.size());
        }
        if (part.endOffset() != transfer.endOffset
                || part.bytes().length == 0
                || part.bytes().length > transfer.bytes.remaining()) {
            restart();
        } else {
            transfer.bytes.put(part.bytes());
        }
        if (transfer.bytes == null || transfer.bytes.hasRemaining()) {
            ask();
            return;
        }
        try {
            store.accept(transfer.bytes.flip(), part.from());
            getContext()
                    .getLog()
                    .info(
                            "has the metadata up to offset {} as a snapshot of broker {}, {} bytes",
                            part.endOffset(),
                            part.from(),
                            part.size());
            end(null);
        } catch (IOException | RuntimeException failure) {
            next(String.valueOf(failure.getMessage()));
        }
    }

    private void restart() {
        transfer.bytes = null;
        transfer.endOffset = SnapshotMessage.UNKNOWN;
        transfer.attempts++;
    }

    private void next(String failure) {
        transfer.brokers.removeFirst();
        if (transfer.brokers.isEmpty()) {
            end(failure);
        } else {
            restart();
            transfer.attempts = 0;
            ask();
        }
    }

    private void end(String failure) {
        Consumer<String> done = transfer.fetch.done();
        transfer = null;
        timers.cancel(Tick.INSTANCE);
        done.accept(failure);
    }

    private Optional<ActorRef<Command>> courierOf(int broker) {
        return peers.address(broker).map(address -> resolver.resolveActorRef(address + "/system/" + NAME));
    }
}
