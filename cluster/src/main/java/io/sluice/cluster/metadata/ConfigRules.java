/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import io.sluice.log.ErrorCode;
import io.sluice.log.LogConfig;
import java.util.Map;

/** What the controller and the partitions need to know of configuration; the catalogue of all keys is behind it. Pure, any thread. */
public interface ConfigRules {
    /**
     * What comes out of changes of one resource.
     *
     * @param message null if all is well
     * @param configs all that is set afterwards; null on an error
     */
    record Outcome(ErrorCode error, String message, Map<String, String> configs) {}

    /** The configuration of a new topic. */
    Outcome newTopic(Map<String, String> configs);

    /** A resource's configuration after changes. */
    Outcome change(Map<String, String> current, Controller.ConfigChange change);

    /** The settings that a topic's logs act on, of what the image has for the broker and what was set for the topic. */
    LogConfig logConfig(MetadataImage image, Map<String, String> topicConfigs);

    /** {@code num.partitions}. */
    int defaultPartitions();

    /** {@code default.replication.factor}. */
    int defaultReplicationFactor();

    /** Replicas of a topic of the broker's own, where there are as many brokers. */
    int replicationFactor(InternalTopic topic);

    /** Partitions of a topic of the broker's own. */
    int partitions(InternalTopic topic);

    /** Configuration of a topic of the broker's own, at its creation. */
    Map<String, String> configs(InternalTopic topic);

    /** Partitions whose replicas the controller moves at one time of its own accord. */
    int rebalanceMovesMax();
}
