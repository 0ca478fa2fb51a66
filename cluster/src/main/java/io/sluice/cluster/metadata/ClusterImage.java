/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * The image that is made by replaying records. A new image shares everything with the one before it but the maps on the way to
 * what has changed; what a topic has (its partitions, its configuration) is never copied for another's sake.
 */
public final class ClusterImage implements MetadataImage {
    /** Before the first record. */
    public static final ClusterImage EMPTY = new ClusterImage(
            0,
            null,
            0,
            Map.of(),
            Collections.emptySortedMap(),
            Map.of(),
            Map.of(),
            List.of(),
            Map.of(),
            0,
            new Ages(0, Map.of(), Map.of()));

    /** A broker's data directory, when it was first registered, and what its program knows. */
    private record Directory(UUID id, long since, MetadataLevels levels) {}

    /** When things came to be, counted in records. */
    private record Ages(long records, Map<UUID, Long> topics, Map<Integer, Directory> directories) {}

    private final long offset;
    private final String clusterId;
    private final int placementGroupCount;
    private final Map<Integer, BrokerInfo> brokers;
    private final SortedMap<String, TopicInfo> topics;
    private final Map<UUID, TopicInfo> topicsById;
    private final Map<String, Map<String, String>> brokerConfigs;
    private final List<List<Integer>> placementGroups;
    private final Map<String, Short> features;
    private final long nextProducerId;
    private final Ages ages;

    private ClusterImage(
            long offset,
            String clusterId,
            int placementGroupCount,
            Map<Integer, BrokerInfo> brokers,
            SortedMap<String, TopicInfo> topics,
            Map<UUID, TopicInfo> topicsById,
            Map<String, Map<String, String>> brokerConfigs,
            List<List<Integer>> placementGroups,
            Map<String, Short> features,
            long nextProducerId,
            Ages ages) {
        this.offset = offset;
        this.clusterId = clusterId;
        this.placementGroupCount = placementGroupCount;
        this.brokers = brokers;
        this.topics = topics;
        this.topicsById = topicsById;
        this.brokerConfigs = brokerConfigs;
        this.placementGroups = placementGroups;
        this.features = features;
        this.nextProducerId = nextProducerId;
        this.ages = ages;
    }

    @Override
    public long offset() {
        return offset;
    }

    /** Null before the first record. */
    @Override
    public String clusterId() {
        return clusterId;
    }

    public int placementGroupCount() {
        return placementGroupCount;
    }

    @Override
    public Map<Integer, BrokerInfo> brokers() {
        return brokers;
    }

    @Override
    public Map<String, TopicInfo> topics() {
        return topics;
    }

    @Override
    public Optional<TopicInfo> topic(String name) {
        return Optional.ofNullable(topics.get(name));
    }

    @Override
    public Optional<TopicInfo> topic(UUID id) {
        return Optional.ofNullable(topicsById.get(id));
    }

    @Override
    public Map<String, String> brokerConfig(Integer brokerId) {
        return brokerConfigs.getOrDefault(brokerId == null ? "" : brokerId.toString(), Map.of());
    }

    @Override
    public List<List<Integer>> placementGroups() {
        return placementGroups;
    }

    @Override
    public Map<String, Short> features() {
        return features;
    }

    /** No producer id from here on has been given out. */
    public long nextProducerId() {
        return nextProducerId;
    }

    /**
     * Whether a topic was made after a broker's present data directory had been registered: a replica of it there that remembers
     * nothing is new, and not wiped.
     */
    public boolean isYounger(UUID topicId, int broker, UUID directoryId) {
        Directory directory = ages.directories().get(broker);
        Long topic = ages.topics().get(topicId);
        return directory != null && topic != null && directory.id().equals(directoryId) && topic > directory.since();
    }

