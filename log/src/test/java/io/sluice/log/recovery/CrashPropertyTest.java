/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogModel;
import io.sluice.log.LogView;
import io.sluice.log.LogView.Bound;
import io.sluice.log.PartitionLog;
import io.sluice.log.TestConfig;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.compaction.MemoryFiles;
import io.sluice.log.file.FaultyLogFiles;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/**
 * The process dies, or the power fails, before any operation on the disk. Then: what was acknowledged is there after the death of the process, what was
 * forced is there after a power loss; no torn batch is seen; offsets have no gap; idempotent producers go on where they were; every offset has the leader epoch that it was written in.
 */
class CrashPropertyTest {
    private static final Path FOLDER = Path.of("/data/topics/t/0");
    private static final int PRODUCERS = 3;

    @Property(tries = 120)
    void whatWasPromisedIsThereAfterACrash(@ForAll long seed) throws IOException {
        Random random = new Random(seed);
        MemoryFiles disk = new MemoryFiles();
        World world = new World(random);
        for (int life = 0; life < 6; life++) {
            // Given
            world.open(disk, random.nextLong());
            disk.crashAfter(random.nextInt(250));
            // When
            try {
                for (int step = 0; step < 40; step++) {
                    world.step();
                }
            } catch (MemoryFiles.Crash crash) {
                // What was being written may be there, wholly, in part, or not.
            }
            boolean power = random.nextBoolean();
            disk = power ? disk.afterPowerLoss(random) : disk.afterProcessDeath();
            // Then
            world.checkAfter(disk, power, "seed " + seed + ", life " + life + (power ? ", power lost" : ", died"));
        }
    }

    private static final class World {
        private final Random random;
        private final LogModel model;
        private final LogConfig config;
        /** {@code log.flush=always}: what is acknowledged is forced. */
        private final boolean forcesEveryWrite;

        private PartitionLog log;
        private final int[] nextSequence = new int[PRODUCERS];
        private long forcedUpTo;
        private int epoch;
        private List<LogModel.Entry> inFlight = new ArrayList<>();

        private World(Random random) {
            this.random = random;
            this.model = new LogModel(random);
            this.forcesEveryWrite = random.nextInt(4) == 0;
            this.config = new TestConfig()
                    .flushMessages(forcesEveryWrite ? 1 : Long.MAX_VALUE)
                    .segmentBytes(1_500 + random.nextInt(8_000))
                    .indexIntervalBytes(random.nextInt(1_000))
                    .build();
        }

        private void open(LogFiles disk, long seed) throws IOException {
            LogFiles files = random.nextBoolean() ? disk : new FaultyLogFiles(disk, seed).shortWrites();
            log = PartitionLog.open(LogContext.of(files, () -> Instant.ofEpochMilli(LogModel.NOW_MS)), FOLDER, config);
            log.advanceHighWatermark(Long.MAX_VALUE);
            log.beginEpoch(++epoch);
        }

        private void step() throws IOException {
            switch (random.nextInt(12)) {
                case 0 -> {
                    log.force();
                    forcedUpTo = model.endOffset();
                }
                case 1 -> log.maintain();
                case 2 -> log.beginEpoch(++epoch);
                default -> write();
            }
        }

        private void write() throws IOException {
            inFlight = new ArrayList<>();
            int[] sequences = nextSequence.clone();
            for (int i = random.nextInt(4); i >= 0; i--) {
                ByteBuffer batch = batch(random.nextInt(PRODUCERS), sequences);
                AppendResult result = log.prepare(batch, AppendOrigin.CLIENT, epoch);
                assertThat(result).isInstanceOf(AppendResult.Appended.class);
                inFlight.addAll(LogModel.read(batch.duplicate()));
            }
            log.write();
            model.entries.addAll(inFlight);
            forcedUpTo = forcesEveryWrite ? model.endOffset() : forcedUpTo;
            inFlight = new ArrayList<>();
            System.arraycopy(sequences, 0, nextSequence, 0, PRODUCERS);
        }

        private ByteBuffer batch(int producer, int[] sequences) {
            BatchBuilder builder = BatchBuilder.create().producer(producer, (short) 0, sequences[producer]);
            int count = 1 + random.nextInt(5);
            for (int i = 0; i < count; i++) {
                byte[] value = new byte[random.nextInt(150)];
                random.nextBytes(value);
                builder.add(LogModel.NOW_MS - random.nextInt(1000), null, value);
            }
            sequences[producer] += count;
            return builder.build();
        }

        private void checkAfter(MemoryFiles disk, boolean power, String where) throws IOException {
            log = PartitionLog.open(LogContext.of(disk, () -> Instant.ofEpochMilli(LogModel.NOW_MS)), FOLDER, config);
            List<LogModel.Entry> possible = new ArrayList<>(model.entries);
            possible.addAll(inFlight);
            List<LogModel.Entry> found = LogModel.readAll(log.view(), 0, Bound.LOG_END, 10_000);
            assertThat(found).as(where).isEqualTo(possible.subList(0, found.size()));
            long end = found.isEmpty() ? 0 : found.get(found.size() - 1).lastOffset() + 1;
            assertThat(log.view().logEndOffset()).as(where).isEqualTo(end);
            assertThat(end).as(where).isGreaterThanOrEqualTo(power ? forcedUpTo : model.endOffset());
            model.entries.clear();
            model.entries.addAll(found);
            inFlight = new ArrayList<>();
            forcedUpTo = Math.min(forcedUpTo, end);
            checkProducers(where);
            checkEpochs(log.view(), where);
            // Opened once more it is the same.
            PartitionLog again =
                    PartitionLog.open(LogContext.of(disk, () -> Instant.ofEpochMilli(LogModel.NOW_MS)), FOLDER, config);
            assertThat(again.view().logEndOffset()).as(where).isEqualTo(end);
            checkEpochs(again.view(), where + ", opened again");
        }

        /** What a follower or a consumer asks to find out where its log and this one part (KIP-101, KIP-320). */
        private void checkEpochs(LogView view, String where) {
            int next = Integer.MAX_VALUE;
            long end = view.logEndOffset();
            for (int i = model.entries.size() - 1; i >= 0; i--) {
                LogModel.Entry entry = model.entries.get(i);
                if (entry.leaderEpoch() != next) {
                    next = entry.leaderEpoch();
                    assertThat(view.endOfEpoch(next))
                            .as(where + ", epoch " + next)
                            .isEqualTo(new LogView.EpochEnd(next, end));
                }
                end = entry.baseOffset();
                assertThat(view.epochAt(entry.baseOffset()))
                        .as(where + ", offset " + entry.baseOffset())
                        .isEqualTo(entry.leaderEpoch());
            }
            if (!model.entries.isEmpty()) {
                assertThat(view.lastEpoch())
                        .as(where)
                        .isEqualTo(model.entries.get(model.entries.size() - 1).leaderEpoch());
            }
        }

        private void checkProducers(String where) {
            for (int producer = 0; producer < PRODUCERS; producer++) {
                var state = log.producers().get((long) producer);
                int known = state == null ? 0 : state.nextSequence();
                int written = 0;
                for (LogModel.Entry entry : model.entries) {
                    if (entry.producerId() == producer) {
                        written += entry.records().size();
                    }
                }
                assertThat(known).as(where + ", producer " + producer).isEqualTo(written);
                nextSequence[producer] = written;
            }
        }
    }
}
