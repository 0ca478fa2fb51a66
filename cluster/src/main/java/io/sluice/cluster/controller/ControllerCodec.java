/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ByteReader;
import io.sluice.cluster.metadata.ByteWriter;
import io.sluice.cluster.metadata.Controller.ConfigChange;
import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.ConfigResult;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.cluster.metadata.Controller.PartitionResult;
import io.sluice.cluster.metadata.Controller.ReassignmentChange;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataFormatException;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.log.ErrorCode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.function.Function;

/**
 * The binary form of {@link ControllerRequest}s and of their answers, for a controller on another node:
 *
 * <pre>
 *   request   i8 type, i8 version (0 but for 2), fields  answer   i8 type, i8 version (0), fields
 *
 *   1 Bootstrap            string clusterId, i32 placementGroups, list of i32 brokers          i16 error
 *   2 RegisterBroker       i32 id, string host, i32 port, string? rack, uuid directoryId,      i16 error
 *                          from version 1 on i16 minLevel, i16 maxLevel (before: 1, 1)
 *   3 CreateTopics         list of newTopic, i8 validateOnly                                   list of topicResult
 *   4 CreateInternalTopic  string topic                                                        topicResult
 *   5 CreatePartitions     list of newPartitions, i8 validateOnly                              list of topicResult
 *   6 DeleteTopics         list of uuid                                                        list of topicResult
 *   7 AlterConfigs         list of configChange, i8 validateOnly                               list of configResult
 *   8 AllocateProducerIds  i32 count                                                           i64 first
 *   9 AlterReassignments   list of reassignment, i8 factorMayChange                            list of partitionResult
 *  10 ReportReplicas       list of replicaReport                                               i16 error
 *  11 UnregisterBroker     i32 id                                                              outcome
 *  12 ContinueBalancing    list of i32 live                                                    i16 error
 *  13 DescribeQuorum                                                                           quorumState
 *  14 ConfirmSet           uuid topicId, i32 partition, i32 version                            i16 error
 *  15 RaiseLevel           i16 level, i8 validateOnly                                          outcome
 *
 *   newTopic       string name, i32 partitions, i16 replicationFactor, list of (list of i32), map configs
 *   newPartitions  string topic, i32 count, list of (list of i32)
 *   topicResult    string? name, i8 has id, uuid id, i16 error, string? message, i32 partitions, i16 replicationFactor, map configs
 *   configChange   string type, string name, i8 replaceAll, list of (string key, string operation, string? value)
 *   configResult   string type, string name, i16 error, string? message
 *   reassignment   string topic, i32 partition, i8 has replicas, list of i32 (empty if not)
 *   partitionResult  string topic, i32 partition, i16 error, string? message
 *   replicaReport  uuid topicId, i32 partition, i32 inForce, list of i32 acknowledging
 *   outcome        i16 error, string? message
 *   quorumState    i16 error, i32 leader, i32 leaderEpoch, i64 logEnd, i64 highWatermark, list of i32 voters,
 *                  list of (i32 broker, i64 logEnd)
 * </pre>
 *
 * <p>The field types are those of the metadata's records. What a program does not know it refuses, and the sender gets no answer: nodes of
 * two versions side by side refuse such requests, in time, and do not misunderstand them.
 */
public final class ControllerCodec {
    private static final byte VERSION = 0;
    private static final UUID NO_ID = new UUID(0, 0);

    private enum Type {
        BOOTSTRAP(1),
        REGISTER_BROKER(2, 1),
        CREATE_TOPICS(3),
        CREATE_INTERNAL_TOPIC(4),
        CREATE_PARTITIONS(5),
        DELETE_TOPICS(6),
        ALTER_CONFIGS(7),
        ALLOCATE_PRODUCER_IDS(8),
        ALTER_REASSIGNMENTS(9),
        REPORT_REPLICAS(10),
        UNREGISTER_BROKER(11),
        CONTINUE_BALANCING(12),
        DESCRIBE_QUORUM(13),
        CONFIRM_SET(14),
        RAISE_LEVEL(15);

