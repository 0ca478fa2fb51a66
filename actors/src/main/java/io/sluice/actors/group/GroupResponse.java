/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a coordinator answers. */
public sealed interface GroupResponse {
    ErrorCode error();

    /** An answer of the same kind that says only that it went wrong. */
    GroupResponse failed(ErrorCode error);

    /** All that there is to say. */
    record Outcome(ErrorCode error) implements GroupResponse {
        @Override
        public GroupResponse failed(ErrorCode failure) {
            return new Outcome(failure);
        }
    }

    /**
     * A member's place in a new generation.
     *
     * @param generation -1 on error
     * @param protocolType null on error
     * @param protocolName the assignor that all members share; null on error
     * @param leader member id of the leader; empty on error
     * @param skipAssignment the leader keeps the assignment that there is (KIP-814)
     * @param memberId the id that the member has now
     * @param members everybody, for the leader only
     */
    record Joined(
            ErrorCode error,
            int generation,
            String protocolType,
            String protocolName,
            String leader,
            boolean skipAssignment,
            String memberId,
            List<JoinedMember> members)
            implements GroupResponse {
        @Override
        public GroupResponse failed(ErrorCode failure) {
            return refused(failure, memberId);
        }

        public static Joined refused(ErrorCode error, String memberId) {
            return new Joined(error, -1, null, null, "", false, memberId, List.of());
        }
    }

    /** A member, as the leader sees it. */
    record JoinedMember(String memberId, String instanceId, Bytes metadata) {}

    /** A member's assignment; protocol type and name are null on error. */
    record Synced(ErrorCode error, String protocolType, String protocolName, Bytes assignment)
            implements GroupResponse {
        @Override
        public GroupResponse failed(ErrorCode failure) {
            return new Synced(failure, null, null, Bytes.EMPTY);
        }

        public static Synced refused(ErrorCode error) {
            return new Synced(error, null, null, Bytes.EMPTY);
        }
    }

    /** @param members in the order of the request */
    record Left(ErrorCode error, List<LeftMember> members) implements GroupResponse {
        @Override
        public GroupResponse failed(ErrorCode failure) {
            return new Left(failure, List.of());
        }
    }

    /** What became of one that leaves. */
    record LeftMember(String memberId, String instanceId, ErrorCode error) {}

    /**
     * What became of each offset.
     *
     * @param error of all of them; the map is empty then
     */
    record Committed(ErrorCode error, Map<PartitionKey, ErrorCode> partitions) implements GroupResponse {
        @Override
        public GroupResponse failed(ErrorCode failure) {
            return new Committed(failure, Map.of());
        }
    }

    /** Committed offsets; a partition that has none is missing. */
    record FetchedOffsets(ErrorCode error, Map<PartitionKey, CommittedOffset> offsets) implements GroupResponse {
        @Override
        public GroupResponse failed(ErrorCode failure) {
            return new FetchedOffsets(failure, Map.of());
        }
    }

    /**
     * A committed offset.
     *
     * @param topicId the topic's id when it was committed; all zero if it wasn't known
     * @param leaderEpoch -1 if unknown
     * @param metadata never null
     * @param expireTimeMs set by old clients; -1 otherwise
     */
    record CommittedOffset(
            long offset, int leaderEpoch, String metadata, long commitTimeMs, long expireTimeMs, UUID topicId) {}

    /**
     * A group.
     *
     * @param state as Kafka names it: {@code Empty}, {@code PreparingRebalance}, {@code CompletingRebalance}, {@code Stable}, {@code Dead}
     * @param protocolType empty if the group never had a member
     * @param protocolName empty unless stable
     */
    record Described(
            ErrorCode error,
            String groupId,
            String state,
            String protocolType,
            String protocolName,
            List<DescribedMember> members)
            implements GroupResponse {
        @Override
        public GroupResponse failed(ErrorCode failure) {
            return refused(failure, groupId);
        }

        public static Described refused(ErrorCode error, String groupId) {
            return new Described(error, groupId, "", "", "", List.of());
        }
    }

    /** A member; metadata and assignment are empty unless the group is stable. */
    record DescribedMember(
            String memberId, String instanceId, String clientId, String clientHost, Bytes metadata, Bytes assignment) {}

    /** ListGroups of this node. */
    record Listed(ErrorCode error, List<ListedGroup> groups) implements GroupResponse {
        @Override
        public GroupResponse failed(ErrorCode failure) {
            return new Listed(failure, List.of());
        }
    }

    /**
     * One group of the list.
     *
     * @param type {@code classic}
     */
    record ListedGroup(String groupId, String protocolType, String state, String type) {}
}
