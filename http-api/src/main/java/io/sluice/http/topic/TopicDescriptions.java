/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.topic;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.config.ConfigResolver;
import io.sluice.cluster.config.ResolvedConfig;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.route.Words;
import io.sluice.log.LogView;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;

/** Topics as responses show them: maps and lists, in the order in which they are written. */
final class TopicDescriptions {
    private final Node node;
    private final ConfigResolver resolver;

    TopicDescriptions(Node node) {
        this.node = node;
        this.resolver = new ConfigResolver(node.settings());
    }

    /** One topic of a list. */
    static Map<String, Object> summary(TopicInfo topic) {
        Map<String, Object> summary = new LinkedHashMap<>();
        summary.put("name", topic.name());
        summary.put("id", id(topic.id()));
        summary.put("internal", topic.internal());
        summary.put("partitions", topic.partitions().size());
        summary.put("replicas", replicas(topic));
        return summary;
    }

    /** As Kafka's tools write it. */
    static String id(UUID id) {
        ByteBuffer bytes = ByteBuffer.allocate(Long.BYTES * 2);
        bytes.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.array());
    }

    private static int replicas(TopicInfo topic) {
        return topic.partitions().isEmpty()
                ? 0
                : topic.partitions().get(0).replicas().size();
    }

    /** @param allConfigs every key with its value and where that comes from; else what is set for the topic itself */
    Map<String, Object> describe(MetadataImage image, TopicInfo topic, boolean allConfigs) {
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("name", topic.name());
        description.put("id", id(topic.id()));
        description.put("internal", topic.internal());
        description.put("replicas", replicas(topic));
        Set<Integer> live = node.liveBrokers();
        description.put(
                "partitions",
                topic.partitions().stream()
                        .map(partition -> describe(topic, partition, live))
                        .toList());
        description.put("configs", allConfigs ? configs(image, topic) : new TreeMap<>(topic.configs()));
        return description;
    }

    /** The partitions of a description. */
    @SuppressWarnings("unchecked")
    static List<Map<String, Object>> partitions(Map<String, Object> description) {
        return (List<Map<String, Object>>) description.get("partitions");
    }

    private Map<String, Object> describe(TopicInfo topic, PartitionInfo partition, Set<Integer> live) {
        Node.Leadership leadership = node.leadership(topic.id(), partition.partition());
        List<Integer> replicas = partition.isChanging() ? partition.everywhere() : partition.replicas();
        Map<String, Object> description = new LinkedHashMap<>();
        description.put("partition", partition.partition());
        description.put("leader", leadership.brokerId() < 0 ? null : leadership.brokerId());
        description.put("epoch", leadership.brokerId() < 0 ? null : leadership.leaderEpoch());
        description.put("replicas", replicas);
        description.put(
                "offline", replicas.stream().filter(id -> !live.contains(id)).toList());
        PartitionHandle handle = node.leader(topic.id(), partition.partition());
        if (handle != null) {
            description.put("inSync", node.inSync(topic.id(), partition.partition()));
            description.put("offsets", offsets(handle.view()));
            description.put("bytes", handle.view().sizeBytes());
        }
        return description;
    }

    private static Map<String, Object> offsets(LogView view) {
        Map<String, Object> offsets = new LinkedHashMap<>();
        offsets.put("start", view.logStartOffset());
        offsets.put("highWatermark", view.highWatermark());
        offsets.put("lastStable", view.lastStableOffset());
        offsets.put("end", view.logEndOffset());
        return offsets;
    }

    private List<Map<String, Object>> configs(MetadataImage image, TopicInfo topic) {
        List<Map<String, Object>> configs = new ArrayList<>();
        for (ResolvedConfig config : resolver.topic(image, topic.configs())) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("name", config.key().name());
            entry.put("value", config.key().sensitive() ? null : config.value());
            entry.put("source", Words.of(config.source()));
            entry.put("meaning", config.key().meaning());
            configs.add(entry);
        }
        return configs;
    }
}
