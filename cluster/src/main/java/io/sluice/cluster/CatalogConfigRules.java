/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.ConfigChanges;
import io.sluice.cluster.config.TopicConfigs;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.Controller;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.log.LogConfig;
import java.util.Map;

/** The catalogue's rules, as the controller asks for them. */
final class CatalogConfigRules implements ConfigRules {
    private final BrokerSettings settings;
    private final ConfigChanges changes;
    private final TopicConfigs topicConfigs;

    CatalogConfigRules(BrokerSettings settings) {
        this.settings = settings;
        this.changes = new ConfigChanges(settings);
        this.topicConfigs = new TopicConfigs(settings);
    }

    @Override
    public Outcome newTopic(Map<String, String> configs) {
        return outcome(changes.newTopic(configs));
    }

    @Override
    public Outcome change(Map<String, String> current, Controller.ConfigChange change) {
        return outcome(
                switch (change.type()) {
                    case TOPIC -> changes.topic(current, change.replaceAll(), change.ops());
                    case BROKER -> changes.broker(current, change.replaceAll(), change.ops());
                    case GROUP -> changes.group(change.ops());
                });
    }

    @Override
    public LogConfig logConfig(MetadataImage image, Map<String, String> topic) {
        return topicConfigs.effective(image, topic);
    }

    @Override
    public int defaultPartitions() {
        return settings.defaultPartitions();
    }

    @Override
    public int defaultReplicationFactor() {
        return settings.defaultReplicationFactor();
    }

    @Override
    public int replicationFactor(InternalTopic topic) {
        return settings.offsetsTopicReplicationFactor();
    }

    @Override
    public int partitions(InternalTopic topic) {
        return settings.offsetsTopicPartitions();
    }

    @Override
    public Map<String, String> configs(InternalTopic topic) {
        return Map.of(
                "cleanup.policy", "compact",
                "compression.type", "producer",
                "segment.bytes", String.valueOf(settings.offsetsTopicSegmentBytes()));
    }

    @Override
    public int rebalanceMovesMax() {
        return settings.intValue("sluice.rebalance.moves.max");
    }

    private static Outcome outcome(ConfigChanges.Outcome of) {
        return new Outcome(of.error(), of.message(), of.configs());
    }
}
