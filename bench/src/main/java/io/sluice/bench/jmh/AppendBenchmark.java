/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.jmh;

import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.PartitionLog;
import io.sluice.log.batch.Compression;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Appends to a partition's log: checks, stamps, and one gathering write for every {@value #GATHERED} requests. One operation is one request. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class AppendBenchmark {
    static final int GATHERED = 8;

    /** Records of 1 KiB in a request. */
    @Param({"1", "128"})
    public int records;

    @Param({"NONE", "LZ4"})
    public Compression codec;

    private BenchFolder folder;
    private PartitionLog log;
    private ByteBuffer[] requests;

    /** A new log for each iteration, so that the disk does not fill up. */
    @Setup(Level.Iteration)
    public void open() throws IOException {
        folder = new BenchFolder();
        log = PartitionLog.open(BenchFolder.context(), folder.path().resolve("log"), LogConfig.DEFAULTS);
        requests = new ByteBuffer[GATHERED];
        Random random = new Random(1);
        for (int i = 0; i < GATHERED; i++) {
            requests[i] = BenchFolder.batch(codec, records, 1024, 1000, random);
        }
    }

    @TearDown(Level.Iteration)
    public void close() throws IOException {
        log.close();
        folder.delete();
    }

    @Benchmark
    @OperationsPerInvocation(GATHERED)
    public void append() throws IOException {
        for (ByteBuffer request : requests) {
            log.prepare(request, AppendOrigin.CLIENT, 1);
        }
        log.write();
    }
}
