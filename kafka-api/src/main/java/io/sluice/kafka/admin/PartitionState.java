/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.ErrorCode;
import java.util.List;

/**
 * A partition as clients are told it.
 *
 * @param error LEADER_NOT_AVAILABLE until a leader serves
 * @param leader -1 if there is none
 * @param inSync replicas on brokers that are there
 * @param offline replicas on brokers that are not
 */
record PartitionState(
        ErrorCode error,
        int partition,
        int leader,
        int leaderEpoch,
        List<Integer> replicas,
        List<Integer> inSync,
        List<Integer> offline) {

    static PartitionState of(Node node, MetadataImage image, TopicInfo topic, PartitionInfo partition) {
        Node.Leadership leadership = node.leadership(topic.id(), partition.partition());
        boolean led = leadership.brokerId() >= 0;
        List<Integer> replicas = partition.replicas();
        boolean allThere = image.brokers().keySet().containsAll(replicas);
        return new PartitionState(
                led ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE,
                partition.partition(),
                leadership.brokerId(),
                leadership.leaderEpoch(),
                replicas,
                allThere
                        ? replicas
                        : replicas.stream().filter(image.brokers()::containsKey).toList(),
                allThere
                        ? List.of()
                        : replicas.stream()
                                .filter(id -> !image.brokers().containsKey(id))
                                .toList());
    }
}
