/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Set;

/**
 * A partition as clients are told it.
 *
 * @param error LEADER_NOT_AVAILABLE until a leader serves
 * @param leader -1 if there is none
 * @param replicas those with a vote, and while they change those that come and go
 * @param inSync replicas that have everything, where this node knows it; else those on brokers that are there
 * @param offline replicas on brokers that are not there
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
        List<Integer> replicas = partition.isChanging() ? partition.everywhere() : partition.replicas();
        Set<Integer> live = node.liveBrokers();
        boolean allThere = live.containsAll(replicas);
        List<Integer> known = node.inSync(topic.id(), partition.partition());
        List<Integer> inSync;
        if (known == null) {
            inSync = allThere && !partition.isChanging()
                    ? replicas
                    : partition.replicas().stream().filter(live::contains).toList();
        } else {
            inSync = replicas.stream().filter(known::contains).toList();
        }
        return new PartitionState(
                led ? ErrorCode.NONE : ErrorCode.LEADER_NOT_AVAILABLE,
                partition.partition(),
                leadership.brokerId(),
                leadership.leaderEpoch(),
                replicas,
                inSync,
                allThere
                        ? List.of()
                        : replicas.stream().filter(id -> !live.contains(id)).toList());
    }
}
