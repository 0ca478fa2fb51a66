/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.http.socket.frame.ClientFrame;
import io.sluice.http.socket.frame.FrameCodec;
import io.sluice.http.socket.frame.FrameException;
import io.sluice.http.socket.frame.FrameFormat;
import io.sluice.http.socket.frame.Frames;
import io.sluice.http.socket.frame.From;
import io.sluice.http.socket.frame.ServerFrame;
import io.sluice.log.batch.Record;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A session between a log and a client, both at random. The log: partition p has a record at each offset that is no multiple of 7. */
class SocketSessionPropertyTest {
    private static final int PARTITIONS = 3;

    private static final class Run {
        private final Random random;
        private final String where;
        private final List<SocketEffect> effects = new ArrayList<>();
        private final SocketSession session =
                new SocketSession(SocketOptions.DEFAULTS.withMaxBytes(1000, 50), this::take);

        /** The engine: null if no subscription runs. */
        private Map<Integer, Long> engine;

        private boolean opening;
        private boolean pulled;

        /** The client. */
        private final Map<Integer, Long> expected = new HashMap<>();

        private boolean knowsWhere;
        private boolean seeking;
        private long recordCredit;
        private long byteCredit;
        private boolean countsBytes;

        Run(long seed) {
            random = new Random(seed);
            where = "seed " + seed;
        }

        private void take(SocketEffect effect) {
            effects.add(effect);
            if (effect instanceof SocketEffect.Open open) {
                assertThat(engine).as(where + ": one engine at a time").isNull();
                engine = new HashMap<>();
                opening = true;
                for (int p = 0; p < PARTITIONS; p++) {
                    engine.put(
                            p,
                            open.request().from() instanceof StartPosition.Offsets offsets
                                    ? offsets.positions().offset("orders", p).orElse(0)
                                    : 10L);
                }
            } else if (effect instanceof SocketEffect.Cancel) {
                assertThat(engine).as(where).isNotNull();
                engine = null;
                opening = false;
                pulled = false;
            } else if (effect instanceof SocketEffect.Pull) {
                assertThat(pulled || opening || engine == null)
                        .as(where + ": pulled out of turn")
                        .isFalse();
                assertThat(recordCredit > 0 && (!countsBytes || byteCredit > 0))
                        .as(where + ": pulled without credit")
                        .isTrue();
                pulled = true;
            } else if (effect instanceof SocketEffect.Send send) {
                receive(send.frame());
            }
        }

        private void receive(ServerFrame frame) {
            if (frame instanceof ServerFrame.Subscribed subscribed) {
                Map<Integer, Long> told = positions(subscribed.positions());
                if (knowsWhere && !seeking) {
                    expected.forEach((partition, at) -> {
                        // may have gone on where there is no record
                        for (long offset = at; offset < told.get(partition); offset++) {
                            assertThat(offset % 7)
                                    .as(where + ": goes on behind a record")
                                    .isZero();
                        }
                        assertThat(told.get(partition))
                                .as(where + ": goes back")
                                .isGreaterThanOrEqualTo(at);
                    });
                }
                expected.putAll(told);
                knowsWhere = true;
                seeking = false;
            } else if (frame instanceof ServerFrame.Records records) {
                long cost = 0;
                long at = expected.get(records.partition());
                assertThat(countsBytes ? byteCredit : 1)
                        .as(where + ": bytes overdrawn")
                        .isPositive();
                for (Record record : records.records()) {
                    assertThat(record.offset())
                            .as(where + ": skipped or doubled")
                            .isEqualTo(at % 7 == 0 ? at + 1 : at);
                    at = record.offset() + 1;
                    cost += record.value().remaining();
                }
                assertThat(records.next()).as(where).isGreaterThanOrEqualTo(at);
                assertThat(cost).as(where).isEqualTo(records.bytes());
                long last = records.records()
                        .get(records.records().size() - 1)
                        .value()
                        .remaining();
                assertThat(countsBytes ? cost - last : 0)
                        .as(where + ": more than one record over")
                        .isLessThan(countsBytes ? byteCredit : 1);
                recordCredit -= records.records().size();
                byteCredit -= countsBytes ? cost : 0;
                assertThat(recordCredit).as(where + ": more than the credit").isNotNegative();
                expected.put(records.partition(), records.next());
            } else if (frame instanceof ServerFrame.Progress progress) {
                expected.putAll(positions(progress.positions()));
            }
        }

        private Map<Integer, Long> positions(Positions positions) {
            Map<Integer, Long> map = new HashMap<>();
            positions.offsets().forEach((partition, offset) -> map.put(partition.partition(), offset));
            return map;
        }

        private void grant() {
            long records = random.nextInt(8);
            Long bytes = random.nextInt(3) == 0 ? (Long) (long) random.nextInt(40) : null;
            recordCredit += records;
            byteCredit += bytes == null ? 0 : bytes;
            countsBytes |= bytes != null;
            session.onFrame(new ClientFrame.Credit("a", new ClientFrame.Grant(records, bytes)));
        }

