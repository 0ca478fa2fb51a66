/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.load;

import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * {@code BOOTSTRAP LABEL WHAT leader|controller RATE BEFORE_S AFTER_S COMMAND}: what the clients of one partition see when the node
 * of its leader goes away.
 *
 * <p>Sends numbered records to a fresh topic of one partition (acks=all, the client's defaults otherwise, but no linger), runs
 * {@code sh -c COMMAND} with the node's id in {@code LEADER_ID} after BEFORE_S, goes on for AFTER_S, waits for every answer, and reads
 * the log back: whatever was acknowledged must be there, once, in order and where it was said to be. With {@code controller} the leader
 * is put on the node of the controller. Prints one JSON line; the exit code is 1 if a record is lost, doubled, out of order or elsewhere.
 */
public final class Failover {
    private static final int SIZE = 100;
    private static final Duration POLL = Duration.ofMillis(500);
    private static final long READ_BACK_NS = 60_000_000_000L;
    /** The first seconds, in which the client still warms up, don't count as what is usual. */
    private static final long WARM_UP_NS = 3_000_000_000L;

    private final String bootstrap;
    private final String topic = "failover-" + ProcessHandle.current().pid();
    private int leader;
    private int controller;
    private volatile long commandAt;
    private volatile long commandDone;

    private Failover(String bootstrap) {
        this.bootstrap = bootstrap;
    }

    /** Entry point. */
    public static void main(String[] args) throws Exception {
        int rate = Integer.parseInt(args[4]);
        int before = Integer.parseInt(args[5]);
        int after = Integer.parseInt(args[6]);
        var failover = new Failover(args[0]);
        failover.prepare(args[3].equals("controller"));
        int records = rate * (before + after);
        var sender = new PacedSender(args[0], failover.topic, 1, records, rate, SIZE, Map.of());
        try (sender) {
            Thread command = failover.after(sender.begin + before * 1_000_000_000L, args[7]);
            sender.run();
            command.join();
        }
        boolean good = failover.print(args[1], args[2], sender);
        System.exit(good ? 0 : 1);
    }

    private void prepare(boolean onController) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            controller = admin.describeMetadataQuorum().quorumInfo().get().leaderId();
            leader = ReplicatedTopic.create(admin, topic, 1, onController ? controller : -1)
                    .leader();
        }
    }

    /** Runs the command at that time of {@link System#nanoTime}. */
    private Thread after(long at, String command) {
        var thread = new Thread(() -> {
            PacedSender.sleepUntil(at);
            var builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.environment().put("LEADER_ID", Integer.toString(leader));
            try {
                commandAt = System.nanoTime();
                int exit = builder.start().waitFor();
                commandDone = System.nanoTime();
                if (exit != 0) {
                    System.err.println("exit code " + exit + " of: " + command);
                }
            } catch (java.io.IOException | InterruptedException e) {
                throw new IllegalStateException(command, e);
            }
        });
        thread.start();
        return thread;
    }

    private boolean print(String label, String what, PacedSender sent) throws Exception {
        long[] acks = acknowledgements(sent);
        long at = commandAt - sent.begin;
        long usual = 0;
        long gap = 0;
        long gapFrom = 0;
        for (int i = 1; i < acks.length; i++) {
            long wait = acks[i] - acks[i - 1];
            if (acks[i] >= at && wait > gap) {
                gap = wait;
                gapFrom = acks[i - 1];
            } else if (acks[i] < at && acks[i] > WARM_UP_NS) {
                usual = Math.max(usual, wait);
            }
        }
        ReadBack read = readBack(sent);
        System.out.printf(
                Locale.ROOT,
                "{\"label\":\"%s\",\"w\":\"%s\",\"leader\":%d,\"controller\":%d,\"longest_gap_ms\":%.0f,\"gap_from_ms\":%.0f,"
                        + "\"command_ms\":%.0f,\"gap_before_ms\":%.1f,\"asked\":%d,\"records\":%d,\"lost\":%d,\"doubled\":%d,"
                        + "\"reordered\":%d,\"elsewhere\":%d,\"rc\":0}%n",
                label,
                what,
                leader,
                controller,
                gap / 1e6,
                (gapFrom - at) / 1e6,
                (commandDone - commandAt) / 1e6,
                usual / 1e6,
                sent.due.length,
                acks.length,
                read.lost,
                read.doubled,
                read.reordered,
                read.elsewhere);
        return read.lost + read.doubled + read.reordered + read.elsewhere == 0;
    }

    /** When each acknowledgement came, in order. */
    private static long[] acknowledgements(PacedSender sent) {
        long[] acks = new long[sent.due.length];
        int count = 0;
        for (int i = 0; i < acks.length; i++) {
            if (sent.offset[i] != PacedSender.NONE) {
                acks[count++] = sent.answered[i];
            }
        }
        acks = Arrays.copyOf(acks, count);
        Arrays.sort(acks);
        return acks;
    }

    /** How many records were acknowledged and are not there, there twice, behind a later one, or at another offset than was said. */
    private record ReadBack(long lost, long doubled, long reordered, long elsewhere) {}

    private ReadBack readBack(PacedSender sent) {
        int[] seen = new int[sent.due.length];
        long reordered = 0;
        long elsewhere = 0;
        int last = -1;
        Map<String, Object> config = new HashMap<>(Map.of("bootstrap.servers", bootstrap));
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(topic, 0);
            consumer.assign(List.of(partition));
            consumer.seekToBeginning(List.of(partition));
            long end = consumer.endOffsets(List.of(partition)).get(partition);
            long deadline = System.nanoTime() + READ_BACK_NS;
            while (consumer.position(partition) < end && System.nanoTime() < deadline) {
                for (var record : consumer.poll(POLL)) {
                    int number = Integer.parseInt(record.key());
                    seen[number]++;
                    reordered += number < last ? 1 : 0;
                    last = number;
                    elsewhere +=
                            sent.offset[number] != PacedSender.NONE && sent.offset[number] != record.offset() ? 1 : 0;
                }
            }
        }
        long lost = 0;
        long doubled = 0;
        for (int i = 0; i < seen.length; i++) {
            lost += sent.offset[i] != PacedSender.NONE && seen[i] == 0 ? 1 : 0;
            doubled += seen[i] > 1 ? 1 : 0;
        }
        return new ReadBack(lost, doubled, reordered, elsewhere);
    }
}