        private final byte number;
        private final byte version;

        Type(int number) {
            this(number, 0);
        }

        Type(int number, int version) {
            this.number = (byte) number;
            this.version = (byte) version;
        }

        byte number() {
            return number;
        }

        static Type of(ControllerRequest<?> request) {
            if (request instanceof ControllerRequest.Bootstrap) {
                return BOOTSTRAP;
            } else if (request instanceof ControllerRequest.RegisterBroker) {
                return REGISTER_BROKER;
            } else if (request instanceof ControllerRequest.CreateTopics) {
                return CREATE_TOPICS;
            } else if (request instanceof ControllerRequest.CreateInternalTopic) {
                return CREATE_INTERNAL_TOPIC;
            } else if (request instanceof ControllerRequest.CreatePartitions) {
                return CREATE_PARTITIONS;
            } else if (request instanceof ControllerRequest.DeleteTopics) {
                return DELETE_TOPICS;
            }
            return request instanceof ControllerRequest.AlterConfigs ? ALTER_CONFIGS : ofReplicas(request);
        }

        private static Type ofReplicas(ControllerRequest<?> request) {
            if (request instanceof ControllerRequest.AlterReassignments) {
                return ALTER_REASSIGNMENTS;
            } else if (request instanceof ControllerRequest.ReportReplicas) {
                return REPORT_REPLICAS;
            } else if (request instanceof ControllerRequest.UnregisterBroker) {
                return UNREGISTER_BROKER;
            }
            return ofOthers(request);
        }

        private static Type ofOthers(ControllerRequest<?> request) {
            if (request instanceof ControllerRequest.ContinueBalancing) {
                return CONTINUE_BALANCING;
            } else if (request instanceof ControllerRequest.DescribeQuorum) {
                return DESCRIBE_QUORUM;
            } else if (request instanceof ControllerRequest.RaiseLevel) {
                return RAISE_LEVEL;
            }
            return request instanceof ControllerRequest.ConfirmSet ? CONFIRM_SET : ALLOCATE_PRODUCER_IDS;
        }
    }

    private ControllerCodec() {}

    public static byte[] encode(ControllerRequest<?> request) {
        Type type = Type.of(request);
        ByteWriter out = new ByteWriter().i8(type.number()).i8(type.version);
        if (request instanceof ControllerRequest.Bootstrap bootstrap) {
            out.string(bootstrap.clusterId()).i32(bootstrap.placementGroups()).i32List(bootstrap.brokers());
        } else if (request instanceof ControllerRequest.RegisterBroker broker) {
            out.i32(broker.id())
                    .string(broker.host())
                    .i32(broker.port())
                    .string(broker.rack())
                    .uuid(broker.directoryId())
                    .i16(broker.levels().min())
                    .i16(broker.levels().max());
        } else if (request instanceof ControllerRequest.CreateTopics create) {
            out.list(create.topics(), ControllerCodec::write).i8(create.validateOnly() ? 1 : 0);
        } else if (request instanceof ControllerRequest.CreateInternalTopic create) {
            out.string(create.topic().topic());
        } else if (request instanceof ControllerRequest.CreatePartitions create) {
            out.list(create.topics(), ControllerCodec::write).i8(create.validateOnly() ? 1 : 0);
        } else if (request instanceof ControllerRequest.DeleteTopics delete) {
            out.list(delete.topics(), ByteWriter::uuid);
        } else if (request instanceof ControllerRequest.AlterConfigs alter) {
            out.list(alter.changes(), ControllerCodec::write).i8(alter.validateOnly() ? 1 : 0);
        } else if (request instanceof ControllerRequest.AllocateProducerIds allocate) {
            out.i32(allocate.count());
        } else if (request instanceof ControllerRequest.AlterReassignments alter) {
            out.list(alter.changes(), ControllerCodec::write).i8(alter.factorMayChange() ? 1 : 0);
        } else if (request instanceof ControllerRequest.ReportReplicas report) {
            out.list(report.reports(), ControllerCodec::write);
        } else if (request instanceof ControllerRequest.UnregisterBroker broker) {
            out.i32(broker.id());
        } else if (request instanceof ControllerRequest.ContinueBalancing balancing) {
            out.i32List(balancing.live());
        } else if (request instanceof ControllerRequest.ConfirmSet confirm) {
            out.uuid(confirm.topicId()).i32(confirm.partition()).i32(confirm.version());
        } else if (request instanceof ControllerRequest.RaiseLevel raise) {
            out.i16(raise.level()).i8(raise.validateOnly() ? 1 : 0);
        }
        return out.toBytes();
    }

