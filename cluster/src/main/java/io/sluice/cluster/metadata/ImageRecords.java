/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/** Takes an image apart into the records that make it. */
final class ImageRecords {
    /** Records that belong together, and when what they are about came to be. */
    private record Aged(long age, List<MetadataRecord> records) {}

    private ImageRecords() {}

    static List<MetadataRecord> of(ClusterImage image) {
        List<MetadataRecord> records = new ArrayList<>();
        if (image.clusterId() != null) {
            records.add(new MetadataRecord.ClusterCreated(image.clusterId(), image.placementGroupCount()));
        }
        image.features().forEach((feature, level) -> records.add(new MetadataRecord.FeatureLevelSet(feature, level)));
        if (!image.placementGroups().isEmpty()) {
            records.add(new MetadataRecord.PlacementGroupsSet(image.placementGroups()));
        }
        List<Aged> aged = new ArrayList<>();
        image.brokers().values().forEach(broker -> aged.add(broker(image, broker)));
        image.topics().values().forEach(topic -> aged.add(new Aged(image.age(topic.id()), topic(topic))));
        aged.sort(Comparator.comparingLong(Aged::age));
        aged.forEach(one -> records.addAll(one.records()));
        new TreeMap<>(image.brokerConfigs()).forEach((broker, configs) -> {
            if (!configs.isEmpty()) {
                records.add(new MetadataRecord.ConfigSet(Controller.ResourceType.BROKER, broker, configs));
            }
        });
        if (image.nextProducerId() > 0) {
            records.add(new MetadataRecord.ProducerIdsAllocated(image.nextProducerId()));
        }
        return records;
    }

    private static Aged broker(ClusterImage image, BrokerInfo broker) {
        Map.Entry<UUID, Long> directory = image.directory(broker.id());
        return new Aged(
                directory.getValue(),
                List.of(new MetadataRecord.BrokerRegistered(
                        broker.id(),
                        broker.host(),
                        broker.port(),
                        broker.rack(),
                        broker.epoch(),
                        directory.getKey(),
                        image.levels(broker.id()))));
    }

    /** Made with the replicas of the first version; what has become of them since follows. */
    private static List<MetadataRecord> topic(TopicInfo topic) {
        List<PartitionInfo> made = topic.partitions().stream()
                .map(partition -> isAsMade(partition)
                        ? partition
                        : new PartitionInfo(partition.partition(), partition.group(), partition.replicas()))
                .toList();
        List<PartitionInfo> changed =
                topic.partitions().stream().filter(one -> !isAsMade(one)).toList();
        MetadataRecord created =
                new MetadataRecord.TopicCreated(topic.id(), topic.name(), topic.internal(), made, topic.configs());
        return changed.isEmpty()
                ? List.of(created)
                : List.of(created, new MetadataRecord.PartitionsChanged(topic.id(), changed));
    }

    private static boolean isAsMade(PartitionInfo partition) {
        return partition.version() == 0 && !partition.isChanging();
    }
}
