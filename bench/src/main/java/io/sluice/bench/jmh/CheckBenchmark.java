/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.jmh;

import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.append.AppendChecks;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.batch.Compression;
import io.sluice.log.batch.Decompressors;
import io.sluice.log.batch.Records;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What the checks of one 128 KiB request cost: the CRC alone, and all of them (every record is walked, compressed ones are decompressed for it). */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CheckBenchmark {
    @Param({"NONE", "GZIP", "SNAPPY", "LZ4", "ZSTD"})
    public Compression codec;

    private final AppendChecks checks = new AppendChecks(new Decompressors(Records.DEFAULT_MAX_BATCH_BYTES));
    private ByteBuffer request;

    @Setup
    public void build() {
        request = BenchFolder.batch(codec, 128, 1024, 1000, new Random(1));
    }

    @Benchmark
    public boolean crc() {
        return BatchHeader.isCrcValid(request, 0);
    }

    @Benchmark
    public Object all() {
        return checks.check(request, AppendOrigin.CLIENT, LogConfig.DEFAULTS, System.currentTimeMillis());
    }
}
