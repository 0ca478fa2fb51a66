/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.ErrorCode;

/** Finds the partitions that this node leads. */
public final class LedPartitions {
    /** How long the replicas have to say that a leader still leads, ms; then the client is sent to look again, whether it wanted to wait or not. */
    public static final int STILL_LEADS_MAX_MS = 500;

    private final Node node;

    public LedPartitions(Node node) {
        this.node = node;
    }

    /**
     * A partition, or why it can't be served here.
     *
     * @param handle null if there is an error
     * @param topic null if the topic is unknown
     */
    public record Found(PartitionHandle handle, TopicInfo topic, ErrorCode error) {
        private static Found failed(TopicInfo topic, ErrorCode error) {
            return new Found(null, topic, error);
        }
    }

    public Found find(String topic, int partition) {
        TopicInfo info = node.metadata().topic(topic).orElse(null);
        if (info == null || partition < 0 || partition >= info.partitions().size()) {
            return Found.failed(info, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        }
        PartitionHandle handle = node.leader(info.id(), partition);
        return handle == null
                ? Found.failed(info, ErrorCode.NOT_LEADER_OR_FOLLOWER)
                : new Found(handle, info, ErrorCode.NONE);
    }

    /** The same for a client that says which leader epoch it knows; -1 if it does not say (KIP-320). */
    public Found find(String topic, int partition, int currentLeaderEpoch) {
        Found found = find(topic, partition);
        if (found.handle() == null || currentLeaderEpoch < 0) {
            return found;
        }
        int epoch = found.handle().leaderEpoch();
        if (currentLeaderEpoch == epoch) {
            return found;
        }
        return Found.failed(
                found.topic(),
                currentLeaderEpoch < epoch ? ErrorCode.FENCED_LEADER_EPOCH : ErrorCode.UNKNOWN_LEADER_EPOCH);
    }
}
