/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.load;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;

/**
 * {@code BOOTSTRAP NAME PARTITIONS REPLICAS}: creates a topic and prints, in milliseconds from the request, when the answer
 * came, when metadata named a leader for every partition, and when every partition had answered a request. A broker may name
 * leaders before they serve, so only the last is the time after which a producer meets no error.
 */
public final class TopicTool {
    private static final long LEADERS_WITHIN_NS = 60_000_000_000L;
    private static final long PAUSE_NS = 10_000_000L;

    private TopicTool() {}

    /** Entry point. */
    public static void main(String[] args) throws Exception {
        String topic = args[1];
        int partitions = Integer.parseInt(args[2]);
        short replicas = Short.parseShort(args[3]);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
            admin.describeCluster().nodes().get(); // connect first: not part of the time
            long begin = System.nanoTime();
            admin.createTopics(List.of(new NewTopic(topic, partitions, replicas)))
                    .all()
                    .get();
            long answered = System.nanoTime();
            awaitLeaders(admin, topic, partitions);
            long leaders = System.nanoTime();
            Map<TopicPartition, OffsetSpec> everyPartition = new HashMap<>();
            for (int p = 0; p < partitions; p++) {
                everyPartition.put(new TopicPartition(topic, p), OffsetSpec.latest());
            }
            admin.listOffsets(everyPartition).all().get();
            long serving = System.nanoTime();
            System.out.printf(
                    Locale.ROOT,
                    "\"create_ms\":%.1f,\"all_leaders_ms\":%.1f,\"all_serving_ms\":%.1f%n",
                    (answered - begin) / 1e6,
                    (leaders - begin) / 1e6,
                    (serving - begin) / 1e6);
        }
    }

    private static void awaitLeaders(Admin admin, String topic, int partitions)
            throws InterruptedException, ExecutionException {
        long end = System.nanoTime() + LEADERS_WITHIN_NS;
        while (!hasLeaders(admin, topic, partitions)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(topic + " has not all its leaders after 60 s");
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    private static boolean hasLeaders(Admin admin, String topic, int partitions)
            throws InterruptedException, ExecutionException {
        try {
            TopicDescription description =
                    admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
            return description.partitions().size() >= partitions
                    && description.partitions().stream()
                            .allMatch(p -> p.leader() != null && p.leader().id() >= 0);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return false;
            }
            throw e;
        }
    }
}
