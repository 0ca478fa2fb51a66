/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.load;

import java.util.Locale;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;

/**
 * {@code BOOTSTRAP LABEL WHAT NODE MB_PER_S AWAY_S STOP START}: a node is away under load, and comes back.
 *
 * <p>Sends records of 1 KiB at MB_PER_S to six partitions that have replicas on all nodes (acks=all, batches of 64 KiB, linger 5 ms); after 30 s
 * runs {@code sh -c STOP}, AWAY_S later {@code sh -c START} (it returns when the node is ready), and prints one JSON line: how long from the
 * begin and from the end of START until every replica is in sync again, and the 99th percentiles of the producer's latency in the 20 s
 * before, while the node was away, and while it caught up (at least 10 s).
 */
public final class Away {
    private static final int PARTITIONS = 6;
    private static final int SIZE = 1024;
    private static final int BEFORE_S = 30;
    private static final int COMPARED_S = 20;
    private static final int SETTLE_S = 5;
    /** How long records are sent after the node's return; a node that needs longer has missed its goal anyway. */
    private static final int AFTER_S = 40;

    private Away() {}

    /** Entry point. */
    public static void main(String[] args) throws Exception {
        String bootstrap = args[0];
        int perSecond = Integer.parseInt(args[4]) * 1_000_000 / SIZE;
        int away = Integer.parseInt(args[5]);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            var topic = ReplicatedTopic.create(
                    admin, "away-" + ProcessHandle.current().pid(), PARTITIONS, -1);
            int replicas = admin.describeCluster().nodes().get().size();
            Map<String, Object> settings = Map.of("batch.size", 65_536, "linger.ms", 5);
            int records = perSecond * (BEFORE_S + away + AFTER_S);
            var sender = new PacedSender(bootstrap, topic.name(), PARTITIONS, records, perSecond, SIZE, settings);
            var sending = new Thread(sender::run);
            sending.start();
            PacedSender.sleepUntil(sender.begin + BEFORE_S * 1_000_000_000L);
            command(args[6], args[3]);
            PacedSender.sleepUntil(sender.begin + (BEFORE_S + away) * 1_000_000_000L);
            long start = System.nanoTime();
            command(args[7], args[3]);
            long ready = System.nanoTime();
            topic.awaitInSync(replicas);
            long caughtUp = System.nanoTime();
            sending.join();
            sender.close();
            double back = (start - sender.begin) / 1e9;
            double settled = Math.max(back + 10, (caughtUp - sender.begin) / 1e9);
            System.out.printf(
                    Locale.ROOT,
                    "{\"label\":\"%s\",\"w\":\"%s\",\"start_ms\":%.0f,\"caught_up_ms\":%.0f,\"caught_up_after_ready_ms\":%.0f,"
                            + "\"p99_before_ms\":%.1f,\"p99_away_ms\":%.1f,\"p99_catching_up_ms\":%.1f,\"asked\":%d,\"records\":%d,\"rc\":0}%n",
                    args[1],
                    args[2],
                    (ready - start) / 1e6,
                    (caughtUp - start) / 1e6,
                    (caughtUp - ready) / 1e6,
                    p99(sender.latenciesMs(BEFORE_S - COMPARED_S, BEFORE_S)),
                    p99(sender.latenciesMs(BEFORE_S + SETTLE_S, BEFORE_S + away)),
                    p99(sender.latenciesMs(back, settled)),
                    records,
                    acknowledged(sender));
        }
    }

    private static void command(String command, String node) throws Exception {
        var builder = new ProcessBuilder("sh", "-c", command).redirectErrorStream(true);
        builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
        builder.environment().put("NODE_ID", node);
        int exit = builder.start().waitFor();
        if (exit != 0) {
            throw new IllegalStateException("exit code " + exit + " of: " + command);
        }
    }

    private static long acknowledged(PacedSender sender) {
        long count = 0;
        for (long offset : sender.offset) {
            count += offset == PacedSender.NONE ? 0 : 1;
        }
        return count;
    }

    private static double p99(double[] sorted) {
        return sorted.length == 0 ? 0 : sorted[Math.min(sorted.length - 1, (int) (sorted.length * 0.99))];
    }
}