        private void deliver() {
            if (!pulled) {
                return;
            }
            pulled = false;
            int partition = random.nextInt(PARTITIONS);
            long at = engine.get(partition);
            long next = at + 1 + random.nextInt(9);
            List<Record> records = new ArrayList<>();
            for (long offset = at; offset < next; offset++) {
                if (offset % 7 != 0) {
                    records.add(Frames.record(offset, null, "v".repeat(random.nextInt(30))));
                }
            }
            engine.put(partition, next);
            session.onEvent(
                    "a",
                    records.isEmpty()
                            ? new SubscriptionEvent.Progress("orders", partition, next)
                            : new SubscriptionEvent.Records("orders", partition, records, next));
        }

        private void seek() {
            Map<PartitionName, Long> to = new HashMap<>();
            for (int p = 0; p < PARTITIONS; p++) {
                if (random.nextBoolean()) {
                    to.put(new PartitionName("orders", p), (long) random.nextInt(50));
                }
            }
            seeking = true;
            session.onFrame(new ClientFrame.Seek("a", Positions.of(to)));
            if (!opening) {
                to.forEach((partition, offset) -> expected.put(partition.partition(), offset));
            }
        }

        void run() {
            session.onFrame(
                    SessionRig.subscribe("a", null, new From.At(StartPosition.latest()), ClientFrame.Grant.NONE));
            for (int step = 0; step < 300; step++) {
                switch (random.nextInt(16)) {
                    case 0, 1 -> grant();
                    case 2 -> session.onFrame(new ClientFrame.Pause("a"));
                    case 3 -> session.onFrame(new ClientFrame.Resume("a"));
                    case 4 -> {
                        if (random.nextBoolean()) {
                            session.onProgressDue();
                        } else {
                            session.onKeepAlive();
                        }
                    }
                    case 5 -> {
                        if (random.nextInt(4) == 0) {
                            seek();
                        }
                    }
                    case 6, 7, 8 -> {
                        if (opening) {
                            opening = false;
                            session.onOpened("a", Positions.of(names(engine)));
                        }
                    }
                    case 9, 10, 11 -> deliver();
                    default -> session.onDemand();
                }
            }
        }

        private Map<PartitionName, Long> names(Map<Integer, Long> positions) {
            Map<PartitionName, Long> named = new HashMap<>();
            positions.forEach((partition, offset) -> named.put(new PartitionName("orders", partition), offset));
            return named;
        }
    }

    @Property(tries = 500)
    void everyRecordComesOnceInOrderAndNeverMoreThanTheCredit(@ForAll long seed) {
        new Run(seed).run();
    }

    /** Whatever comes in, in whatever order: no exception, subscriptions within their limit, an effect for each that runs. */
    @Property(tries = 50)
    void aThousandFramesAtRandomBreakNothing(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        Set<String> running = new HashSet<>();
        Set<String> pulled = new HashSet<>();
        SocketSession session = new SocketSession(SocketOptions.DEFAULTS, effect -> {
            if (effect instanceof SocketEffect.Open open) {
                assertThat(running.add(open.id())).as("seed %d", seed).isTrue();
            } else if (effect instanceof SocketEffect.Cancel cancel) {
                assertThat(running.remove(cancel.id())).as("seed %d", seed).isTrue();
                pulled.remove(cancel.id());
            } else if (effect instanceof SocketEffect.Pull pull) {
                assertThat(pulled.add(pull.id())).as("seed %d", seed).isTrue();
            } else if (effect instanceof SocketEffect.Send send) {
                assertThat(FrameCodec.JSON.write(send.frame()).length()).isPositive();
            }
        });
        for (int i = 0; i < 1_000; i++) {
            // When
            frame(session, random);
            String id = "s" + random.nextInt(4);
            switch (random.nextInt(4)) {
                case 0 -> session.onDemand();
                case 1 -> {
                    if (running.contains(id)) {
                        session.onOpened(id, Positions.of("orders", 0, random.nextInt(100)));
                    }
                }
                case 2 -> {
                    if (pulled.remove(id)) {
                        session.onEvent(
                                id, new SubscriptionEvent.Records("orders", 0, List.of(Frames.record(1, "k", "v")), 2));
                    }
                }
                default -> {
                    if (random.nextInt(20) == 0 && running.remove(id)) {
                        pulled.remove(id);
                        session.onEnded(id, "ENDED", "over");
                    }
                }
            }

            // Then
            assertThat(session.subscriptions()).as("seed %d", seed).isBetween(running.size(), 100);
        }
    }

    private static void frame(SocketSession session, Random random) {
        FrameFormat format = Frames.any(FrameFormat.values(), random);
        byte[] bytes = Frames.bytes(format, Frames.tree(Frames.randomClientFrame(random)));
        for (int i = 0; i < random.nextInt(6) - 3; i++) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        try {
            session.onFrame(FrameCodec.of(format).read(bytes));
        } catch (FrameException e) {
            session.onMalformed(e);
        }
    }
}