    /** @throws MetadataFormatException if the bytes are no request that this program knows */
    public static ControllerRequest<?> decode(byte[] bytes) {
        return read(bytes, in -> {
            byte number = in.i8();
            byte version = in.i8();
            if (number < 1 || number > Type.values().length) {
                throw new MetadataFormatException("request type " + number + " to the controller is not known");
            }
            Type type = Type.values()[number - 1];
            if (version < 0 || version > type.version) {
                throw new MetadataFormatException(
                        "version " + version + " of the request " + type + " to the controller is not known");
            }
            return decode(type, version, in);
        });
    }

    private static ControllerRequest<?> decode(Type type, byte version, ByteReader in) {
        return switch (type) {
            case BOOTSTRAP -> new ControllerRequest.Bootstrap(in.string(), in.i32(), in.i32List());
            case REGISTER_BROKER ->
                new ControllerRequest.RegisterBroker(
                        in.i32(),
                        in.string(),
                        in.i32(),
                        in.string(),
                        in.uuid(),
                        version == 0 ? MetadataLevels.FIRST : levels(in));
            case CREATE_TOPICS -> new ControllerRequest.CreateTopics(in.list(ControllerCodec::newTopic), in.i8() != 0);
            case CREATE_INTERNAL_TOPIC -> new ControllerRequest.CreateInternalTopic(internalTopic(in.string()));
            case CREATE_PARTITIONS ->
                new ControllerRequest.CreatePartitions(in.list(ControllerCodec::newPartitions), in.i8() != 0);
            case DELETE_TOPICS -> new ControllerRequest.DeleteTopics(in.list(ByteReader::uuid));
            case ALTER_CONFIGS ->
                new ControllerRequest.AlterConfigs(in.list(ControllerCodec::configChange), in.i8() != 0);
            case ALLOCATE_PRODUCER_IDS -> new ControllerRequest.AllocateProducerIds(in.i32());
            case ALTER_REASSIGNMENTS ->
                new ControllerRequest.AlterReassignments(in.list(ControllerCodec::reassignment), in.i8() != 0);
            case REPORT_REPLICAS -> new ControllerRequest.ReportReplicas(in.list(ControllerCodec::replicaReport));
            case UNREGISTER_BROKER -> new ControllerRequest.UnregisterBroker(in.i32());
            case CONTINUE_BALANCING -> new ControllerRequest.ContinueBalancing(in.i32List());
            case DESCRIBE_QUORUM -> new ControllerRequest.DescribeQuorum();
            case CONFIRM_SET -> new ControllerRequest.ConfirmSet(in.uuid(), in.i32(), in.i32());
            case RAISE_LEVEL -> new ControllerRequest.RaiseLevel(in.i16(), in.i8() != 0);
        };
    }

    /** The answer to a request. */
    @SuppressWarnings("unchecked") // each request has its own answer type
    public static <R> byte[] encodeAnswer(ControllerRequest<R> request, R answer) {
        Type type = Type.of(request);
        ByteWriter out = new ByteWriter().i8(type.number()).i8(VERSION);
        switch (type) {
            case BOOTSTRAP, REGISTER_BROKER, REPORT_REPLICAS, CONTINUE_BALANCING, CONFIRM_SET ->
                out.i16(((ErrorCode) answer).code());
            case CREATE_TOPICS, CREATE_PARTITIONS, DELETE_TOPICS ->
                out.list((List<TopicResult>) answer, ControllerCodec::write);
            case CREATE_INTERNAL_TOPIC -> write(out, (TopicResult) answer);
            case ALTER_CONFIGS -> out.list((List<ConfigResult>) answer, ControllerCodec::write);
            case ALLOCATE_PRODUCER_IDS -> out.i64((Long) answer);
            case ALTER_REASSIGNMENTS -> out.list((List<PartitionResult>) answer, ControllerCodec::write);
            case UNREGISTER_BROKER, RAISE_LEVEL ->
                out.i16(((Outcome) answer).error().code()).string(((Outcome) answer).message());
            case DESCRIBE_QUORUM -> write(out, (ControllerRequest.QuorumState) answer);
        }
        return out.toBytes();
    }

