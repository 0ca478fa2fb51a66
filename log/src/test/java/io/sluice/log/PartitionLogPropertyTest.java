/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogView.Bound;
import io.sluice.log.LogView.TimestampedOffset;
import io.sluice.log.batch.Record;
import io.sluice.log.compaction.MemoryFiles;
import io.sluice.log.file.FaultyLogFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** A log against a plain list of what it should hold: small segments, all codecs, writes that take only a part, reopened again and again. */
class PartitionLogPropertyTest {
    private static final Path FOLDER = Path.of("/data/topics/t/0");

    @Property(tries = 40)
    void aLogHoldsWhatWasWritten(@ForAll long seed) throws IOException {
        // Given
        Rig rig = new Rig(seed);
        // When
        for (int step = 0; step < 60; step++) {
            rig.step();
        }
        // Then
        rig.check();
    }

    private static final class Rig {
        private final Random random;
        private final LogModel model;
        private final LogContext context;
        private final LogConfig config;
        private PartitionLog log;
        private int epoch = 1;

        private Rig(long seed) throws IOException {
            random = new Random(seed);
            model = new LogModel(random);
            FaultyLogFiles files = new FaultyLogFiles(new MemoryFiles(), seed).shortWrites();
            LogLimits d = LogLimits.DEFAULTS;
            context = LogContext.of(
                    files,
                    () -> Instant.ofEpochMilli(LogModel.NOW_MS),
                    Runnable::run,
                    new LogLimits(
                            d.maxDecompressedBytes(),
                            1 + random.nextInt(3),
                            d.producerIdExpirationMs(),
                            d.maxProducersPerPartition(),
                            d.dedupeBufferBytes(),
                            d.cleanerBytesPerSecond()));
            config = new TestConfig()
                    .segmentBytes(2_500 + random.nextInt(20_000))
                    .indexIntervalBytes(random.nextInt(3_000))
                    .build();
            log = PartitionLog.open(context, FOLDER, config);
        }

        private void step() throws IOException {
            switch (random.nextInt(10)) {
                case 0 -> {
                    log.close();
                    log = PartitionLog.open(context, FOLDER, config);
                }
                case 1 -> log = PartitionLog.open(context, FOLDER, config);
                case 2 -> log.maintain();
                case 3 -> log.beginEpoch(++epoch);
                case 4 -> truncate();
                default -> write();
            }
            log.advanceHighWatermark(model.endOffset() - random.nextInt(20));
            if (random.nextInt(4) == 0) {
                check();
            }
        }

        private void write() throws IOException {
            List<LogModel.Entry> written = new ArrayList<>();
            for (int i = random.nextInt(5); i >= 0; i--) {
                written.addAll(model.prepare(log, model.randomBatch(), epoch));
            }
            log.write();
            model.entries.addAll(written);
        }

        private void truncate() throws IOException {
            if (model.entries.isEmpty() || random.nextInt(3) > 0) {
                return;
            }
            int cut = random.nextInt(model.entries.size());
            long offset = model.entries.get(cut).baseOffset();
            LogView before = log.view();
            List<LogModel.Entry> committed = model.entries.stream()
                    .filter(e -> e.lastOffset() < before.highWatermark())
                    .toList();
            log.truncateTo(offset);
            model.entries.subList(cut, model.entries.size()).clear();
            if (offset >= before.highWatermark()) {
                // who still has the view of before: at once, and when something else stands in the place of what was
                // cut
                assertThat(LogModel.readAll(before, 0, Bound.HIGH_WATERMARK, 5_000))
                        .isEqualTo(committed);
                searchByTime(before);
                write();
                assertThat(LogModel.readAll(before, 0, Bound.HIGH_WATERMARK, 5_000))
                        .isEqualTo(committed);
                searchByTime(before);
            }
        }

        private void check() throws IOException {
            LogView view = log.view();
            assertThat(view.logEndOffset()).isEqualTo(model.endOffset());
            assertThat(LogModel.readAll(view, 0, Bound.LOG_END, 100 + random.nextInt(30_000)))
                    .isEqualTo(model.entries);
            long bound = view.highWatermark();
            List<LogModel.Entry> committed =
                    model.entries.stream().filter(e -> e.lastOffset() < bound).toList();
            assertThat(LogModel.readAll(view, 0, Bound.HIGH_WATERMARK, 100 + random.nextInt(30_000)))
                    .isEqualTo(committed);
            if (!model.entries.isEmpty()) {
                readFromTheMiddle(view);
                searchByTime(view);
                searchForTheLatest(view);
            }
        }

        private void readFromTheMiddle(LogView view) throws IOException {
            long offset = random.nextInt((int) model.endOffset());
            List<LogModel.Entry> expected =
                    model.entries.stream().filter(e -> e.lastOffset() >= offset).toList();
            assertThat(LogModel.readAll(view, offset, Bound.LOG_END, 5_000)).isEqualTo(expected);
            LogSlice slice = view.read(offset, 1, false, Bound.LOG_END);
            assertThat(slice.length()).isLessThanOrEqualTo(1);
            slice.release();
        }

        /** What is found can be read: whole batches below the bound. */
        private void searchByTime(LogView view) throws IOException {
            long timeMs = LogModel.NOW_MS - random.nextInt(110_000);
            long readable = model.entries.stream()
                    .mapToLong(entry -> entry.lastOffset() + 1)
                    .filter(end -> end <= view.highWatermark())
                    .max()
                    .orElse(0);
            List<Record> visible =
                    model.records().stream().filter(r -> r.offset() < readable).toList();
            TimestampedOffset found = view.offsetForTimestamp(timeMs, Bound.HIGH_WATERMARK);
            Record expected = visible.stream()
                    .filter(r -> r.timestampMs() >= timeMs)
                    .findFirst()
                    .orElse(null);
            assertThat(found == null ? -1 : found.offset()).isEqualTo(expected == null ? -1 : expected.offset());
        }

        private void searchForTheLatest(LogView view) throws IOException {
            TimestampedOffset latest = view.offsetOfMaxTimestamp(Bound.LOG_END);
            Record newest = model.records().stream()
                    .max(Comparator.comparingLong(Record::timestampMs)
                            .thenComparing(
                                    Comparator.comparingLong(Record::offset).reversed()))
                    .orElseThrow();
            assertThat(latest.offset()).isEqualTo(newest.offset());
            assertThat(latest.timestampMs()).isEqualTo(newest.timestampMs());
        }
    }
}
