/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is requested, and whenever connections are lost: every record once, in order, and none that was not requested. */
class SubscriptionCorePropertyTest {
    private static final URI NODE = URI.create("ws://node/v1/subscribe");

    /** Everything around a core, driven at random. */
    private static final class World implements SubscriptionOutput {
        final Random random;
        final SimulatedNode node;
        final SubscriptionCore core;
        final Map<Integer, List<Long>> delivered = new HashMap<>();
        final Deque<Runnable> timers = new ArrayDeque<>();
        final StringBuilder history = new StringBuilder();
        long requested;
        long received;
        boolean connecting;
        boolean connected;
        boolean completed;
        Throwable failure;

        World(long seed, long limit) {
            random = new Random(seed);
            node = new SimulatedNode(random, 1 + random.nextInt(3), 20 + random.nextInt(60));
            core = new SubscriptionCore(
                    Subscribe.to(SimulatedNode.TOPIC).limit(limit),
                    new SubscriptionCore.Window(1L + random.nextInt(20), 1L + random.nextInt(200)),
                    new ConnectionPlan(
                            List.of(NODE), new ConnectionPlan.BackOff(1, 10, Integer.MAX_VALUE), random::nextDouble),
                    this);
        }

        @Override
        public void connect(URI to) {
            assertThat(connected).as("connects twice\n%s", history).isFalse();
            connecting = true;
        }

        @Override
        public void send(ClientFrame frame) {
            assertThat(connected).as("sends without a connection\n%s", history).isTrue();
            history.append("-> ").append(frame).append('\n');
            node.receive(frame);
            assertThat(node.unusedRecords() + waitingRecords())
                    .as("credit beyond demand\n%s", history)
                    .isLessThanOrEqualTo(requested - received);
        }

        private long waitingRecords() {
            return node.frames.stream()
                    .filter(ServerFrame.Records.class::isInstance)
                    .mapToLong(frame -> ((ServerFrame.Records) frame).records().size())
                    .sum();
        }

        @Override
        public void disconnect() {
            connected = false;
            connecting = false;
            node.lost();
        }

        @Override
        public void retryAfter(long ms) {
            assertThat(ms).isBetween(1L, 10L);
            timers.add(core::onRetryDue);
        }

        @Override
        public boolean next(Record record) {
            received++;
            assertThat(received).as("not requested\n%s", history).isLessThanOrEqualTo(requested);
            delivered
                    .computeIfAbsent(record.partition(), p -> new ArrayList<>())
                    .add(record.offset());
            return true;
        }

        @Override
        public void complete() {
            completed = true;
        }

        @Override
        public void fail(Throwable error) {
            failure = error;
        }

        @Override
        public SubscriptionListener listener() {
            return SubscriptionListener.NONE;
        }

        void step() {
            switch (random.nextInt(9)) {
                case 0, 1 -> {
                    long n = 1L + random.nextInt(random.nextBoolean() ? 3 : 40);
                    requested += n;
                    core.onRequest(n);
                }
                case 2 -> {
                    if (random.nextInt(4) == 0 && (connected || connecting)) {
                        history.append("lost\n");
                        core.onLost("a test");
                    }
                }
                default -> progress();
            }
        }

        /** What a network and a clock do by themselves. */
        void progress() {
            if (!timers.isEmpty() && random.nextBoolean()) {
                timers.remove().run();
            } else if (connecting) {
                connecting = false;
                connected = true;
                core.onOpened();
            } else if (!node.frames.isEmpty() && random.nextBoolean()) {
                ServerFrame frame = node.frames.remove(0);
                history.append("<- ").append(frame).append('\n');
                core.onFrame(frame);
            } else {
                node.serve();
            }
        }
    }

    @Property(tries = 2000)
    void everyRecordComesOnceAndInOrder(@ForAll long seed) {
        World world = new World(seed, Long.MAX_VALUE);
        world.core.start();
        for (int i = 0; i < 400; i++) {
            world.step();
        }
        world.requested += 1_000;
        world.core.onRequest(1_000);
        for (int i = 0; i < 100_000 && world.received < world.node.total(); i++) {
            world.progress();
        }
        assertThat(world.failure).as("%s", world.history).isNull();
        assertThat(world.received).as("%s", world.history).isEqualTo(world.node.total());
        world.delivered.forEach((partition, offsets) -> {
            List<Long> expected = new ArrayList<>();
            for (long offset = 0; expected.size() < offsets.size(); offset++) {
                if (SimulatedNode.exists(partition, offset)) {
                    expected.add(offset);
                }
            }
            assertThat(offsets).as("partition %s\n%s", partition, world.history).isEqualTo(expected);
        });
    }

    @Property(tries = 500)
    void aLimitIsExact(@ForAll long seed) {
        int limit = new Random(seed).nextInt(15);
        World world = new World(seed, limit);
        world.core.start();
        for (int i = 0; i < 100_000 && !world.completed; i++) {
            world.step();
        }
        assertThat(world.completed).as("%s", world.history).isTrue();
        assertThat(world.received).as("%s", world.history).isEqualTo(limit);
        assertThat(world.connected || world.connecting).isFalse();
    }
}
