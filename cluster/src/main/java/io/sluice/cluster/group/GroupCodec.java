/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.DeleteGroup;
import io.sluice.actors.group.GroupRequest.DeleteOffsets;
import io.sluice.actors.group.GroupRequest.Describe;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.Heartbeat;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupRequest.Leave;
import io.sluice.actors.group.GroupRequest.Leaver;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupRequest.Sync;
import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.GroupResponse.Committed;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupResponse.Described;
import io.sluice.actors.group.GroupResponse.DescribedMember;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.JoinedMember;
import io.sluice.actors.group.GroupResponse.Left;
import io.sluice.actors.group.GroupResponse.LeftMember;
import io.sluice.actors.group.GroupResponse.Outcome;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.cluster.metadata.ByteReader;
import io.sluice.cluster.metadata.ByteWriter;
import io.sluice.cluster.metadata.MetadataFormatException;
import io.sluice.log.ErrorCode;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * The binary form of {@link GroupRequest}s and of their answers, for a coordinator on another node:
 *
 * <pre>
 *   request   i8 type, i8 version (0), fields                                    answer   i8 type, i8 version (0), fields
 *
 *   1 Join           string group, string member, string? instance,              i16 error, i32 generation, string? protocolType,
 *                    string client, string host, i8 memberIdRequired,            string? protocol, string leader, i8 skipAssignment,
 *                    i8 skipAssignment, i32 sessionTimeoutMs,                    string member,
 *                    i32 rebalanceTimeoutMs, string? protocolType,               list of (string member, string? instance, bytes)
 *                    list of (string name, bytes metadata), string? reason
 *   2 Sync           string group, i32 generation, string member,                i16 error, string? protocolType, string? protocol,
 *                    string? instance, string? protocolType, string? protocol,   bytes
 *                    list of (string member, bytes)
 *   3 Heartbeat      string group, i32 generation, string member,                i16 error
 *                    string? instance
 *   4 Leave          string group, list of (string member, string? instance,     i16 error,
 *                    string? reason)                                             list of (string member, string? instance, i16 error)
 *   5 Commit         string group, i32 generation, string member,                i16 error, list of (partition, i16 error)
 *                    string? instance, i64 retentionMs, i8 missingIsNotFound,
 *                    list of (string topic, uuid id, i32 partition, i64 offset,
 *                    i32 epoch, string? metadata)
 *   6 FetchOffsets   string group, i8 all, list of partition                     i16 error, list of (partition, i64 offset, i32 epoch,
 *                                                                                string metadata, i64 commitMs, i64 expireMs, uuid id)
 *   7 DeleteOffsets  string group, list of partition                             i16 error, list of (partition, i16 error)
 *   8 DeleteGroup    string group                                                i16 error
 *   9 Describe       string group                                                i16 error, string group, string state,
 *                                                                                string protocolType, string protocol,
 *                                                                                list of (string member, string? instance,
 *                                                                                string client, string host, bytes, bytes)
 *   partition   string topic, i32 partition
 * </pre>
 *
 * <p>What a program does not know it refuses, and the sender gets no answer in time.
 */
final class GroupCodec {
    private static final byte VERSION = 0;
    private static final int JOIN = 1;
    private static final int SYNC = 2;
    private static final int HEARTBEAT = 3;
    private static final int LEAVE = 4;
    private static final int COMMIT = 5;
    private static final int FETCH_OFFSETS = 6;
    private static final int DELETE_OFFSETS = 7;
    private static final int DELETE_GROUP = 8;
    private static final int DESCRIBE = 9;

    private GroupCodec() {}

    // ---- requests

    static byte[] encode(GroupRequest<?> request) {
        ByteWriter out = new ByteWriter().i8(type(request)).i8(VERSION).string(request.groupId());
        if (request instanceof Join join) {
            join(out, join);
        } else if (request instanceof Sync sync) {
            out.i32(sync.generation())
                    .string(sync.memberId())
                    .string(sync.instanceId())
                    .string(sync.protocolType())
                    .string(sync.protocolName())
                    .list(List.copyOf(sync.assignments().entrySet()), (w, one) -> w.string(one.getKey())
                            .bytes(one.getValue().array()));
        } else if (request instanceof Heartbeat heartbeat) {
            out.i32(heartbeat.generation()).string(heartbeat.memberId()).string(heartbeat.instanceId());
        } else if (request instanceof Leave leave) {
            out.list(leave.members(), (w, one) -> w.string(one.memberId())
                    .string(one.instanceId())
                    .string(one.reason()));
        } else if (request instanceof Commit commit) {
            commit(out, commit);
        } else if (request instanceof FetchOffsets fetch) {
            partitions(
                    out.i8(fetch.partitions() == null ? 1 : 0),
                    fetch.partitions() == null ? List.of() : fetch.partitions());
        } else if (request instanceof DeleteOffsets delete) {
            partitions(out, delete.partitions());
        }
        return out.toBytes();
    }

