/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** All cluster metadata at one offset of {@code __cluster_metadata-0}: immutable, read without a message by all request handling. */
public interface MetadataImage {
    /** The offset after the last record in this image. */
    long offset();

    String clusterId();

    Map<Integer, BrokerInfo> brokers();

    /** By name, sorted. */
    Map<String, TopicInfo> topics();

    Optional<TopicInfo> topic(String name);

    Optional<TopicInfo> topic(UUID id);

    /** Dynamic broker configuration: of one broker, or with null the cluster-wide default. Only what was set. */
    Map<String, String> brokerConfig(Integer brokerId);

    /** The ordered broker list of each placement group (D3). */
    List<List<Integer>> placementGroups();

    /** Finalized feature levels. */
    Map<String, Short> features();

    /**
     * A registered broker.
     *
     * @param rack null if it has none
     */
    record BrokerInfo(int id, String host, int port, String rack, long epoch) {}

    /**
     * A topic.
     *
     * @param internal only the broker itself writes it
     * @param configs only what was set for the topic
     */
    record TopicInfo(
            UUID id, String name, boolean internal, List<PartitionInfo> partitions, Map<String, String> configs) {}

    /**
     * A partition's place.
     *
     * @param group its placement group
     * @param replicas broker ids, the preferred leader first
     */
    record PartitionInfo(int partition, int group, List<Integer> replicas) {}
}
