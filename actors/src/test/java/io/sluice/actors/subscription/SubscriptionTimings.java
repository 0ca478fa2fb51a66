/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import io.sluice.actors.Limits;
import io.sluice.log.LogConfig;
import io.sluice.log.batch.BatchBuilder;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * Prints what subscriptions cost: the records of a backlog a second, the CPU of a delivery when many subscribe to one partition, the memory of idle ones. A
 * program, not a test: {@code java ... io.sluice.actors.subscription.SubscriptionTimings [rounds]}.
 */
public final class SubscriptionTimings {
    private static final int BACKLOG = 2_000_000;
    private static final int BATCH_RECORDS = 150;
    private static final int SUBSCRIBERS = 500;
    private static final int FAN_OUT_RECORDS = 10_000;
    private static final int PAUSE_MICROS = 1_000;
    private static final int IDLE = 5_000;
    private static final byte[] VALUE = new byte[100];

    private SubscriptionTimings() {}

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 3;
        Path root = Files.createTempDirectory("subscriptions");
        try (LogRig rig = new LogRig(root, 2, SubscriptionSettings.DEFAULTS, Limits.DEFAULTS, LogConfig.DEFAULTS)) {
            for (int i = 0; i < BACKLOG / BATCH_RECORDS; i++) {
                rig.append(0, batch(BATCH_RECORDS));
            }
            for (int round = 0; round < rounds; round++) {
                backlog(rig);
            }
            fanOut(rig);
            fanOut(rig);
            idle(rig);
        }
        System.exit(0);
    }

    private static BatchBuilder batch(int records) {
        BatchBuilder batch = BatchBuilder.create();
        for (int i = 0; i < records; i++) {
            batch = batch.add(1_000, null, VALUE);
        }
        return batch;
    }

    private static SubscriptionRequest of(int partition, StartPosition from) {
        return new SubscriptionRequest(
                List.of(new TopicSelection(LogRig.TOPIC, Set.of(partition))),
                from,
                Isolation.READ_COMMITTED,
                RecordFilter.ALL,
                SlowReaderPolicy.PAUSE,
                0);
    }

    /** A subscriber that counts until it has so many. */
    private static SubscriptionControl count(
            LogRig rig, SubscriptionRequest request, LongAdder delivered, CountDownLatch done, long wanted) {
        long[] seen = new long[1];
        return rig.engine
                .subscribe(request)
                .toMat(
                        Sink.<SubscriptionEvent>foreach(event -> {
                            if (event instanceof SubscriptionEvent.Records records) {
                                int size = records.records().size();
                                delivered.add(size);
                                if (seen[0] < wanted && seen[0] + size >= wanted) {
                                    done.countDown();
                                }
                                seen[0] += size;
                            }
                        }),
                        Keep.left())
                .run(rig.kit.system());
    }

    private static void backlog(LogRig rig) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        long wanted = rig.handle(0).view().highWatermark();
        long cpu = cpuNanos();
        long from = System.nanoTime();
        SubscriptionControl control = count(rig, of(0, StartPosition.earliest()), new LongAdder(), done, wanted);
        await(done);
        report("backlog", wanted, from, cpu);
        control.stop();
    }

    private static void fanOut(LogRig rig) throws Exception {
        CountDownLatch done = new CountDownLatch(SUBSCRIBERS);
        LongAdder delivered = new LongAdder();
        List<SubscriptionControl> controls = new ArrayList<>();
        for (int i = 0; i < SUBSCRIBERS; i++) {
            controls.add(count(rig, of(1, StartPosition.latest()), delivered, done, FAN_OUT_RECORDS));
        }
        for (SubscriptionControl control : controls) {
            control.started().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        long cpu = cpuNanos();
        long from = System.nanoTime();
        for (int i = 0; i < FAN_OUT_RECORDS; i++) {
            rig.append(1, batch(1));
            long next = from + TimeUnit.MICROSECONDS.toNanos((long) PAUSE_MICROS * (i + 1));
            while (System.nanoTime() < next) {
                LockSupport.parkNanos(next - System.nanoTime());
            }
        }
        await(done);
        report("fan-out to " + SUBSCRIBERS, delivered.sum(), from, cpu);
        System.out.printf("  reads %d, shared %d%n", rig.meters.sharedMisses.sum(), rig.meters.sharedHits.sum());
        controls.forEach(SubscriptionControl::stop);
    }

    private static void idle(LogRig rig) throws Exception {
        long before = usedBytes();
        List<SubscriptionControl> controls = new ArrayList<>();
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < IDLE; i++) {
            controls.add(count(rig, of(1, StartPosition.latest()), new LongAdder(), never, Long.MAX_VALUE));
        }
        for (SubscriptionControl control : controls) {
            control.started().toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
        System.out.printf("idle: %d bytes each%n", (usedBytes() - before) / IDLE);
        controls.forEach(SubscriptionControl::stop);
    }

    private static void report(String what, long records, long fromNanos, long cpuNanos) {
        double seconds = (System.nanoTime() - fromNanos) / 1e9;
        double cpu = (cpuNanos() - cpuNanos) / 1e9;
        System.out.printf(
                "%s: %d records in %.2f s = %.0f/s, CPU %.2f s = %.2f us each%n",
                what, records, seconds, records / seconds, cpu, cpu * 1e6 / records);
    }

    private static void await(CountDownLatch latch) throws InterruptedException {
        if (!latch.await(5, TimeUnit.MINUTES)) {
            throw new IllegalStateException("not done within 5 minutes");
        }
    }

    private static long cpuNanos() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }

    private static long usedBytes() {
        for (int i = 0; i < 3; i++) {
            System.gc();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
        }
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
