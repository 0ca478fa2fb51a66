/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.subscription.PartitionDirectory;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.MetadataPublisher;
import java.util.UUID;

/** A node's partitions, as its subscriptions see them. */
final class NodePartitions implements PartitionDirectory {
    private final Node node;
    private final MetadataPublisher images;

    NodePartitions(Node node, MetadataPublisher images) {
        this.node = node;
        this.images = images;
    }

    @Override
    @SuppressWarnings("ReferenceEquality") // an image that changes no topic shares them with the one before
    public void onTopicsChange(Runnable listener) {
        images.onChange((before, after) -> {
            if (before.topics() != after.topics()) {
                listener.run();
            }
        });
    }

    @Override
    public Topic topic(String name) {
        return node.metadata()
                .topic(name)
                .map(topic ->
                        new Topic(topic.id(), topic.name(), topic.partitions().size()))
                .orElse(null);
    }

    @Override
    public boolean exists(UUID topicId) {
        return node.metadata().topic(topicId).isPresent();
    }

    @Override
    public PartitionHandle handle(UUID topicId, int partition) {
        PartitionHandle leader = node.leader(topicId, partition);
        return leader != null && !leader.isClosed() ? leader : node.follower(topicId, partition);
    }

    @Override
    public boolean isPlacedHere(UUID topicId, int partition) {
        TopicInfo topic = node.metadata().topic(topicId).orElse(null);
        return topic != null
                && partition < topic.partitions().size()
                && topic.partitions().get(partition).isOn(node.id());
    }

    @Override
    public Leader leader(UUID topicId, int partition) {
        Node.Leadership leader = node.leadership(topicId, partition);
        return leader.brokerId() < 0 ? Leader.NONE : new Leader(leader.brokerId(), leader.leaderEpoch());
    }
}
