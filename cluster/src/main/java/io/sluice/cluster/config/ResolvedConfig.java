/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.util.ArrayList;
import java.util.List;

/**
 * A key's value and why it has it.
 *
 * @param value in the key's own unit; null if it has none
 * @param candidates every place that had a value, the winner first, each as it was written there
 */
public record ResolvedConfig(ConfigKey key, String value, ConfigSource source, List<Candidate> candidates) {

    /**
     * A value that was found on the way.
     *
     * @param name the key that it was set with
     */
    public record Candidate(String name, String value, ConfigSource source) {}

    /**
     * Looks a key up: source by source, the nearest first, and in each source by every name that may stand for it; at last the defaults of those names.
     *
     * @param own the layer of the resource itself (a topic's), where only the key's own name counts; null if there is none
     * @param broker the layers of broker configuration, the nearest first
     */
    static ResolvedConfig of(ConfigKey key, ConfigLayer own, List<ConfigLayer> broker) {
        List<ConfigKey.Fallback> names = own == null && key.fallbacks().isEmpty()
                ? List.of(new ConfigKey.Fallback(key.name(), 1))
                : key.fallbacks();
        List<Candidate> candidates = new ArrayList<>(4);
        String value = null;
        if (own != null && own.values().get(key.name()) != null) {
            value = own.values().get(key.name());
            candidates.add(new Candidate(key.name(), value, own.source()));
        }
        for (ConfigLayer layer : broker) {
            for (ConfigKey.Fallback name : names) {
                String found = layer.values().get(name.key());
                if (found != null) {
                    value = value != null ? value : name.convert(found);
                    candidates.add(new Candidate(name.key(), found, layer.source()));
                }
            }
        }
        for (ConfigKey.Fallback name : names) {
            String found = ConfigCatalog.BROKER
                    .find(name.key())
                    .map(ConfigKey::defaultValue)
                    .orElse(null);
            if (found != null) {
                value = value != null ? value : name.convert(found);
                candidates.add(new Candidate(name.key(), found, ConfigSource.DEFAULT));
            }
        }
        ConfigSource source =
                candidates.isEmpty() ? ConfigSource.DEFAULT : candidates.get(0).source();
        return new ResolvedConfig(key, value != null ? value : key.defaultValue(), source, List.copyOf(candidates));
    }

    boolean booleanValue() {
        return Boolean.parseBoolean(value.trim());
    }

    int intValue() {
        return Integer.parseInt(value.trim());
    }

    long longValue() {
        return Long.parseLong(value.trim());
    }

    double doubleValue() {
        return Double.parseDouble(value.trim());
    }
}
