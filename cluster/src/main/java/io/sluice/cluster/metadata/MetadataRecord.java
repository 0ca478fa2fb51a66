/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * One change of the cluster's metadata, as it is in {@code __cluster_metadata-0}. Records of one batch belong together: they are
 * replayed as one. Each states the whole new value of what it names, so that later a snapshot can be a list of the same records.
 */
public sealed interface MetadataRecord {
    /** The first record of a cluster. */
    record ClusterCreated(String clusterId, int placementGroups) implements MetadataRecord {}

    /** A broker has started, or its address has changed. {@code rack} may be null. */
    record BrokerRegistered(
            int id, String host, int port, String rack, long epoch, UUID directoryId, MetadataLevels levels)
            implements MetadataRecord {}

    /** The ordered broker list of each placement group. */
    record PlacementGroupsSet(List<List<Integer>> groups) implements MetadataRecord {}

    /** A topic, with all of its partitions. */
    record TopicCreated(
            UUID id,
            String name,
            boolean internal,
            List<MetadataImage.PartitionInfo> partitions,
            Map<String, String> configs)
            implements MetadataRecord {}

    /** Partitions behind those that the topic has. */
    record PartitionsAdded(UUID topicId, List<MetadataImage.PartitionInfo> partitions) implements MetadataRecord {}

    /** What partitions of a topic are from now on: other replicas, on the way to other replicas, or in another group. */
    record PartitionsChanged(UUID topicId, List<MetadataImage.PartitionInfo> partitions) implements MetadataRecord {}

    /** A broker is not part of the cluster any more. */
    record BrokerUnregistered(int id) implements MetadataRecord {}

    record TopicDeleted(UUID topicId) implements MetadataRecord {}

    /**
     * All that is set for a resource from now on.
     *
     * @param name the topic's id as text, so that a topic of the same name later does not inherit it; broker id; empty for all brokers
     */
    record ConfigSet(Controller.ResourceType type, String name, Map<String, String> configs)
            implements MetadataRecord {}

    /** Producer ids below this are given out. */
    record ProducerIdsAllocated(long nextProducerId) implements MetadataRecord {}

    record FeatureLevelSet(String feature, short level) implements MetadataRecord {}
}
