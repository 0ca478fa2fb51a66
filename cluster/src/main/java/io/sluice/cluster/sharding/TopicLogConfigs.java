/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.log.LogConfig;
import java.util.Map;

/**
 * The log settings of topics, resolved once for all partitions of a topic that start together: a thousand partitions would
 * otherwise resolve every key a thousand times. Any thread.
 */
final class TopicLogConfigs {
    /** What the settings were resolved from; images share what has not changed, so identity tells. */
    private record Resolved(
            MetadataImage.TopicInfo topic, Map<String, String> cluster, Map<String, String> broker, LogConfig config) {
        @SuppressWarnings("ReferenceEquality")
        boolean isOf(MetadataImage image, int brokerId, MetadataImage.TopicInfo other) {
            return topic == other && cluster == image.brokerConfig(null) && broker == image.brokerConfig(brokerId);
        }
    }

    private final ConfigRules rules;
    private final int brokerId;
    private volatile Resolved last;

    TopicLogConfigs(ConfigRules rules, int brokerId) {
        this.rules = rules;
        this.brokerId = brokerId;
    }

    LogConfig of(MetadataImage image, MetadataImage.TopicInfo topic) {
        Resolved known = last;
        if (known == null || !known.isOf(image, brokerId, topic)) {
            known = new Resolved(
                    topic,
                    image.brokerConfig(null),
                    image.brokerConfig(brokerId),
                    rules.logConfig(image, topic.configs()));
            last = known;
        }
        return known.config();
    }
}
