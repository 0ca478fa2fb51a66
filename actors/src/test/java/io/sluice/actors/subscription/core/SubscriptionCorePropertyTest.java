/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.RecordFilter;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionEvent.Gap;
import io.sluice.actors.subscription.SubscriptionEvent.GapReason;
import io.sluice.actors.subscription.SubscriptionEvent.Progress;
import io.sluice.actors.subscription.SubscriptionEvent.Records;
import io.sluice.actors.subscription.SubscriptionException;
import io.sluice.log.batch.Record;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * Random appends, deletions, moves, seeks, pauses and demand, reads that take their time; a seed gives the same run again. Checked with every event: in its
 * partition it begins where the one before it ended, and what it says of those offsets is true. Checked after every step: the bytes that are held. In the
 * end every partition is delivered up to its end.
 */
class SubscriptionCorePropertyTest {
    private static final int STEPS = 600;

    private static final class Run {
        final Random random;
        final SlowReaderPolicy policy;
        final int bufferBytes;
        final RecordFilter filter;
        final CoreRig rig;
        final List<ReadOrder> orders = new ArrayList<>();
        final List<Long> expected = new ArrayList<>();
        final List<Boolean> away = new ArrayList<>();
        boolean waits;
        int largest;

        Run(long seed) {
            random = new Random(seed);
            policy = List.of(SlowReaderPolicy.PAUSE, SlowReaderPolicy.DROP, SlowReaderPolicy.CLOSE)
                    .get(random.nextInt(3));
            bufferBytes = 500 + random.nextInt(4_000);
            int modulo = random.nextInt(4);
            filter = modulo == 0 ? RecordFilter.ALL : (topic, partition, record) -> record.offset() % (3L * modulo) < 2;
            int readBytes = 1 + random.nextInt(bufferBytes);
            rig = new CoreRig(
                    1 + random.nextInt(4),
                    new CoreSettings(policy, bufferBytes, readBytes, 1 + random.nextInt(4)),
                    filter);
            for (int i = 0; i < rig.logs.size(); i++) {
                expected.add(-1L);
                away.add(false);
            }
        }

        void step() {
            int partition = random.nextInt(rig.logs.size());
            CoreRig.FakeLog log = rig.logs.get(partition);
            switch (random.nextInt(14)) {
                case 0, 1, 2 -> append(partition);
                case 3, 4, 5 -> pull();
                case 6, 7 -> begin();
                case 8, 9, 10 -> finishOne();
                case 11 -> {
                    if (random.nextInt(8) == 0) {
                        log.start = Math.max(log.start, log.end - random.nextInt(10));
                    }
                }
                case 12 -> control(partition);
                default -> rig.core.review();
            }
            assertThat(rig.core.bufferedBytes())
                    .as("bytes that are held, of a buffer of %s, largest batch %s", bufferBytes, largest)
                    .isLessThanOrEqualTo(Math.max(bufferBytes, largest))
                    .isEqualTo(rig.meters.bufferedBytes.get());
            assertThat(orders.stream().map(ReadOrder::partition))
                    .as("one read a partition")
                    .doesNotHaveDuplicates();
        }

        private void append(int partition) {
            int[] sizes = random.ints(random.nextInt(4), 0, random.nextInt(20) == 0 ? 6_000 : 200)
                    .toArray();
            int covered = sizes.length == 0 ? 1 + random.nextInt(3) : random.nextInt(2);
            DecodedBatch batch = rig.logs.get(partition).append(covered, sizes);
            largest = Math.max(largest, batch.sizeInBytes());
            rig.core.dataAvailable(partition);
        }

        private void control(int partition) {
            switch (random.nextInt(6)) {
                case 0 -> {
                    long to = random.nextInt((int) rig.logs.get(partition).end + 1);
                    expected.set(partition, to);
                    rig.core.seek(partition, to);
                }
                case 1 -> rig.core.pause(partition);
                case 2, 3 -> rig.core.resume(partition);
                case 4 -> {
                    if (rig.core.isAtEnd(partition)) {
                        rig.core.lost(partition);
                        away.set(partition, true);
                    }
                }
                default -> found(partition);
            }
        }