    /**
     * The shortest way to this image: replayed from {@link #EMPTY} on, they make an equal one. Topics and data directories are in the order in which they
     * came to be, so that {@link #isYounger} stays what it is.
     */
    public List<MetadataRecord> records() {
        return ImageRecords.of(this);
    }

    /** What {@link ImageRecords} needs to know of a broker's data directory: its id and its age; null if the broker is not registered. */
    Map.Entry<UUID, Long> directory(int broker) {
        Directory directory = ages.directories().get(broker);
        return directory == null ? null : Map.entry(directory.id(), directory.since());
    }

    /** Levels of the metadata that a broker knows; null if it is not registered. */
    public MetadataLevels levels(int broker) {
        Directory directory = ages.directories().get(broker);
        return directory == null ? null : directory.levels();
    }

    /** When a topic came to be. */
    long age(UUID topicId) {
        return ages.topics().get(topicId);
    }

    /** By broker id as text, empty for all brokers. */
    Map<String, Map<String, String>> brokerConfigs() {
        return brokerConfigs;
    }

    /** The image after more records. */
    public ClusterImage with(List<? extends MetadataRecord> records, long newOffset) {
        Delta delta = new Delta(this);
        records.forEach(delta::replay);
        return delta.image(newOffset);
    }

    /** Changes that are being collected; copies what it changes on the first change. */
    private static final class Delta {
        private final ClusterImage base;
        private String clusterId;
        private int placementGroupCount;
        private Map<Integer, BrokerInfo> brokers;
        private SortedMap<String, TopicInfo> topics;
        private Map<UUID, TopicInfo> topicsById;
        private Map<String, Map<String, String>> brokerConfigs;
        private List<List<Integer>> placementGroups;
        private Map<String, Short> features;
        private long nextProducerId;
        private long records;
        private Map<UUID, Long> topicAges;
        private Map<Integer, Directory> directories;

        Delta(ClusterImage base) {
            this.base = base;
            this.clusterId = base.clusterId;
            this.placementGroupCount = base.placementGroupCount;
            this.placementGroups = base.placementGroups;
            this.nextProducerId = base.nextProducerId;
            this.records = base.ages.records();
        }

        void replay(MetadataRecord record) {
            records++;
            if (record instanceof MetadataRecord.ClusterCreated created) {
                clusterId = created.clusterId();
                placementGroupCount = created.placementGroups();
            } else if (record instanceof MetadataRecord.BrokerRegistered broker) {
                brokers = brokers == null ? new TreeMap<>(base.brokers) : brokers;
                brokers.put(
                        broker.id(),
                        new BrokerInfo(broker.id(), broker.host(), broker.port(), broker.rack(), broker.epoch()));
                replayDirectory(broker);
            } else if (record instanceof MetadataRecord.PlacementGroupsSet set) {
                placementGroups = set.groups();
            } else if (record instanceof MetadataRecord.TopicCreated topic) {
                put(new TopicInfo(topic.id(), topic.name(), topic.internal(), topic.partitions(), topic.configs()));
                topicAges().put(topic.id(), records);
            } else if (record instanceof MetadataRecord.PartitionsAdded added) {
                replayAdded(added);
            } else if (record instanceof MetadataRecord.PartitionsChanged changed) {
                replayChanged(changed);
            } else if (record instanceof MetadataRecord.TopicDeleted deleted) {
                replayDeleted(topic(deleted.topicId()));
            } else if (record instanceof MetadataRecord.ConfigSet set) {
                replayConfig(set);
            } else if (record instanceof MetadataRecord.ProducerIdsAllocated allocated) {
                nextProducerId = allocated.nextProducerId();
            } else if (record instanceof MetadataRecord.FeatureLevelSet set) {
                features = features == null ? new TreeMap<>(base.features) : features;
                features.put(set.feature(), set.level());
            } else if (record instanceof MetadataRecord.BrokerUnregistered broker) {
                brokers = brokers == null ? new TreeMap<>(base.brokers) : brokers;
                brokers.remove(broker.id());
                directories().remove(broker.id());
            }
        }

