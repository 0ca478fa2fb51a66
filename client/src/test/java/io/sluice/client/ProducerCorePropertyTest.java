/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** Whatever is refused, and whenever connections are lost: every record is appended once, those of a partition in order, and the acknowledged offsets are true. */
class ProducerCorePropertyTest {
    private static final int TOTAL = 120;

    private static final class World implements ProducerOutput {
        final Random random;
        final SimulatedProduceNode node;
        final ProducerCore core;
        final Deque<Runnable> timers = new ArrayDeque<>();
        final List<Acknowledgement> acknowledged = new ArrayList<>();
        final StringBuilder history = new StringBuilder();
        final long window;
        long requested;
        int given;
        boolean connecting;
        boolean connected;
        int target;
        boolean ended;
        Long completed;
        Throwable failure;

        World(long seed) {
            random = new Random(seed);
            int count = 1 + random.nextInt(3);
            node = new SimulatedProduceNode(random, 1 + random.nextInt(4), count);
            window = 1L + random.nextInt(40);
            ConnectionPlan.BackOff backOff = new ConnectionPlan.BackOff(1, 10, Integer.MAX_VALUE);
            List<URI> nodes = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                nodes.add(URI.create("ws://node" + i + "/v1/produce"));
            }
            core = new ProducerCore(
                    Produce.to("orders").producer("me", 1_000),
                    "me",
                    new SubscriptionCore.Window(window, 1L + random.nextInt(5_000)),
                    new ConnectionPlan(nodes, backOff, random::nextDouble),
                    new ConnectionPlan(nodes, backOff, random::nextDouble),
                    this);
        }

        @Override
        public void connect(URI to) {
            assertThat(connected || connecting)
                    .as("connects twice\n%s", history)
                    .isFalse();
            connecting = true;
            target = Character.digit(to.getHost().charAt(4), 10);
        }

        @Override
        public void send(ClientFrame frame) {
            assertThat(connected).as("sends without a connection\n%s", history).isTrue();
            history.append("-> ").append(frame).append('\n');
            node.receive(frame);
        }

        @Override
        public void disconnect() {
            connected = false;
            connecting = false;
            node.lost();
        }

        @Override
        public void retryAfter(long ms) {
            timers.add(core::onRetryDue);
        }

        @Override
        public void request(long n) {
            assertThat(n).isPositive();
            assertThat(ended).as("requests after the end\n%s", history).isFalse();
            requested += n;
            assertThat(requested - acknowledged.size()).as("%s", history).isLessThanOrEqualTo(window);
        }

        @Override
        public void acknowledged(Acknowledgement acknowledgement) {
            acknowledged.add(acknowledgement);
        }

        @Override
        public void complete(long records) {
            completed = records;
        }

        @Override
        public void fail(Throwable error) {
            failure = error;
        }

        void give() {
            if (given < TOTAL && given < requested) {
                byte[] key = random.nextInt(3) == 0 ? null : new byte[] {(byte) random.nextInt(5)};
                core.onRecord(
                        Record.of("elsewhere", key, Integer.toString(given).getBytes(StandardCharsets.UTF_8)));
                given++;
            } else if (given == TOTAL && !ended) {
                ended = true;
                core.onComplete(null);
            }
        }

        void step() {
            switch (random.nextInt(8)) {
                case 0, 1 -> {
                    for (int i = random.nextInt(8); i >= 0; i--) {
                        give();
                    }
                }
                case 2 -> {
                    if (random.nextInt(5) == 0 && (connected || connecting)) {
                        history.append("lost\n");
                        core.onLost("a test");
                    }
                }
                case 3 -> {
                    if (!timers.isEmpty()) {
                        timers.remove().run();
                    }
                }
                case 4 -> node.serve();
                default -> network();
            }
            core.flush();
        }

        private void network() {
            if (connecting) {
                connecting = false;
                connected = true;
                node.connected(target);
                core.onOpened();
            } else if (!node.answers.isEmpty()) {
                ServerFrame frame = node.answers.remove(0);
                history.append("<- ").append(frame).append('\n');
                core.onFrame(frame);
            } else {
                node.serve();
            }
        }
    }

    @Property(tries = 2000)
    void everyRecordIsAppendedOnceAndInOrder(@ForAll long seed) {
        World world = new World(seed);
        world.core.start();
        for (int i = 0; i < 300_000 && world.completed == null && world.failure == null; i++) {
            world.step();
        }
        assertThat(world.failure).as("%s", world.history).isNull();
        assertThat(world.completed).as("%s", world.history).isEqualTo(TOTAL);
        Set<String> appended = new HashSet<>();
        world.node.log.forEach((partition, values) -> {
            int last = -1;
            for (String value : values) {
                assertThat(appended.add(value))
                        .as("%s twice\n%s", value, world.history)
                        .isTrue();
                assertThat(Integer.parseInt(value))
                        .as("order of %s\n%s", partition, world.history)
                        .isGreaterThan(last);
                last = Integer.parseInt(value);
            }
        });
        assertThat(appended).as("%s", world.history).hasSize(TOTAL);
        assertAcknowledgements(world);
    }

    private static void assertAcknowledgements(World world) {
        assertThat(world.acknowledged).hasSize(TOTAL);
        Map<Integer, Long> last = new HashMap<>();
        long sequence = 1_000;
        for (Acknowledgement acknowledgement : world.acknowledged) {
            int partition = acknowledgement.partition();
            long offset = acknowledgement.offset();
            assertThat(world.node.log.get(partition).get((int) offset))
                    .as("%s", world.history)
                    .isEqualTo(acknowledgement.record().valueAsString());
            assertThat(acknowledgement.sequence()).as("%s", world.history).isEqualTo(sequence++);
            assertThat(offset).as("%s", world.history).isGreaterThan(last.getOrDefault(partition, -1L));
            last.put(partition, offset);
        }
    }
}
