/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.config.ResolvedConfig.Candidate;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConfigResolverTest {
    private static ResolvedConfig find(Iterable<ResolvedConfig> all, String key) {
        for (ResolvedConfig config : all) {
            if (config.key().name().equals(key)) {
                return config;
            }
        }
        throw new AssertionError(key + " is not answered");
    }

    @Test
    void aTopicTellsEveryPlaceThatHadAValueTheWinnerFirst() {
        ConfigResolver resolver = new ConfigResolver(BrokerSettings.parse(Map.of("log.retention.hours", "1")));
        FakeImage image = new FakeImage(Map.of("log.retention.ms", "3"), Map.of("log.retention.ms", "2"));

        ResolvedConfig retention = find(resolver.topic(image, Map.of("retention.ms", "4")), "retention.ms");

        assertThat(retention.value()).isEqualTo("4");
        assertThat(retention.source()).isEqualTo(ConfigSource.TOPIC);
        assertThat(retention.candidates())
                .containsExactly(
                        new Candidate("retention.ms", "4", ConfigSource.TOPIC),
                        new Candidate("log.retention.ms", "3", ConfigSource.DYNAMIC_BROKER),
                        new Candidate("log.retention.ms", "2", ConfigSource.DYNAMIC_DEFAULT_BROKER),
                        new Candidate("log.retention.hours", "1", ConfigSource.STATIC_BROKER),
                        new Candidate("log.retention.hours", "168", ConfigSource.DEFAULT));
    }

    @Test
    void aValueInHoursIsToldInTheKeysOwnUnit() {
        ConfigResolver resolver = new ConfigResolver(BrokerSettings.parse(Map.of("log.retention.hours", "1")));

        ResolvedConfig retention = find(resolver.topic(FakeImage.EMPTY, Map.of()), "retention.ms");

        assertThat(retention.value()).isEqualTo("3600000");
        assertThat(retention.source()).isEqualTo(ConfigSource.STATIC_BROKER);
    }

    @Test
    void everyTopicKeyIsAnsweredAndHiddenOnesAreNot() {
        ConfigResolver resolver = new ConfigResolver(BrokerSettings.defaults());

        assertThat(resolver.topic(FakeImage.EMPTY, Map.of()))
                .hasSize(33)
                .allSatisfy(config ->
                        assertThat(config.value()).as(config.key().name()).isNotNull())
                .allSatisfy(config -> assertThat(config.source()).isEqualTo(ConfigSource.DEFAULT));
    }

    @Test
    void brokerKeysHaveTheirOwnOlderNames() {
        ConfigResolver resolver =
                new ConfigResolver(BrokerSettings.parse(Map.of("log.dir", "/d", "num.partitions", "3")));

        assertThat(find(resolver.broker(FakeImage.EMPTY), "log.dirs").value()).isEqualTo("/d");
        ResolvedConfig partitions = find(resolver.broker(FakeImage.EMPTY), "num.partitions");
        assertThat(partitions.candidates())
                .containsExactly(
                        new Candidate("num.partitions", "3", ConfigSource.STATIC_BROKER),
                        new Candidate("num.partitions", "1", ConfigSource.DEFAULT));
    }

    @Test
    void brokerDefaultsAreOnlyWhatWasChangedForAllBrokers() {
        ConfigResolver resolver = new ConfigResolver(BrokerSettings.defaults());

        assertThat(resolver.brokerDefaults(new FakeImage(Map.of(), Map.of("log.retention.ms", "2"))))
                .singleElement()
                .satisfies(config -> assertThat(config.source()).isEqualTo(ConfigSource.DYNAMIC_DEFAULT_BROKER));
    }
}
