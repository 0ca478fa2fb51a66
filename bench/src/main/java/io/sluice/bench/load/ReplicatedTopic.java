/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.load;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.errors.RetriableException;

/** A topic whose partitions have their replicas on the first nodes of a cluster, the leader being the first of them. */
record ReplicatedTopic(Admin admin, String name) {
    private static final long WITHIN_NS = 120_000_000_000L;
    private static final long PAUSE_NS = 20_000_000L;

    /** Creates it with all nodes as replicas, {@code firstLeader} or (if negative) each node in turn as the preferred leader. */
    static ReplicatedTopic create(Admin admin, String name, int partitions, int firstLeader) throws Exception {
        List<Integer> nodes = admin.describeCluster().nodes().get().stream()
                .map(Node::id)
                .sorted()
                .toList();
        Map<Integer, List<Integer>> assignment = new HashMap<>();
        for (int p = 0; p < partitions; p++) {
            int leader = firstLeader >= 0 ? firstLeader : nodes.get(p % nodes.size());
            List<Integer> replicas = new ArrayList<>(List.of(leader));
            nodes.stream().filter(node -> node != leader).forEach(replicas::add);
            assignment.put(p, replicas);
        }
        admin.createTopics(List.of(new NewTopic(name, assignment).configs(Map.of("min.insync.replicas", "2"))))
                .all()
                .get();
        var topic = new ReplicatedTopic(admin, name);
        topic.awaitInSync(nodes.size());
        return topic;
    }

    /** Returns when every partition has a leader and this many replicas in sync. */
    void awaitInSync(int replicas) throws InterruptedException, ExecutionException {
        long end = System.nanoTime() + WITHIN_NS;
        while (!partitions().stream()
                .allMatch(p -> p.leader() != null && p.isr().size() >= replicas)) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException(name + " has not all replicas in sync after 120 s: " + partitions());
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
    }

    /** The broker that leads the first partition, or -1. */
    int leader() throws InterruptedException, ExecutionException {
        List<TopicPartitionInfo> partitions = partitions();
        Node leader = partitions.isEmpty() ? null : partitions.get(0).leader();
        return leader == null ? -1 : leader.id();
    }

    /** As the cluster describes them now; empty while no broker can say. */
    private List<TopicPartitionInfo> partitions() throws InterruptedException, ExecutionException {
        try {
            TopicDescription description =
                    admin.describeTopics(List.of(name)).allTopicNames().get().get(name);
            return description.partitions();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RetriableException) {
                return List.of();
            }
            throw e;
        }
    }
}
