/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.log.LogConfig;
import io.sluice.log.batch.Compression;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Turns a topic's configuration, with what the broker's gives where the topic says nothing, into what its logs act on. */
public final class TopicConfigs {
    /** A write is forced as soon as it has so many records. */
    private static final long EVERY_WRITE = 1;

    private final ConfigResolver resolver;
    private final boolean forcesEveryWrite;

    public TopicConfigs(BrokerSettings settings) {
        this.resolver = new ConfigResolver(settings);
        this.forcesEveryWrite = settings.forcesEveryWrite();
    }

    public LogConfig effective(MetadataImage image, MetadataImage.TopicInfo topic) {
        return effective(image, topic.configs());
    }

    /** @param configs what is set for the topic itself */
    public LogConfig effective(MetadataImage image, Map<String, String> configs) {
        return new Lookup(resolver.brokerLayers(image), configs).logConfig();
    }

    private final class Lookup {
        private final List<ConfigLayer> broker;
        private final Map<String, String> configs;

        Lookup(List<ConfigLayer> broker, Map<String, String> configs) {
            this.broker = broker;
            this.configs = configs;
        }

        LogConfig logConfig() {
            List<String> policies = ConfigKey.elements(key("cleanup.policy").value());
            Compression compression = compression(key("compression.type").value());
            return new LogConfig(
                    segmentBytes(),
                    key("segment.ms").longValue(),
                    key("index.interval.bytes").intValue(),
                    key("retention.ms").longValue(),
                    key("retention.bytes").longValue(),
                    key("max.message.bytes").intValue(),
                    policies.contains("compact"),
                    policies.contains("delete"),
                    compression,
                    level(compression),
                    key("message.timestamp.type").value().equals("LogAppendTime"),
                    key("message.timestamp.before.max.ms").longValue(),
                    key("message.timestamp.after.max.ms").longValue(),
                    key("delete.retention.ms").longValue(),
                    key("min.compaction.lag.ms").longValue(),
                    key("max.compaction.lag.ms").longValue(),
                    key("min.cleanable.dirty.ratio").doubleValue(),
                    forcesEveryWrite ? EVERY_WRITE : key("flush.messages").longValue(),
                    key("flush.ms").longValue(),
                    key("min.insync.replicas").intValue());
        }

        private int segmentBytes() {
            String internal = configs.get("internal.segment.bytes");
            return internal != null
                    ? Integer.parseInt(internal.trim())
                    : key("segment.bytes").intValue();
        }

        private int level(Compression compression) {
            if (compression == Compression.GZIP || compression == Compression.LZ4 || compression == Compression.ZSTD) {
                ResolvedConfig level = key("compression." + compression.name().toLowerCase(Locale.ROOT) + ".level");
                boolean codecsDefault = level.value().equals(level.key().defaultValue());
                return codecsDefault ? Integer.MIN_VALUE : level.intValue();
            }
            return Integer.MIN_VALUE;
        }

        private ResolvedConfig key(String name) {
            return resolver.topicKey(name, broker, configs);
        }
    }

    private static Compression compression(String type) {
        return switch (type) {
            case "producer" -> null;
            case "uncompressed" -> Compression.NONE;
            default -> Compression.valueOf(type.toUpperCase(Locale.ROOT));
        };
    }
}
