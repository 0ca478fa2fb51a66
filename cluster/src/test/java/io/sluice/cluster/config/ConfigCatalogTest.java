/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConfigCatalogTest {
    private static final List<ConfigKeys> ALL = List.of(ConfigCatalog.TOPIC, ConfigCatalog.BROKER, ConfigCatalog.GROUP);

    private static Stream<ConfigKey> keys() {
        return ALL.stream().flatMap(keys -> keys.all().stream());
    }

    @Test
    void everyDefaultIsAllowedByItsOwnRule() {
        assertThat(keys().filter(key -> key.defaultValue() != null))
                .allSatisfy(key -> assertThat(key.problem(key.defaultValue())).isEmpty());
    }

    @Test
    void everyKeySaysWhatItMeansInOneSentence() {
        assertThat(keys())
                .allSatisfy(key ->
                        assertThat(key.meaning()).as(key.name()).endsWith(".").matches("[^\\n|]{10,160}"));
    }

    @Test
    void whatAKeyFallsBackToExistsAndHasTheSameMeaningInItsUnit() {
        assertThat(keys())
                .allSatisfy(key -> assertThat(key.fallbacks()).as(key.name()).allSatisfy(fallback -> assertThat(
                                ConfigCatalog.BROKER.find(fallback.key()))
                        .isPresent()));
    }

    @Test
    void aTopicsDefaultIsTheDefaultOfItsBrokerKeys() {
        assertThat(ConfigCatalog.TOPIC.all()).allSatisfy(key -> {
            ResolvedConfig resolved =
                    ResolvedConfig.of(key, new ConfigLayer(ConfigSource.TOPIC, java.util.Map.of()), List.of());
            assertThat(resolved.value()).as(key.name()).isEqualTo(key.defaultValue());
        });
    }

    @Test
    void theTopicKeysOfKafkaAreAllThere() {
        long told =
                ConfigCatalog.TOPIC.all().stream().filter(key -> !key.hidden()).count();
        assertThat(told).as("Kafka 4.3 answers this many").isEqualTo(33);
        assertThat(ConfigCatalog.GROUP.all()).hasSize(17);
        // Kafka has the throttled rate for running brokers only.
        List<String> more = List.of("log.flush", "follower.replication.throttled.rate");
        assertThat(ConfigCatalog.BROKER.all().stream()
                        .filter(key -> !key.name().startsWith("sluice.") && !more.contains(key.name())))
                .hasSize(342);
    }
}
