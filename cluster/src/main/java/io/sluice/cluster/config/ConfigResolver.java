/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import io.sluice.cluster.metadata.MetadataImage;
import java.util.List;
import java.util.Map;

/**
 * What a broker's and a topic's configuration is, all layers together. The nearest that has a value wins:
 *
 * <pre>
 * topic -&gt; this broker, changed while running -&gt; all brokers, changed while running -&gt; what the broker was started with -&gt; default
 * </pre>
 */
public final class ConfigResolver {
    private final BrokerSettings settings;

    public ConfigResolver(BrokerSettings settings) {
        this.settings = settings;
    }

    /**
     * Every key of a topic.
     *
     * @param configs what is set for the topic itself
     */
    public List<ResolvedConfig> topic(MetadataImage image, Map<String, String> configs) {
        ConfigLayer own = new ConfigLayer(ConfigSource.TOPIC, configs);
        List<ConfigLayer> broker = brokerLayers(image);
        return ConfigCatalog.TOPIC.all().stream()
                .filter(key -> !key.hidden() || configs.containsKey(key.name()))
                .map(key -> ResolvedConfig.of(key, own, broker))
                .toList();
    }

    /** Every key of this broker. */
    public List<ResolvedConfig> broker(MetadataImage image) {
        List<ConfigLayer> layers = brokerLayers(image);
        return ConfigCatalog.BROKER.all().stream()
                .filter(key -> !key.hidden())
                .map(key -> ResolvedConfig.of(key, null, layers))
                .toList();
    }

    /** One key of this broker. */
    public ResolvedConfig brokerKey(MetadataImage image, String name) {
        return ResolvedConfig.of(ConfigCatalog.BROKER.get(name), null, brokerLayers(image));
    }

    /** What was changed for all brokers; only that. */
    public List<ResolvedConfig> brokerDefaults(MetadataImage image) {
        return image.brokerConfig(null).entrySet().stream()
                .map(entry -> new ResolvedConfig(
                        ConfigCatalog.BROKER.get(entry.getKey()),
                        entry.getValue(),
                        ConfigSource.DYNAMIC_DEFAULT_BROKER,
                        List.of(new ResolvedConfig.Candidate(
                                entry.getKey(), entry.getValue(), ConfigSource.DYNAMIC_DEFAULT_BROKER))))
                .toList();
    }

    /** Every key of a consumer group. None of them can be set yet. */
    public List<ResolvedConfig> group(MetadataImage image) {
        ConfigLayer own = new ConfigLayer(ConfigSource.DEFAULT, Map.of());
        List<ConfigLayer> layers = brokerLayers(image);
        return ConfigCatalog.GROUP.all().stream()
                .map(key -> ResolvedConfig.of(key, own, layers))
                .toList();
    }

    ResolvedConfig topicKey(String name, List<ConfigLayer> broker, Map<String, String> configs) {
        return ResolvedConfig.of(ConfigCatalog.TOPIC.get(name), new ConfigLayer(ConfigSource.TOPIC, configs), broker);
    }

    List<ConfigLayer> brokerLayers(MetadataImage image) {
        return List.of(
                new ConfigLayer(ConfigSource.DYNAMIC_BROKER, image.brokerConfig(settings.nodeId())),
                new ConfigLayer(ConfigSource.DYNAMIC_DEFAULT_BROKER, image.brokerConfig(null)),
                new ConfigLayer(ConfigSource.STATIC_BROKER, settings.values()));
    }
}