    private static int type(GroupRequest<?> request) {
        if (request instanceof Join) {
            return JOIN;
        } else if (request instanceof Sync) {
            return SYNC;
        } else if (request instanceof Heartbeat) {
            return HEARTBEAT;
        } else if (request instanceof Leave) {
            return LEAVE;
        } else if (request instanceof Commit) {
            return COMMIT;
        } else if (request instanceof FetchOffsets) {
            return FETCH_OFFSETS;
        } else if (request instanceof DeleteOffsets) {
            return DELETE_OFFSETS;
        }
        return request instanceof DeleteGroup ? DELETE_GROUP : DESCRIBE;
    }

    private static void join(ByteWriter out, Join join) {
        out.string(join.memberId())
                .string(join.instanceId())
                .string(join.clientId())
                .string(join.clientHost())
                .i8(join.memberIdRequired() ? 1 : 0)
                .i8(join.skipAssignment() ? 1 : 0)
                .i32(join.sessionTimeoutMs())
                .i32(join.rebalanceTimeoutMs())
                .string(join.protocolType())
                .list(join.protocols(), (w, one) -> w.string(one.name())
                        .bytes(one.metadata().array()))
                .string(join.reason());
    }

    private static void commit(ByteWriter out, Commit commit) {
        out.i32(commit.generation())
                .string(commit.memberId())
                .string(commit.instanceId())
                .i64(commit.retentionTimeMs())
                .i8(commit.missingGroupIsNotFound() ? 1 : 0)
                .list(commit.offsets(), (w, one) -> w.string(one.topic())
                        .uuid(one.topicId())
                        .i32(one.partition())
                        .i64(one.offset())
                        .i32(one.leaderEpoch())
                        .string(one.metadata()));
    }

    private static void partitions(ByteWriter out, Collection<PartitionKey> partitions) {
        out.list(List.copyOf(partitions), (w, one) -> w.string(one.topic()).i32(one.partition()));
    }