    /** @throws MetadataFormatException if the bytes are no answer to this request */
    @SuppressWarnings("unchecked") // each request has its own answer type
    public static <R> R decodeAnswer(ControllerRequest<R> request, byte[] bytes) {
        Type type = Type.of(request);
        return (R) read(bytes, in -> {
            byte number = begin(in);
            if (number != type.number()) {
                throw new MetadataFormatException("the controller answered " + number + " to " + type);
            }
            return switch (type) {
                case BOOTSTRAP, REGISTER_BROKER, REPORT_REPLICAS, CONTINUE_BALANCING, CONFIRM_SET ->
                    ErrorCode.of(in.i16());
                case CREATE_TOPICS, CREATE_PARTITIONS, DELETE_TOPICS -> in.list(ControllerCodec::topicResult);
                case CREATE_INTERNAL_TOPIC -> topicResult(in);
                case ALTER_CONFIGS -> in.list(ControllerCodec::configResult);
                case ALLOCATE_PRODUCER_IDS -> in.i64();
                case ALTER_REASSIGNMENTS -> in.list(ControllerCodec::partitionResult);
                case UNREGISTER_BROKER, RAISE_LEVEL -> new Outcome(ErrorCode.of(in.i16()), in.string());
                case DESCRIBE_QUORUM -> quorumState(in);
            };
        });
    }

