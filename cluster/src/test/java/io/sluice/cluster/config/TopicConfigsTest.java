/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogConfig;
import io.sluice.log.batch.Compression;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TopicConfigsTest {
    private static LogConfig effective(
            Map<String, String> file,
            Map<String, String> allBrokers,
            Map<String, String> broker,
            Map<String, String> topic) {
        return new TopicConfigs(BrokerSettings.parse(file)).effective(new FakeImage(broker, allBrokers), topic);
    }

    @Test
    void nothingSetGivesTheLogsDefaults() {
        assertThat(effective(Map.of(), Map.of(), Map.of(), Map.of())).isEqualTo(LogConfig.DEFAULTS);
    }

    @Test
    void hoursAndMinutesBecomeMilliseconds() {
        Map<String, String> hours = Map.of("log.retention.hours", "2", "log.roll.hours", "3");
        Map<String, String> minutes = Map.of("log.retention.hours", "2", "log.retention.minutes", "5");
        Map<String, String> all =
                Map.of("log.retention.hours", "2", "log.retention.minutes", "5", "log.retention.ms", "7");

        assertThat(effective(hours, Map.of(), Map.of(), Map.of()).retentionMs()).isEqualTo(7_200_000);
        assertThat(effective(hours, Map.of(), Map.of(), Map.of()).segmentMs()).isEqualTo(10_800_000);
        assertThat(effective(minutes, Map.of(), Map.of(), Map.of()).retentionMs())
                .isEqualTo(300_000);
        assertThat(effective(all, Map.of(), Map.of(), Map.of()).retentionMs()).isEqualTo(7);
        assertThat(effective(Map.of("log.retention.hours", "-1"), Map.of(), Map.of(), Map.of())
                        .retentionMs())
                .as("-1 has no unit")
                .isEqualTo(-1);
    }

    @Test
    void theNearestLayerWins() {
        Map<String, String> file = Map.of("log.retention.ms", "1");
        Map<String, String> all = Map.of("log.retention.ms", "2");
        Map<String, String> broker = Map.of("log.retention.ms", "3");
        Map<String, String> topic = Map.of("retention.ms", "4");

        assertThat(effective(file, Map.of(), Map.of(), Map.of()).retentionMs()).isEqualTo(1);
        assertThat(effective(file, all, Map.of(), Map.of()).retentionMs()).isEqualTo(2);
        assertThat(effective(file, all, broker, Map.of()).retentionMs()).isEqualTo(3);
        assertThat(effective(file, all, broker, topic).retentionMs()).isEqualTo(4);
    }

    @Test
    void everyKeyThatActsReachesTheLog() {
        LogConfig config = effective(
                Map.of(),
                Map.of(),
                Map.of(),
                Map.ofEntries(
                        Map.entry("segment.bytes", "2000000"),
                        Map.entry("segment.ms", "2"),
                        Map.entry("index.interval.bytes", "3"),
                        Map.entry("retention.ms", "4"),
                        Map.entry("retention.bytes", "5"),
                        Map.entry("max.message.bytes", "6"),
                        Map.entry("cleanup.policy", "compact"),
                        Map.entry("compression.type", "zstd"),
                        Map.entry("compression.zstd.level", "7"),
                        Map.entry("message.timestamp.type", "LogAppendTime"),
                        Map.entry("message.timestamp.before.max.ms", "8"),
                        Map.entry("message.timestamp.after.max.ms", "9"),
                        Map.entry("delete.retention.ms", "10"),
                        Map.entry("min.compaction.lag.ms", "11"),
                        Map.entry("max.compaction.lag.ms", "12"),
                        Map.entry("min.cleanable.dirty.ratio", "0.25"),
                        Map.entry("flush.messages", "14"),
                        Map.entry("flush.ms", "15"),
                        Map.entry("min.insync.replicas", "16")));

        assertThat(config)
                .isEqualTo(new LogConfig(
                        2_000_000,
                        2,
                        3,
                        4,
                        5,
                        6,
                        true,
                        false,
                        Compression.ZSTD,
                        7,
                        true,
                        8,
                        9,
                        10,
                        11,
                        12,
                        0.25,
                        14,
                        15,
                        16));
    }

    @Test
    void everyWriteOfEveryTopicIsForcedWhereTheBrokerSaysSo() throws Exception {
        BrokerSettings settings = BrokerSettings.parse(Map.of("log.flush", "always"));

        LogConfig config = new TopicConfigs(settings)
                .effective(new FakeImage(Map.of(), Map.of()), Map.of("flush.messages", "1000"));

        assertThat(config.flushMessages()).isEqualTo(1);
    }

    @Test
    void codecsByName() {
        assertThat(codec("uncompressed")).isEqualTo(Compression.NONE);
        assertThat(codec("gzip")).isEqualTo(Compression.GZIP);
        assertThat(codec("snappy")).isEqualTo(Compression.SNAPPY);
        assertThat(codec("lz4")).isEqualTo(Compression.LZ4);
        assertThat(codec("producer")).isNull();
    }

    private static Compression codec(String name) {
        return effective(Map.of(), Map.of(), Map.of(), Map.of("compression.type", name))
                .compression();
    }

    @Test
    void anEmptyCleanupPolicyKeepsEverything() {
        LogConfig config = effective(Map.of(), Map.of(), Map.of(), Map.of("cleanup.policy", ""));

        assertThat(config.compact()).isFalse();
        assertThat(config.delete()).isFalse();
    }

    @Test
    void testsMayHaveSmallSegments() {
        assertThat(effective(Map.of(), Map.of(), Map.of(), Map.of("internal.segment.bytes", "100"))
                        .segmentBytes())
                .isEqualTo(100);
    }
}