    /** @throws RuntimeException unless it is a request that this program knows */
    static GroupRequest<?> decode(byte[] bytes) {
        ByteReader in = new ByteReader(ByteBuffer.wrap(bytes));
        int type = known(in);
        String group = in.string();
        return switch (type) {
            case JOIN -> join(in, group);
            case SYNC ->
                new Sync(
                        group,
                        in.i32(),
                        in.string(),
                        in.string(),
                        in.string(),
                        in.string(),
                        in.list(one -> Map.entry(one.string(), Bytes.of(one.bytes()))).stream()
                                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)));
            case HEARTBEAT -> new Heartbeat(group, in.i32(), in.string(), in.string());
            case LEAVE -> new Leave(group, in.list(one -> new Leaver(one.string(), one.string(), one.string())));
            case COMMIT ->
                new Commit(
                        group,
                        in.i32(),
                        in.string(),
                        in.string(),
                        in.i64(),
                        in.i8() != 0,
                        in.list(one -> new NewOffset(
                                one.string(), one.uuid(), one.i32(), one.i64(), one.i32(), one.string())));
            case FETCH_OFFSETS -> {
                boolean all = in.i8() != 0;
                List<PartitionKey> partitions = in.list(GroupCodec::partition);
                yield new FetchOffsets(group, all ? null : partitions);
            }
            case DELETE_OFFSETS -> new DeleteOffsets(group, in.list(GroupCodec::partition));
            case DELETE_GROUP -> new DeleteGroup(group);
            case DESCRIBE -> new Describe(group);
            default -> throw new MetadataFormatException("a group request of type " + type);
        };
    }

    private static int known(ByteReader in) {
        int type = in.i8();
        int version = in.i8();
        if (version != VERSION) {
            throw new MetadataFormatException("a group message of type " + type + " and version " + version);
        }
        return type;
    }

    private static Join join(ByteReader in, String group) {
        return new Join(
                group,
                in.string(),
                in.string(),
                in.string(),
                in.string(),
                in.i8() != 0,
                in.i8() != 0,
                in.i32(),
                in.i32(),
                in.string(),
                in.list(one -> new Protocol(one.string(), Bytes.of(one.bytes()))),
                in.string());
    }

    private static PartitionKey partition(ByteReader in) {
        return new PartitionKey(in.string(), in.i32());
    }

    // ---- answers

    static byte[] encodeAnswer(GroupRequest<?> request, GroupResponse response) {
        ByteWriter out = new ByteWriter()
                .i8(type(request))
                .i8(VERSION)
                .i16(response.error().code());
        if (response instanceof Joined joined) {
            out.i32(joined.generation())
                    .string(joined.protocolType())
                    .string(joined.protocolName())
                    .string(joined.leader())
                    .i8(joined.skipAssignment() ? 1 : 0)
                    .string(joined.memberId())
                    .list(joined.members(), (w, one) -> w.string(one.memberId())
                            .string(one.instanceId())
                            .bytes(one.metadata().array()));
        } else if (response instanceof Synced synced) {
            out.string(synced.protocolType())
                    .string(synced.protocolName())
                    .bytes(synced.assignment().array());
        } else if (response instanceof Left left) {
            out.list(left.members(), (w, one) -> w.string(one.memberId())
                    .string(one.instanceId())
                    .i16(one.error().code()));
        } else if (response instanceof Committed committed) {
            out.list(List.copyOf(committed.partitions().entrySet()), (w, one) -> w.string(
                            one.getKey().topic())
                    .i32(one.getKey().partition())
                    .i16(one.getValue().code()));
        } else if (response instanceof FetchedOffsets fetched) {
            out.list(List.copyOf(fetched.offsets().entrySet()), (w, one) -> offset(w, one.getKey(), one.getValue()));
        } else if (response instanceof Described described) {
            describe(out, described);
        }
        return out.toBytes();
    }

    private static void offset(ByteWriter out, PartitionKey key, CommittedOffset offset) {
        out.string(key.topic())
                .i32(key.partition())
                .i64(offset.offset())
                .i32(offset.leaderEpoch())
                .string(offset.metadata())
                .i64(offset.commitTimeMs())
                .i64(offset.expireTimeMs())
                .uuid(offset.topicId());
    }

    private static void describe(ByteWriter out, Described described) {
        out.string(described.groupId())
                .string(described.state())
                .string(described.protocolType())
                .string(described.protocolName())
                .list(described.members(), (w, one) -> w.string(one.memberId())
                        .string(one.instanceId())
                        .string(one.clientId())
                        .string(one.clientHost())
                        .bytes(one.metadata().array())
                        .bytes(one.assignment().array()));
    }

    /** @throws RuntimeException unless it is an answer to that request */
    @SuppressWarnings("unchecked") // the type of the answer is the request's
    static <R extends GroupResponse> R decodeAnswer(GroupRequest<R> request, byte[] bytes) {
        ByteReader in = new ByteReader(ByteBuffer.wrap(bytes));
        int type = known(in);
        if (type != type(request)) {
            throw new MetadataFormatException("an answer of type " + type + " to a request of type " + type(request));
        }
        ErrorCode error = error(in);
        GroupResponse response =
                switch (type) {
                    case JOIN ->
                        new Joined(
                                error,
                                in.i32(),
                                in.string(),
                                in.string(),
                                in.string(),
                                in.i8() != 0,
                                in.string(),
                                in.list(one -> new JoinedMember(one.string(), one.string(), Bytes.of(one.bytes()))));
                    case SYNC -> new Synced(error, in.string(), in.string(), Bytes.of(in.bytes()));
                    case LEAVE ->
                        new Left(error, in.list(one -> new LeftMember(one.string(), one.string(), error(one))));
                    case COMMIT, DELETE_OFFSETS ->
                        new Committed(error, byPartition(in.list(one -> Map.entry(partition(one), error(one)))));
                    case FETCH_OFFSETS ->
                        new FetchedOffsets(error, byPartition(in.list(one -> Map.entry(partition(one), offset(one)))));
                    case DESCRIBE ->
                        new Described(
                                error,
                                in.string(),
                                in.string(),
                                in.string(),
                                in.string(),
                                in.list(GroupCodec::describedMember));
                    default -> new Outcome(error);
                };
        return (R) response;
    }

    private static ErrorCode error(ByteReader in) {
        return ErrorCode.of(in.i16());
    }

    private static CommittedOffset offset(ByteReader in) {
        return new CommittedOffset(in.i64(), in.i32(), in.string(), in.i64(), in.i64(), in.uuid());
    }

    private static DescribedMember describedMember(ByteReader in) {
        return new DescribedMember(
                in.string(), in.string(), in.string(), in.string(), Bytes.of(in.bytes()), Bytes.of(in.bytes()));
    }

    private static <V> Map<PartitionKey, V> byPartition(List<Map.Entry<PartitionKey, V>> entries) {
        Map<PartitionKey, V> map = new LinkedHashMap<>();
        entries.forEach(entry -> map.put(entry.getKey(), entry.getValue()));
        return map;
    }
}
