/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import io.sluice.cluster.metadata.MetadataImage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** Just the dynamic broker configuration. */
record FakeImage(Map<String, String> ofBroker1, Map<String, String> ofAll) implements MetadataImage {
    static final FakeImage EMPTY = new FakeImage(Map.of(), Map.of());

    @Override
    public long offset() {
        return 0;
    }

    @Override
    public String clusterId() {
        return "cluster";
    }

    @Override
    public Map<Integer, BrokerInfo> brokers() {
        return Map.of();
    }

    @Override
    public Map<String, TopicInfo> topics() {
        return Map.of();
    }

    @Override
    public Optional<TopicInfo> topic(String name) {
        return Optional.empty();
    }

    @Override
    public Optional<TopicInfo> topic(UUID id) {
        return Optional.empty();
    }

    @Override
    public Map<String, String> brokerConfig(Integer brokerId) {
        return brokerId == null ? ofAll : ofBroker1;
    }

    @Override
    public List<List<Integer>> placementGroups() {
        return List.of();
    }

    @Override
    public Map<String, Short> features() {
        return Map.of();
    }
}
