/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * The binary form of a {@link MetadataRecord}, the value of one log record:
 *
 * <pre>
 *   0      2         3
 *   +------+---------+----------------------------+
 *   | type | version | fields, by type            |
 *   +------+---------+----------------------------+
 *
 *   1 ClusterCreated        string clusterId, i32 placementGroups
 *   2 BrokerRegistered      i32 id, string host, i32 port, string? rack, i64 epoch, uuid directoryId,
 *                           from version 1 on i16 minLevel, i16 maxLevel (before: 1, 1)
 *   3 PlacementGroupsSet    list of (list of i32)
 *   4 TopicCreated          uuid id, string name, i8 internal, partitions, map configs
 *   5 PartitionsAdded       uuid topicId, partitions
 *   6 TopicDeleted          uuid topicId
 *   7 ConfigSet             i8 resource type (0 topic, 1 broker, 2 group), string name, map configs
 *   8 ProducerIdsAllocated  i64 next
 *   9 FeatureLevelSet       string feature, i16 level
 *  10 PartitionsChanged     uuid topicId, i32 count, then each: changed partition
 *  11 BrokerUnregistered    i32 id
 *
 *   string      i32 length in bytes (-1: null, where ? stands), UTF-8
 *   uuid        i64, i64
 *   list        i32 count, then the elements
 *   map         i32 count, then string key, string value each; sorted by key
 *   partitions  i32 count, then each: i32 partition, i32 group, list of i32 replicas (as they are made: version 0 of the replica set)
 *   changed partition  i32 partition, i32 group, list of i32 replicas, i32 version, list of i32 leaving,
 *                      i8 is reassigned; if so list of i32 from, list of i32 to
 * </pre>
 *
 * <p>All numbers are big-endian. A type or version that this program does not know is refused: metadata that can't be understood can't be
 * skipped.
 */
public final class MetadataCodec {
    private enum Type {
        CLUSTER_CREATED(1),
        BROKER_REGISTERED(2, 1),
        PLACEMENT_GROUPS_SET(3),
        TOPIC_CREATED(4),
        PARTITIONS_ADDED(5),
        TOPIC_DELETED(6),
        CONFIG_SET(7),
        PRODUCER_IDS_ALLOCATED(8),
        FEATURE_LEVEL_SET(9),
        PARTITIONS_CHANGED(10),
        BROKER_UNREGISTERED(11);

        final short number;

        /** Newest that is known, and written. */
        final byte version;

        Type(int number) {
            this(number, 0);
        }

        Type(int number, int version) {
            this.number = (short) number;
            this.version = (byte) version;
        }

        static Type of(short number) {
            for (Type type : values()) {
                if (type.number == number) {
                    return type;
                }
            }
            throw new MetadataFormatException("metadata record type " + number
                    + " is not known to this version of the program: start a newer one");
        }
    }

    private MetadataCodec() {}

    public static byte[] encode(MetadataRecord record) {
        ByteWriter out = new ByteWriter();
        if (record instanceof MetadataRecord.ClusterCreated created) {
            begin(out, Type.CLUSTER_CREATED).string(created.clusterId()).i32(created.placementGroups());
        } else if (record instanceof MetadataRecord.BrokerRegistered broker) {
            begin(out, Type.BROKER_REGISTERED)
                    .i32(broker.id())
                    .string(broker.host())
                    .i32(broker.port())
                    .string(broker.rack())
                    .i64(broker.epoch())
                    .uuid(broker.directoryId())
                    .i16(broker.levels().min())
                    .i16(broker.levels().max());
        } else if (record instanceof MetadataRecord.PlacementGroupsSet set) {
            begin(out, Type.PLACEMENT_GROUPS_SET).i32(set.groups().size());
            set.groups().forEach(out::i32List);
        } else if (record instanceof MetadataRecord.TopicCreated topic) {
            begin(out, Type.TOPIC_CREATED).uuid(topic.id()).string(topic.name()).i8(topic.internal() ? 1 : 0);
            partitions(out, topic.partitions());
            out.map(topic.configs());
        } else if (record instanceof MetadataRecord.PartitionsAdded added) {
            partitions(begin(out, Type.PARTITIONS_ADDED).uuid(added.topicId()), added.partitions());
        } else if (record instanceof MetadataRecord.TopicDeleted deleted) {
            begin(out, Type.TOPIC_DELETED).uuid(deleted.topicId());
        } else if (record instanceof MetadataRecord.ConfigSet set) {
            begin(out, Type.CONFIG_SET)
                    .i8(resourceNumber(set.type()))
                    .string(set.name())
                    .map(set.configs());
        } else if (record instanceof MetadataRecord.ProducerIdsAllocated allocated) {
            begin(out, Type.PRODUCER_IDS_ALLOCATED).i64(allocated.nextProducerId());
        } else if (record instanceof MetadataRecord.FeatureLevelSet set) {
            begin(out, Type.FEATURE_LEVEL_SET).string(set.feature()).i16(set.level());
        } else if (record instanceof MetadataRecord.PartitionsChanged changed) {
            begin(out, Type.PARTITIONS_CHANGED)
                    .uuid(changed.topicId())
                    .list(changed.partitions(), MetadataCodec::changedPartition);
        } else if (record instanceof MetadataRecord.BrokerUnregistered broker) {
            begin(out, Type.BROKER_UNREGISTERED).i32(broker.id());
        }
        return out.toBytes();
    }

