/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.micrometer.core.instrument.Gauge;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import java.util.Set;
import java.util.function.ToIntBiFunction;
import java.util.function.ToIntFunction;

/** How the cluster looks from this node, as gauges from its opening on: a node that is cut off says so. Each is looked up when it is read. */
final class ClusterMetrics {
    private final RunningNode node;
    private final NodeParts parts;
    private final NodeHealth health;

    private ClusterMetrics(RunningNode node, NodeParts parts) {
        this.node = node;
        this.parts = parts;
        this.health = new NodeHealth(parts);
    }

    static void bind(RunningNode node, NodeParts parts) {
        ClusterMetrics metrics = new ClusterMetrics(node, parts);
        metrics.gauge(
                "node.ready",
                "1 if clients should be sent to this node",
                m -> m.node.health().ready() ? 1 : 0);
        metrics.gauge(
                "cluster.brokers",
                "brokers that are registered",
                m -> m.parts.images.image().brokers().size());
        metrics.gauge(
                "cluster.brokers.seen",
                "brokers that this node sees in the cluster, itself included",
                m -> m.health.brokersSeen().size());
        metrics.gauge("cluster.voters.seen", "voters that this node sees, itself included", m -> m.health.votersSeen());
        metrics.gauge(
                "cluster.majority",
                "1 if this node sees a majority of the voters, 0 if it is cut off",
                m -> m.health.seesMajority() ? 1 : 0);
        metrics.gauge(
                "partitions.leaderless",
                "partitions of the cluster whose leader this node does not know or see",
                ClusterMetrics::leaderless);
        metrics.gauge(
                "partitions.under.replicated",
                "partitions led here of which not every replica follows",
                ClusterMetrics::underReplicated);
    }

    private int leaderless() {
        Set<Integer> seen = health.brokersSeen();
        return count((topic, partition) ->
                seen.contains(node.leadership(topic.id(), partition.partition()).brokerId()) ? 0 : 1);
    }

    private int underReplicated() {
        return count((topic, partition) -> {
            PartitionHandle leader = node.leader(topic.id(), partition.partition());
            return leader == null || leader.inSync().brokers().containsAll(partition.replicas()) ? 0 : 1;
        });
    }

    private int count(ToIntBiFunction<TopicInfo, PartitionInfo> which) {
        int count = 0;
        for (TopicInfo topic : parts.images.image().topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                count += which.applyAsInt(topic, partition);
            }
        }
        return count;
    }

    private void gauge(String name, String description, ToIntFunction<ClusterMetrics> value) {
        Gauge.builder("sluice." + name, this, value::applyAsInt)
                .description(description)
                .tag("node", Integer.toString(node.id()))
                .strongReference(true)
                .register(parts.options.metrics());
    }
}
