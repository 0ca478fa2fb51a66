/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

/**
 * The settings of the group coordinators of a node, with the configuration keys that they come from.
 *
 * @param minSessionTimeoutMs {@code group.min.session.timeout.ms}
 * @param maxSessionTimeoutMs {@code group.max.session.timeout.ms}
 * @param maxSize {@code group.max.size}: members of one group
 * @param initialRebalanceDelayMs {@code group.initial.rebalance.delay.ms}: an empty group waits so long for more members, again for each that comes
 * @param newMemberJoinTimeoutMs a member that has not had an answer to its first JoinGroup for so long is given up
 * @param offsetsRetentionMs {@code offsets.retention.minutes}
 * @param offsetsRetentionCheckIntervalMs {@code offsets.retention.check.interval.ms}
 * @param offsetMetadataMaxBytes {@code offset.metadata.max.bytes}
 * @param commitTimeoutMs {@code offsets.commit.timeout.ms}: how long an append waits to be committed
 * @param loadBufferBytes {@code offsets.load.buffer.size}: bytes read at once while loading
 * @param maxBatchBytes largest record batch that a coordinator writes; a group whose members and assignments don't fit is refused. Below {@code
 *     max.message.bytes} of {@code __consumer_offsets}
 * @param maxPendingRequests {@code sluice.group.pending.requests.max}: requests of one coordinator that wait for the log; more are refused
 *     with {@code COORDINATOR_NOT_AVAILABLE}, which clients retry
 * @param maxMemoryBytes {@code sluice.group.memory.max.bytes}: about how much memory all groups of the node may take; beyond it new members, groups and
 *     partitions' offsets are refused with {@code POLICY_VIOLATION}
 */
public record GroupSettings(
        int minSessionTimeoutMs,
        int maxSessionTimeoutMs,
        int maxSize,
        int initialRebalanceDelayMs,
        int newMemberJoinTimeoutMs,
        long offsetsRetentionMs,
        long offsetsRetentionCheckIntervalMs,
        int offsetMetadataMaxBytes,
        int commitTimeoutMs,
        int loadBufferBytes,
        int maxBatchBytes,
        int maxPendingRequests,
        long maxMemoryBytes) {

    /** Kafka's defaults where Kafka has the key. */
    public static final GroupSettings DEFAULTS = new GroupSettings(
            6_000,
            1_800_000,
            Integer.MAX_VALUE,
            500,
            300_000,
            7L * 24 * 3_600_000,
            600_000,
            4_096,
            5_000,
            5 << 20,
            1_000_000,
            10_000,
            256L << 20);

    /** The same with another {@code group.initial.rebalance.delay.ms}. */
    public GroupSettings withInitialRebalanceDelayMs(int delayMs) {
        return new GroupSettings(
                minSessionTimeoutMs,
                maxSessionTimeoutMs,
                maxSize,
                delayMs,
                newMemberJoinTimeoutMs,
                offsetsRetentionMs,
                offsetsRetentionCheckIntervalMs,
                offsetMetadataMaxBytes,
                commitTimeoutMs,
                loadBufferBytes,
                maxBatchBytes,
                maxPendingRequests,
                maxMemoryBytes);
    }
}