    /** @throws MetadataFormatException if the bytes are not a record that this program knows */
    public static MetadataRecord decode(ByteBuffer bytes) {
        try {
            ByteBuffer in = bytes.slice();
            Type type = Type.of(in.getShort());
            byte version = in.get();
            if (version < 0 || version > type.version) {
                throw new MetadataFormatException("metadata record " + type + " has version " + version
                        + ", this version of the program knows " + type.version + ": start a newer one");
            }
            MetadataRecord record = decode(type, version, new ByteReader(in));
            if (in.hasRemaining()) {
                throw new MetadataFormatException(
                        "metadata record " + type + " has " + in.remaining() + " bytes too many");
            }
            return record;
        } catch (BufferUnderflowException | IndexOutOfBoundsException torn) {
            throw new MetadataFormatException("a metadata record of " + bytes.remaining() + " bytes ends too early");
        }
    }

    private static MetadataRecord decode(Type type, byte version, ByteReader in) {
        return switch (type) {
            case CLUSTER_CREATED -> new MetadataRecord.ClusterCreated(in.string(), in.i32());
            case BROKER_REGISTERED ->
                new MetadataRecord.BrokerRegistered(
                        in.i32(),
                        in.string(),
                        in.i32(),
                        in.string(),
                        in.i64(),
                        in.uuid(),
                        version == 0 ? MetadataLevels.FIRST : levels(in));
            case PLACEMENT_GROUPS_SET -> new MetadataRecord.PlacementGroupsSet(in.list(ByteReader::i32List));
            case TOPIC_CREATED ->
                new MetadataRecord.TopicCreated(in.uuid(), in.string(), in.i8() != 0, partitions(in), in.map());
            case PARTITIONS_ADDED -> new MetadataRecord.PartitionsAdded(in.uuid(), partitions(in));
            case TOPIC_DELETED -> new MetadataRecord.TopicDeleted(in.uuid());
            case CONFIG_SET -> new MetadataRecord.ConfigSet(resourceType(in.i8()), in.string(), in.map());
            case PRODUCER_IDS_ALLOCATED -> new MetadataRecord.ProducerIdsAllocated(in.i64());
            case FEATURE_LEVEL_SET -> new MetadataRecord.FeatureLevelSet(in.string(), in.i16());
            case PARTITIONS_CHANGED ->
                new MetadataRecord.PartitionsChanged(in.uuid(), in.list(MetadataCodec::changedPartition));
            case BROKER_UNREGISTERED -> new MetadataRecord.BrokerUnregistered(in.i32());
        };
    }

    private static MetadataLevels levels(ByteReader in) {
        short min = in.i16();
        short max = in.i16();
        if (min < 1 || max < min) {
            throw new MetadataFormatException("a broker of the levels " + min + " to " + max);
        }
        return new MetadataLevels(min, max);
    }

    private static ByteWriter begin(ByteWriter out, Type type) {
        return out.i16(type.number).i8(type.version);
    }

    private static int resourceNumber(Controller.ResourceType type) {
        return switch (type) {
            case TOPIC -> 0;
            case BROKER -> 1;
            case GROUP -> 2;
        };
    }

    private static Controller.ResourceType resourceType(byte number) {
        return switch (number) {
            case 0 -> Controller.ResourceType.TOPIC;
            case 1 -> Controller.ResourceType.BROKER;
            case 2 -> Controller.ResourceType.GROUP;
            default -> throw new MetadataFormatException("resource type " + number + " is not known");
        };
    }

    private static void partitions(ByteWriter out, List<MetadataImage.PartitionInfo> partitions) {
        out.i32(partitions.size());
        for (MetadataImage.PartitionInfo partition : partitions) {
            if (partition.version() != 0 || partition.isChanging()) {
                throw new IllegalArgumentException("not a partition as it is made: " + partition);
            }
            out.i32(partition.partition()).i32(partition.group()).i32List(partition.replicas());
        }
    }

    private static List<MetadataImage.PartitionInfo> partitions(ByteReader in) {
        List<MetadataImage.PartitionInfo> partitions = new ArrayList<>();
        List<Integer> before = List.of();
        for (int i = in.count(); i > 0; i--) {
            int partition = in.i32();
            int group = in.i32();
            List<Integer> replicas = in.i32List();
            // Partitions share equal lists: with thousands of partitions on few brokers that is most of an image's
            // memory.
            before = replicas.equals(before) ? before : replicas;
            partitions.add(new MetadataImage.PartitionInfo(partition, group, before));
        }
        return List.copyOf(partitions);
    }

    private static void changedPartition(ByteWriter out, MetadataImage.PartitionInfo partition) {
        out.i32(partition.partition())
                .i32(partition.group())
                .i32List(partition.replicas())
                .i32(partition.version())
                .i32List(partition.leaving())
                .i8(partition.reassignment() == null ? 0 : 1);
        if (partition.reassignment() != null) {
            out.i32List(partition.reassignment().from())
                    .i32List(partition.reassignment().to());
        }
    }

    private static MetadataImage.PartitionInfo changedPartition(ByteReader in) {
        return new MetadataImage.PartitionInfo(
                in.i32(),
                in.i32(),
                in.i32List(),
                in.i32(),
                in.i32List(),
                in.i8() == 0 ? null : new MetadataImage.Reassignment(in.i32List(), in.i32List()));
    }
}
