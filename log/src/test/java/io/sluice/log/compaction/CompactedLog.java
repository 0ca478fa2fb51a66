/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogLimits;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.PartitionLog;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.BiConsumer;

/** A log with random records, and a model of all that was ever written to it. */
final class CompactedLog {
    static final Path FOLDER = Path.of("/data/t/0");

    /** What is compared of a record; a null value is a tombstone. */
    record Seen(long timestampMs, String key, String value) {}

    final NavigableMap<Long, Seen> model = new TreeMap<>();
    long nowMs = 1_000_000;
    private final Random random;
    private final int keys;
    private final long dedupeBytes;
    LogFiles files;
    LogConfig config;
    PartitionLog log;
    LogContext context;

    CompactedLog(LogFiles files, LogConfig config, Random random, int keys, long dedupeBytes) throws IOException {
        this.files = files;
        this.config = config;
        this.random = random;
        this.keys = keys;
        this.dedupeBytes = dedupeBytes;
        open();
    }

    void open() throws IOException {
        LogLimits d = LogLimits.DEFAULTS;
        LogLimits limits = new LogLimits(
                d.maxDecompressedBytes(),
                3, // few, so that files are closed and opened again by their names
                d.producerIdExpirationMs(),
                d.maxProducersPerPartition(),
                dedupeBytes,
                d.cleanerBytesPerSecond());
        context = LogContext.of(files, () -> java.time.Instant.ofEpochMilli(nowMs), Runnable::run, limits);
        log = PartitionLog.open(context, FOLDER, config);
        log.advanceHighWatermark(Long.MAX_VALUE);
    }

    /** Starts again on what a crash has left. */
    void reopen(LogFiles left) throws IOException {
        files = left;
        open();
    }

    void append(int batches) throws IOException {
        for (int b = 0; b < batches; b++) {
            BatchBuilder builder = BatchBuilder.create().compression(Compression.ofId(random.nextInt(3) * 2));
            long offset = log.view().logEndOffset();
            for (int r = random.nextInt(4); r >= 0; r--) {
                String key = "k" + random.nextInt(keys);
                String value = random.nextInt(4) == 0 ? null : "v" + offset + "x".repeat(random.nextInt(30));
                nowMs++;
                builder.add(nowMs, bytes(key), bytes(value));
                model.put(offset++, new Seen(nowMs, key, value));
            }
            assertThat(log.prepare(builder.build(), AppendOrigin.CLIENT, 1))
                    .isInstanceOf(io.sluice.log.AppendResult.Appended.class);
            log.write();
        }
        log.advanceHighWatermark(Long.MAX_VALUE);
    }

    /** The active segment is complete and may be compacted; the new one is empty. */
    void roll() throws IOException {
        nowMs += config.segmentMs() + 1;
        log.maintain();
    }

    /** @return null if none is due */
    CompactionStats compactOnce() throws IOException {
        CompactionJob job = log.planCompaction();
        if (job == null) {
            return null;
        }
        job.run();
        log.applyCompaction(job);
        log.maintain();
        return job.stats();
    }

    /** Until nothing is due. */
    int compactFully() throws IOException {
        int rounds = 0;
        while (compactOnce() != null) {
            rounds++;
            assertThat(rounds).as("compaction comes to an end").isLessThan(1_000);
        }
        return rounds;
    }

    NavigableMap<Long, Seen> readAll() throws IOException {
        return readAll(log.view());
    }

    static NavigableMap<Long, Seen> readAll(LogView view) throws IOException {
        NavigableMap<Long, Seen> seen = new TreeMap<>();
        long next = view.logStartOffset();
        while (next < view.logEndOffset()) {
            long before = next;
            next = read(view, next, (offset, record) -> assertThat(seen.put(offset, record))
                    .as("offset %d once", offset)
                    .isNull());
            if (next == before) {
                break;
            }
        }
        return seen;
    }

    /** One read; answers from where to go on. */
    static long read(LogView view, long from, BiConsumer<Long, Seen> sink) throws IOException {
        LogSlice slice = view.read(from, 200, true, LogView.Bound.LOG_END);
        try {
            if (slice.length() == 0) {
                // Only records that compaction has taken are left.
                return view.logEndOffset();
            }
            ByteBuffer bytes = slice.copy();
            long next = from;
            for (Batch batch : Batch.in(bytes)) {
                assertThat(batch.lastOffset()).isGreaterThanOrEqualTo(next);
                next = batch.lastOffset() + 1;
            }
            assertThat(next).as("a read makes progress").isGreaterThan(from);
            for (Record record : Records.in(bytes)) {
                sink.accept(record.offset(), new Seen(record.timestampMs(), text(record.key()), text(record.value())));
            }
            return next;
        } finally {
            slice.release();
        }
    }

    /** Nothing is there that was not written, and nothing is gone but what is superseded or a tombstone that had its time. */
    void assertNothingIsLost(NavigableMap<Long, Seen> seen, String where) {
        assertThat(model).as(where).containsAllEntriesOf(seen);
        Map<String, Long> latest = latest(model);
        Map<String, Long> latestSeen = latest(seen);
        latest.forEach((key, offset) -> {
            if (model.get(offset).value() != null) {
                assertThat(latestSeen.get(key))
                        .as("%s: latest of %s", where, key)
                        .isEqualTo(offset);
            } else if (!offset.equals(latestSeen.get(key))) {
                assertThat(latestSeen.get(key))
                        .as("%s: the tombstone of %s at %d is gone, so are all its older values", where, key, offset)
                        .isNull();
            }
        });
    }

    /** No key twice below an offset. */
    static void assertCompact(NavigableMap<Long, Seen> seen, long below, String where) {
        Map<String, Long> first = new HashMap<>();
        List<String> twice = new ArrayList<>();
        seen.headMap(below).forEach((offset, record) -> {
            if (first.put(record.key(), offset) != null) {
                twice.add(record.key() + "@" + offset);
            }
        });
        assertThat(twice).as(where + ": twice below " + below).isEmpty();
    }

    static Map<String, Long> latest(NavigableMap<Long, Seen> records) {
        Map<String, Long> latest = new HashMap<>();
        records.forEach((offset, record) -> latest.put(record.key(), offset));
        return latest;
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    private static String text(ByteBuffer bytes) {
        return bytes == null
                ? null
                : StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }
}
