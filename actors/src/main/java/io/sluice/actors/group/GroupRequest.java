/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import io.sluice.log.ErrorCode;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * What can be asked of the coordinator of one group, free of the wire: versions are already told apart by their meaning.
 *
 * @param <R> the answer
 */
public sealed interface GroupRequest<R extends GroupResponse> {
    /** The group. */
    String groupId();

    /** The answer that says only that it went wrong. */
    R failed(ErrorCode error);

    /**
     * A protocol (assignor) that a member offers.
     *
     * @param name such as {@code range}
     * @param metadata the member's subscription, opaque to the broker
     */
    record Protocol(String name, Bytes metadata) {}

    /**
     * JoinGroup.
     *
     * @param memberId empty at first
     * @param instanceId {@code group.instance.id} of a static member (KIP-345), or null
     * @param memberIdRequired a new dynamic member must come again with the id that it is given (KIP-394; version 4 and later)
     * @param skipAssignment the client understands to skip the assignment (KIP-814; version 9 and later)
     * @param rebalanceTimeoutMs version 0 has none: its session timeout
     * @param protocols in the order of preference
     * @param reason for the log (KIP-800), or null
     */
    record Join(
            String groupId,
            String memberId,
            String instanceId,
            String clientId,
            String clientHost,
            boolean memberIdRequired,
            boolean skipAssignment,
            int sessionTimeoutMs,
            int rebalanceTimeoutMs,
            String protocolType,
            List<Protocol> protocols,
            String reason)
            implements GroupRequest<GroupResponse.Joined> {
        @Override
        public GroupResponse.Joined failed(ErrorCode error) {
            return GroupResponse.Joined.refused(error, memberId);
        }
    }

    /**
     * SyncGroup.
     *
     * @param protocolType null before version 5
     * @param protocolName null before version 5
     * @param assignments by member id; only the leader sends them
     */
    record Sync(
            String groupId,
            int generation,
            String memberId,
            String instanceId,
            String protocolType,
            String protocolName,
            Map<String, Bytes> assignments)
            implements GroupRequest<GroupResponse.Synced> {
        @Override
        public GroupResponse.Synced failed(ErrorCode error) {
            return GroupResponse.Synced.refused(error);
        }
    }

    /** Heartbeat. */
    record Heartbeat(String groupId, int generation, String memberId, String instanceId)
            implements GroupRequest<GroupResponse.Outcome> {
        @Override
        public GroupResponse.Outcome failed(ErrorCode error) {
            return new GroupResponse.Outcome(error);
        }
    }

    /** LeaveGroup, of one member or (by an administrator, version 3 and later) of several. */
    record Leave(String groupId, List<Leaver> members) implements GroupRequest<GroupResponse.Left> {
        @Override
        public GroupResponse.Left failed(ErrorCode error) {
            return new GroupResponse.Left(error, List.of());
        }
    }

    /**
     * One that leaves.
     *
     * @param memberId empty: whoever has the instance id
     * @param instanceId null for a dynamic member
     * @param reason for the log, or null
     */
    record Leaver(String memberId, String instanceId, String reason) {}

    /**
     * OffsetCommit.
     *
     * @param generation -1 of a consumer without a group membership
     * @param retentionTimeMs only versions 2 to 4 can say it; -1 otherwise
     * @param missingGroupIsNotFound a commit with a generation to a group that isn't there answers {@code GROUP_ID_NOT_FOUND} (version 9 and
     *     later) instead of {@code ILLEGAL_GENERATION}
     */
    record Commit(
            String groupId,
            int generation,
            String memberId,
            String instanceId,
            long retentionTimeMs,
            boolean missingGroupIsNotFound,
            List<NewOffset> offsets)
            implements GroupRequest<GroupResponse.Committed> {
        @Override
        public GroupResponse.Committed failed(ErrorCode error) {
            return new GroupResponse.Committed(error, Map.of());
        }
    }

    /**
     * An offset to commit.
     *
     * @param topicId of the topic as it is now; all zero if unknown
     * @param leaderEpoch of the last record consumed, -1 if unknown
     * @param metadata may be null
     */
    record NewOffset(String topic, UUID topicId, int partition, long offset, int leaderEpoch, String metadata) {
        public PartitionKey key() {
            return new PartitionKey(topic, partition);
        }
    }

    /** A partition by name, as offsets are kept. */
    record PartitionKey(String topic, int partition) {}

    /**
     * OffsetFetch.
     *
     * @param partitions null for all that the group has
     */
    record FetchOffsets(String groupId, Collection<PartitionKey> partitions)
            implements GroupRequest<GroupResponse.FetchedOffsets> {
        @Override
        public GroupResponse.FetchedOffsets failed(ErrorCode error) {
            return new GroupResponse.FetchedOffsets(error, Map.of());
        }
    }

    /** OffsetDelete. */
    record DeleteOffsets(String groupId, Collection<PartitionKey> partitions)
            implements GroupRequest<GroupResponse.Committed> {
        @Override
        public GroupResponse.Committed failed(ErrorCode error) {
            return new GroupResponse.Committed(error, Map.of());
        }
    }

    /** DeleteGroups, of one group. */
    record DeleteGroup(String groupId) implements GroupRequest<GroupResponse.Outcome> {
        @Override
        public GroupResponse.Outcome failed(ErrorCode error) {
            return new GroupResponse.Outcome(error);
        }
    }

    /** DescribeGroups, of one group. */
    record Describe(String groupId) implements GroupRequest<GroupResponse.Described> {
        @Override
        public GroupResponse.Described failed(ErrorCode error) {
            return GroupResponse.Described.refused(error, groupId);
        }
    }
}
