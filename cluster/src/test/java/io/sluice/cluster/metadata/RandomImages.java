/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.Reassignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;

/** Random lives of a cluster's metadata, as records that follow each other sensibly. */
final class RandomImages {
    private final Random random;
    private final Map<UUID, Integer> topics = new TreeMap<>();
    private final List<UUID> everyTopic = new ArrayList<>();
    private final Map<Integer, List<UUID>> everyDirectory = new TreeMap<>();
    private ClusterImage image = ClusterImage.EMPTY;

    RandomImages(long seed) {
        random = new Random(seed);
    }

    /** The image after so many more batches of records. */
    ClusterImage after(int batches) {
        for (int i = 0; i < batches; i++) {
            List<MetadataRecord> batch = new ArrayList<>();
            for (int records = 1 + random.nextInt(4); records > 0; records--) {
                batch.add(record());
            }
            image = image.with(batch, image.offset() + batch.size());
        }
        return image;
    }

    /** All topics that there ever were. */
    List<UUID> everyTopic() {
        return everyTopic;
    }

    /** All data directories that a broker ever had. */
    List<UUID> everyDirectory(int broker) {
        return everyDirectory.getOrDefault(broker, List.of());
    }

    private MetadataRecord record() {
        return switch (random.nextInt(12)) {
            case 0 -> new MetadataRecord.ClusterCreated("cluster-" + random.nextInt(3), 1 + random.nextInt(64));
            case 1, 2 -> registered();
            case 3 -> new MetadataRecord.PlacementGroupsSet(List.of(brokers(), brokers(), brokers()));
            case 4, 5 -> created();
            case 6 ->
                new MetadataRecord.ConfigSet(
                        Controller.ResourceType.BROKER, random.nextBoolean() ? "" : "" + random.nextInt(5), configs());
            case 7 -> new MetadataRecord.ProducerIdsAllocated(random.nextInt(1_000_000));
            case 8 -> new MetadataRecord.FeatureLevelSet("f" + random.nextInt(3), (short) random.nextInt(9));
            case 9 -> new MetadataRecord.BrokerUnregistered(random.nextInt(5));
            default -> topics.isEmpty() ? created() : ofATopic();
        };
    }

    private MetadataRecord registered() {
        int id = random.nextInt(5);
        List<UUID> directories = everyDirectory.computeIfAbsent(id, broker -> new ArrayList<>());
        UUID directory = directories.isEmpty() || random.nextInt(3) == 0
                ? new UUID(random.nextLong(), random.nextLong())
                : directories.get(directories.size() - 1);
        directories.add(directory);
        return new MetadataRecord.BrokerRegistered(
                id,
                "host-" + id,
                random.nextInt(65_536),
                random.nextBoolean() ? null : "r",
                image.offset(),
                directory,
                new MetadataLevels(1 + random.nextInt(3), 4));
    }

    private MetadataRecord created() {
        UUID id = new UUID(random.nextLong(), random.nextLong());
        int partitions = 1 + random.nextInt(5);
        topics.put(id, partitions);
        everyTopic.add(id);
        return new MetadataRecord.TopicCreated(id, "t" + id, random.nextBoolean(), made(0, partitions), configs());
    }

    private MetadataRecord ofATopic() {
        UUID id = new ArrayList<>(topics.keySet()).get(random.nextInt(topics.size()));
        int partitions = topics.get(id);
        return switch (random.nextInt(4)) {
            case 0 -> {
                topics.remove(id);
                yield new MetadataRecord.TopicDeleted(id);
            }
            case 1 -> {
                topics.put(id, partitions + 2);
                yield new MetadataRecord.PartitionsAdded(id, made(partitions, 2));
            }
            case 2 -> new MetadataRecord.ConfigSet(Controller.ResourceType.TOPIC, id.toString(), configs());
            default ->
                new MetadataRecord.PartitionsChanged(
                        id,
                        List.of(new PartitionInfo(
                                random.nextInt(partitions),
                                random.nextInt(64),
                                brokers(),
                                random.nextInt(4),
                                random.nextBoolean() ? List.of() : List.of(9),
                                random.nextBoolean() ? null : new Reassignment(brokers(), brokers()))));
        };
    }

    private List<PartitionInfo> made(int first, int count) {
        List<PartitionInfo> made = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            made.add(new PartitionInfo(first + i, random.nextInt(64), brokers()));
        }
        return made;
    }

    private List<Integer> brokers() {
        List<Integer> brokers = new ArrayList<>(List.of(1, 2, 3, 4));
        java.util.Collections.shuffle(brokers, random);
        return List.copyOf(brokers.subList(0, 1 + random.nextInt(4)));
    }

    private Map<String, String> configs() {
        Map<String, String> configs = new TreeMap<>();
        for (int i = random.nextInt(3); i > 0; i--) {
            configs.put("key." + random.nextInt(5), "value \u00e4 " + random.nextInt());
        }
        return configs;
    }
}
