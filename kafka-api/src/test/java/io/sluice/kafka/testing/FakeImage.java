/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.testing;

import io.sluice.cluster.metadata.MetadataImage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;

/** Metadata that a test fills by hand. */
public final class FakeImage implements MetadataImage {
    public final Map<String, TopicInfo> topics = new TreeMap<>();
    public final Map<Integer, BrokerInfo> brokers = new TreeMap<>();
    public final Map<String, Short> features = new HashMap<>();

    /** Dynamic configuration of brokers; of all of them under -1. */
    public final Map<Integer, Map<String, String>> brokerConfigs = new HashMap<>();

    @Override
    public long offset() {
        return 7;
    }

    @Override
    public String clusterId() {
        return "fakeClusterIdfakeCluste";
    }

    @Override
    public Map<Integer, BrokerInfo> brokers() {
        return brokers;
    }

    @Override
    public Map<String, TopicInfo> topics() {
        return topics;
    }

    @Override
    public Optional<TopicInfo> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    @Override
    public Optional<TopicInfo> topic(UUID id) {
        return topics.values().stream().filter(topic -> topic.id().equals(id)).findFirst();
    }

    @Override
    public Map<String, String> brokerConfig(Integer brokerId) {
        return brokerConfigs.getOrDefault(brokerId == null ? -1 : brokerId, Map.of());
    }

    @Override
    public List<List<Integer>> placementGroups() {
        return List.of(List.of(1));
    }

    @Override
    public Map<String, Short> features() {
        return features;
    }
}