        private void replayDeleted(TopicInfo topic) {
            copyTopics();
            topics.remove(topic.name());
            topicsById.remove(topic.id());
            topicAges().remove(topic.id());
        }

        private void replayDirectory(MetadataRecord.BrokerRegistered broker) {
            Directory known = directories().get(broker.id());
            boolean another = known == null || !known.id().equals(broker.directoryId());
            directories()
                    .put(
                            broker.id(),
                            new Directory(broker.directoryId(), another ? records : known.since(), broker.levels()));
        }

        private Map<Integer, Directory> directories() {
            directories = directories == null ? new HashMap<>(base.ages.directories()) : directories;
            return directories;
        }

        private Map<UUID, Long> topicAges() {
            topicAges = topicAges == null ? new HashMap<>(base.ages.topics()) : topicAges;
            return topicAges;
        }

        private void replayAdded(MetadataRecord.PartitionsAdded added) {
            TopicInfo topic = topic(added.topicId());
            List<PartitionInfo> partitions = new ArrayList<>(topic.partitions());
            partitions.addAll(added.partitions());
            put(new TopicInfo(topic.id(), topic.name(), topic.internal(), List.copyOf(partitions), topic.configs()));
        }

        private void replayChanged(MetadataRecord.PartitionsChanged changed) {
            TopicInfo topic = topic(changed.topicId());
            List<PartitionInfo> partitions = new ArrayList<>(topic.partitions());
            for (PartitionInfo partition : changed.partitions()) {
                if (partition.partition() < 0 || partition.partition() >= partitions.size()) {
                    throw new MetadataFormatException("a record changes partition " + partition.partition() + " of "
                            + topic.name() + ", which is not there");
                }
                partitions.set(partition.partition(), partition);
            }
            put(new TopicInfo(topic.id(), topic.name(), topic.internal(), List.copyOf(partitions), topic.configs()));
        }

        private void replayConfig(MetadataRecord.ConfigSet set) {
            if (set.type() == Controller.ResourceType.TOPIC) {
                TopicInfo topic = topic(UUID.fromString(set.name()));
                put(new TopicInfo(topic.id(), topic.name(), topic.internal(), topic.partitions(), set.configs()));
            } else if (set.type() == Controller.ResourceType.BROKER) {
                brokerConfigs = brokerConfigs == null ? new HashMap<>(base.brokerConfigs) : brokerConfigs;
                brokerConfigs.put(set.name(), set.configs());
            }
        }

        private void put(TopicInfo topic) {
            copyTopics();
            topics.put(topic.name(), topic);
            topicsById.put(topic.id(), topic);
        }

        private void copyTopics() {
            if (topics == null) {
                topics = new TreeMap<>(base.topics);
                topicsById = new HashMap<>(base.topicsById);
            }
        }

        private TopicInfo topic(UUID id) {
            TopicInfo topic = (topicsById == null ? base.topicsById : topicsById).get(id);
            if (topic == null) {
                throw new MetadataFormatException("a record changes topic " + id + ", which is not there");
            }
            return topic;
        }

        ClusterImage image(long offset) {
            return new ClusterImage(
                    offset,
                    clusterId,
                    placementGroupCount,
                    brokers == null ? base.brokers : Collections.unmodifiableMap(brokers),
                    topics == null ? base.topics : Collections.unmodifiableSortedMap(topics),
                    topicsById == null ? base.topicsById : Collections.unmodifiableMap(topicsById),
                    brokerConfigs == null ? base.brokerConfigs : Collections.unmodifiableMap(brokerConfigs),
                    placementGroups,
                    features == null ? base.features : Collections.unmodifiableMap(features),
                    nextProducerId,
                    new Ages(
                            records,
                            topicAges == null ? base.ages.topics() : topicAges,
                            directories == null ? base.ages.directories() : directories));
        }
    }
}
