/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.log.AppendOrigin;
import io.sluice.log.batch.BatchBuilder;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Prints how long a node takes to start, to make a topic of many partitions, to append small batches, to stop, and to start
 * again; wall clock and CPU of the process. A program,
 * not a test: {@code java ... io.sluice.cluster.NodeTimings [rounds] [partitions] [appends]}.
 */
public final class NodeTimings {
    private static final int IN_FLIGHT = 64;

    private final Path data;
    private long wallNanos;
    private long cpuNanos;

    private NodeTimings(Path data) {
        this.data = data;
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 5;
        int partitions = args.length > 1 ? Integer.parseInt(args[1]) : 1_000;
        int appends = args.length > 2 ? Integer.parseInt(args[2]) : 200_000;
        Path root = Files.createTempDirectory("timings");
        for (int round = 0; round < rounds; round++) {
            new NodeTimings(root.resolve("node" + round)).run(round, partitions, appends);
        }
    }

    private void run(int round, int partitions, int appends) throws Exception {
        System.out.println("round " + round);
        begin();
        SluiceNode node = SluiceNode.start(NodeOptions.of(BrokerSettings.defaults(), data))
                .toCompletableFuture()
                .get(10, TimeUnit.MINUTES);
        end("start");
        begin();
        TopicResult topic = node.controller()
                .createTopics(List.of(new NewTopic("t", partitions, (short) 1, List.of(), Map.of())), false, 600_000)
                .toCompletableFuture()
                .get(10, TimeUnit.MINUTES)
                .get(0);
        end("create " + partitions + " partitions");
        begin();
        append(node.leader(topic.id(), 0), appends);
        end(appends + " appends of 100 bytes");
        begin();
        for (int partition = 0; partition < partitions; partition++) {
            append(node.leader(topic.id(), partition), 1);
        }
        end("an append to each partition");
        stop(node);
        begin();
        SluiceNode again = SluiceNode.start(NodeOptions.of(BrokerSettings.defaults(), data))
                .toCompletableFuture()
                .get(10, TimeUnit.MINUTES);
        end("start with " + partitions + " partitions");
        stop(again);
    }

    private void stop(SluiceNode node) throws Exception {
        begin();
        node.stop().toCompletableFuture().get(10, TimeUnit.MINUTES);
        end("stop");
    }

    private static void append(PartitionHandle leader, int appends) throws InterruptedException {
        ByteBuffer batch = BatchBuilder.create().add(1_000, null, new byte[100]).build();
        ByteBuffer[] buffers = new ByteBuffer[IN_FLIGHT];
        Semaphore permits = new Semaphore(IN_FLIGHT);
        for (int i = 0; i < IN_FLIGHT; i++) {
            buffers[i] = ByteBuffer.allocateDirect(batch.remaining())
                    .put(batch.duplicate())
                    .flip();
        }
        for (int i = 0; i < appends; i++) {
            permits.acquire();
            leader.append(
                    buffers[i % IN_FLIGHT].duplicate(),
                    AppendOrigin.CLIENT,
                    (short) 1,
                    10_000,
                    result -> permits.release());
        }
        permits.acquire(IN_FLIGHT);
    }

    private void begin() {
        wallNanos = System.nanoTime();
        cpuNanos = cpu();
    }

    private void end(String what) {
        System.out.printf(
                "%10.1f ms wall %10.1f ms cpu  %s%n",
                (System.nanoTime() - wallNanos) / 1e6, (cpu() - cpuNanos) / 1e6, what);
    }

    private static long cpu() {
        return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                .getProcessCpuTime();
    }
}