        private void found(int partition) {
            if (away.set(partition, false)) {
                rig.core.found(partition);
            }
        }

        private void begin() {
            ReadOrder order = rig.core.nextRead();
            if (order != null) {
                orders.add(order);
            }
        }

        private void finishOne() {
            if (!orders.isEmpty()) {
                ReadOrder order = orders.remove(random.nextInt(orders.size()));
                if (random.nextInt(10) == 0) {
                    rig.core.lost(order);
                    away.set(order.partition(), true);
                } else {
                    rig.finish(order);
                }
            }
        }

        private void pull() {
            if (!waits) {
                rig.core.pulled();
                waits = true;
            }
            SubscriptionEvent event = rig.core.poll();
            if (event != null) {
                waits = false;
                check(event);
            }
        }

        private void check(SubscriptionEvent event) {
            int partition = event.partition();
            long from = expected.get(partition);
            long to = event.nextOffset();
            assertThat(to).as("%s after %s", event, from).isGreaterThan(from);
            List<Long> there = matching(partition, from, to);
            if (event instanceof Records records) {
                assertThat(records.records()).as("%s after %s", event, from).isNotEmpty();
                assertThat(records.records().stream().map(Record::offset))
                        .as("%s after %s", event, from)
                        .containsExactlyElementsOf(there);
            } else if (event instanceof Progress) {
                assertThat(there).as("%s after %s", event, from).isEmpty();
            } else if (event instanceof Gap gap) {
                assertThat(gap.fromOffset()).as("%s", gap).isEqualTo(from);
                if (gap.reason() == GapReason.DROPPED) {
                    assertThat(policy).as("%s", gap).isEqualTo(SlowReaderPolicy.DROP);
                    assertThat(there).as("%s", gap).isNotEmpty();
                } else {
                    assertThat(to).as("%s", gap).isLessThanOrEqualTo(rig.logs.get(partition).start);
                }
            }
            expected.set(partition, to);
            assertThat(rig.moved).containsEntry(partition, to);
        }

        private List<Long> matching(int partition, long from, long to) {
            return rig.logs.get(partition).batches.values().stream()
                    .flatMap(batch -> batch.records().stream())
                    .filter(record -> record.offset() >= from && record.offset() < to)
                    .filter(record -> filter.matches(CoreRig.TOPIC, partition, record))
                    .map(Record::offset)
                    .toList();
        }

        void start() {
            for (int i = 0; i < rig.logs.size(); i++) {
                for (int n = random.nextInt(20); n > 0; n--) {
                    append(i);
                }
                long from = random.nextInt((int) rig.logs.get(i).end + 1);
                expected.set(i, from);
                rig.core.placed(i, from);
            }
        }

        void settle() {
            for (int i = 0; i < rig.logs.size(); i++) {
                rig.core.resume(i);
                found(i);
                rig.core.dataAvailable(i);
            }
            for (int quiet = 0; quiet < 10; ) {
                long before =
                        rig.moved.values().stream().mapToLong(offset -> offset).sum();
                pull();
                begin();
                while (!orders.isEmpty()) {
                    rig.finish(orders.remove(0));
                }
                long after =
                        rig.moved.values().stream().mapToLong(offset -> offset).sum();
                quiet = before == after ? quiet + 1 : 0;
            }
            for (int i = 0; i < rig.logs.size(); i++) {
                assertThat(expected.get(i)).as("partition %s", i).isEqualTo(rig.logs.get(i).end);
                assertThat(rig.core.isAtEnd(i))
                        .as("partition %s is at its end", i)
                        .isTrue();
            }
            assertThat(rig.core.bufferedBytes()).isZero();
        }
    }

    @Property(tries = 300)
    void everyOffsetIsAccountedForOnceAndMemoryIsBounded(@ForAll long seed) {
        Run run = new Run(seed);
        run.start();
        try {
            for (int i = 0; i < STEPS; i++) {
                run.step();
            }
        } catch (SubscriptionException closed) {
            assertThat(run.policy).isEqualTo(SlowReaderPolicy.CLOSE);
            assertThat(closed.code()).isEqualTo(SubscriptionException.Code.SLOW_READER);
        }
        run.settle();
    }
}
