/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.jmh;

import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.PartitionLog;
import io.sluice.log.batch.Compression;
import io.sluice.log.compaction.CompactionJob;
import java.io.IOException;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** One compaction of {@value #RECORDS} records of 100 bytes with {@value #KEYS} keys, in segments of 16 MiB. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3)
@Measurement(iterations = 5)
@Fork(1)
public class CompactionBenchmark {
    static final int RECORDS = 1_000_000;
    static final int KEYS = 100_000;
    private static final int RECORDS_A_BATCH = 100;
    private static final int SEGMENT_BYTES = 16 << 20;

    @Param({"NONE", "LZ4", "ZSTD"})
    public Compression codec;

    private BenchFolder folder;
    private PartitionLog log;
    private CompactionJob job;

    @Setup(Level.Invocation)
    public void fill() throws IOException {
        folder = new BenchFolder();
        log = PartitionLog.open(BenchFolder.context(), folder.path().resolve("log"), config());
        Random random = new Random(3);
        for (int i = 0; i < RECORDS / RECORDS_A_BATCH; i++) {
            log.prepare(BenchFolder.batch(codec, RECORDS_A_BATCH, 100, KEYS, random), AppendOrigin.CLIENT, 1);
            log.write();
        }
        log.advanceHighWatermark(Long.MAX_VALUE);
        job = log.planCompaction();
    }

    @TearDown(Level.Invocation)
    public void close() throws IOException {
        log.applyCompaction(job);
        log.close();
        folder.delete();
    }

    @Benchmark
    public void compact() throws IOException {
        job.run();
    }

    private static LogConfig config() {
        LogConfig d = LogConfig.DEFAULTS;
        return new LogConfig(
                SEGMENT_BYTES,
                d.segmentMs(),
                d.indexIntervalBytes(),
                d.retentionMs(),
                d.retentionBytes(),
                d.maxMessageBytes(),
                true,
                false,
                d.compression(),
                d.compressionLevel(),
                d.logAppendTime(),
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                d.deleteRetentionMs(),
                d.minCompactionLagMs(),
                d.maxCompactionLagMs(),
                d.minCleanableDirtyRatio(),
                d.flushMessages(),
                d.flushMs(),
                d.minInsyncReplicas());
    }
}
