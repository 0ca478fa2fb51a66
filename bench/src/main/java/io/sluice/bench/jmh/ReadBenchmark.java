/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.jmh;

import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.PartitionLog;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/** Reads of a log of 256 MiB (16 KiB batches of 1 KiB records). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ReadBenchmark {
    private static final int BATCHES = 16_384;
    private static final int RECORDS = 16;
    private static final int FETCH_BYTES = 1 << 20;

    private final Random random = new Random(2);
    private BenchFolder folder;
    private PartitionLog log;
    private LogView view;
    private long newest;

    @Setup
    public void fill() throws IOException {
        folder = new BenchFolder();
        log = PartitionLog.open(BenchFolder.context(), folder.path().resolve("log"), LogConfig.DEFAULTS);
        ByteBuffer batch = BenchFolder.batch(Compression.NONE, RECORDS, 1024, 1000, random);
        for (int i = 0; i < BATCHES; i++) {
            log.prepare(batch, AppendOrigin.CLIENT, 1);
            log.write();
        }
        log.advanceHighWatermark(Long.MAX_VALUE);
        view = log.view();
        newest = view.logEndOffset() - RECORDS;
    }

    @TearDown
    public void close() throws IOException {
        log.close();
        folder.delete();
    }

    /** What a fetch of a consumer at the log's end costs before the bytes go to the socket. */
    @Benchmark
    public int sliceAtTheEnd() throws IOException {
        return slice(newest);
    }

    /** The same at a random place: by the index, and headers read from the page cache. */
    @Benchmark
    public int sliceAnywhere() throws IOException {
        return slice((long) (random.nextDouble() * newest));
    }

    private int slice(long offset) throws IOException {
        LogSlice slice = view.read(offset, FETCH_BYTES, true, LogView.Bound.HIGH_WATERMARK);
        int length = slice.length();
        slice.release();
        return length;
    }

    /** 1 MiB copied and turned into records, as readers inside the broker do. */
    @Benchmark
    public void records(Blackhole sink) throws IOException {
        LogSlice slice = view.read(
                (long) (random.nextDouble() * (newest - 1024)), FETCH_BYTES, true, LogView.Bound.HIGH_WATERMARK);
        try {
            for (Record record : Records.in(slice.copy())) {
                sink.consume(record);
            }
        } finally {
            slice.release();
        }
    }
}