    private static <T> T read(byte[] bytes, Function<ByteReader, T> fields) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        try {
            T value = fields.apply(new ByteReader(buffer));
            if (buffer.hasRemaining()) {
                throw new MetadataFormatException(buffer.remaining() + " bytes too many");
            }
            return value;
        } catch (BufferUnderflowException torn) {
            throw new MetadataFormatException(bytes.length + " bytes end too early");
        }
    }

    private static byte begin(ByteReader in) {
        byte number = in.i8();
        byte version = in.i8();
        if (version != VERSION) {
            throw new MetadataFormatException("version " + version + " of an answer of the controller is not known");
        }
        return number;
    }

    private static MetadataLevels levels(ByteReader in) {
        short min = in.i16();
        short max = in.i16();
        if (min < 1 || max < min) {
            throw new MetadataFormatException("a broker of the levels " + min + " to " + max);
        }
        return new MetadataLevels(min, max);
    }

    private static void write(ByteWriter out, NewTopic topic) {
        out.string(topic.name())
                .i32(topic.partitions())
                .i16(topic.replicationFactor())
                .list(topic.assignments(), ByteWriter::i32List)
                .map(topic.configs());
    }

    private static NewTopic newTopic(ByteReader in) {
        return new NewTopic(in.string(), in.i32(), in.i16(), in.list(ByteReader::i32List), in.map());
    }

    private static void write(ByteWriter out, NewPartitions topic) {
        out.string(topic.topic()).i32(topic.count()).list(topic.assignments(), ByteWriter::i32List);
    }

    private static NewPartitions newPartitions(ByteReader in) {
        return new NewPartitions(in.string(), in.i32(), in.list(ByteReader::i32List));
    }

    private static void write(ByteWriter out, TopicResult result) {
        out.string(result.name())
                .i8(result.id() == null ? 0 : 1)
                .uuid(result.id() == null ? NO_ID : result.id())
                .i16(result.error().code())
                .string(result.message())
                .i32(result.partitions())
                .i16(result.replicationFactor())
                .map(result.configs());
    }

    private static TopicResult topicResult(ByteReader in) {
        String name = in.string();
        boolean hasId = in.i8() != 0;
        UUID id = in.uuid();
        return new TopicResult(
                name, hasId ? id : null, ErrorCode.of(in.i16()), in.string(), in.i32(), in.i16(), in.map());
    }

    private static void write(ByteWriter out, ConfigChange change) {
        out.string(change.type().name())
                .string(change.name())
                .i8(change.replaceAll() ? 1 : 0)
                .list(change.ops(), ControllerCodec::write);
    }

    private static ConfigChange configChange(ByteReader in) {
        return new ConfigChange(
                constant(ResourceType.class, in.string()),
                in.string(),
                in.i8() != 0,
                in.list(ControllerCodec::configOp));
    }

    private static void write(ByteWriter out, ConfigOp op) {
        out.string(op.key()).string(op.operation().name()).string(op.value());
    }

    private static ConfigOp configOp(ByteReader in) {
        return new ConfigOp(in.string(), constant(Operation.class, in.string()), in.string());
    }

    private static void write(ByteWriter out, ConfigResult result) {
        out.string(result.type().name())
                .string(result.name())
                .i16(result.error().code())
                .string(result.message());
    }

    private static ConfigResult configResult(ByteReader in) {
        return new ConfigResult(
                constant(ResourceType.class, in.string()), in.string(), ErrorCode.of(in.i16()), in.string());
    }

    private static void write(ByteWriter out, ReassignmentChange change) {
        out.string(change.topic())
                .i32(change.partition())
                .i8(change.replicas() == null ? 0 : 1)
                .i32List(change.replicas() == null ? List.of() : change.replicas());
    }

    private static ReassignmentChange reassignment(ByteReader in) {
        String topic = in.string();
        int partition = in.i32();
        boolean hasReplicas = in.i8() != 0;
        List<Integer> replicas = in.i32List();
        return new ReassignmentChange(topic, partition, hasReplicas ? replicas : null);
    }

    private static void write(ByteWriter out, PartitionResult result) {
        out.string(result.topic())
                .i32(result.partition())
                .i16(result.error().code())
                .string(result.message());
    }

    private static PartitionResult partitionResult(ByteReader in) {
        return new PartitionResult(in.string(), in.i32(), ErrorCode.of(in.i16()), in.string());
    }

    private static void write(ByteWriter out, ControllerRequest.ReplicaReport report) {
        out.uuid(report.topicId()).i32(report.partition()).i32(report.inForce()).i32List(report.acknowledging());
    }

    private static ControllerRequest.ReplicaReport replicaReport(ByteReader in) {
        return new ControllerRequest.ReplicaReport(in.uuid(), in.i32(), in.i32(), in.i32List());
    }

    private static void write(ByteWriter out, ControllerRequest.QuorumState state) {
        out.i16(state.error().code())
                .i32(state.leader())
                .i32(state.leaderEpoch())
                .i64(state.logEnd())
                .i64(state.highWatermark())
                .i32List(state.voters())
                .list(state.followers(), (to, follower) -> to.i32(follower.broker())
                        .i64(follower.logEnd()));
    }

    private static ControllerRequest.QuorumState quorumState(ByteReader in) {
        return new ControllerRequest.QuorumState(
                ErrorCode.of(in.i16()),
                in.i32(),
                in.i32(),
                in.i64(),
                in.i64(),
                in.i32List(),
                in.list(each -> new ControllerRequest.QuorumState.Follower(each.i32(), each.i64())));
    }

    private static InternalTopic internalTopic(String name) {
        for (InternalTopic topic : InternalTopic.values()) {
            if (topic.topic().equals(name)) {
                return topic;
            }
        }
        throw new MetadataFormatException("the internal topic " + name + " is not known");
    }

    private static <E extends Enum<E>> E constant(Class<E> type, String name) {
        try {
            return Enum.valueOf(type, String.valueOf(name));
        } catch (IllegalArgumentException unknown) {
            throw new MetadataFormatException(name + " is not known");
        }
    }
}
