/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

/**
 * Every configuration key: those of Apache Kafka 4.3 (names, types, defaults and bounds are its public interface, told by
 * DescribeConfigs) and Sluice's own under {@code sluice.}.
 */
public final class ConfigCatalog {
    public static final ConfigKeys TOPIC = ConfigKeys.load("topic.keys");
    public static final ConfigKeys BROKER = ConfigKeys.load("broker.keys", "sluice.keys");
    public static final ConfigKeys GROUP = ConfigKeys.load("group.keys");

    private ConfigCatalog() {}
}
