/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.actors.replication.ReplicaState;

/** What a partition tells itself. */
sealed interface PartitionEvent extends PartitionCommand {
    /** Try again to open the log, or to lead. */
    enum Recover implements PartitionEvent {
        INSTANCE
    }

    /** The log is open, or could not be opened. One of the two is null. */
    record Opened(PartitionStore store, Throwable failure) implements PartitionEvent {}

    /** The log is closed or deleted; {@code failure} is null if that went well. */
    record Closed(Throwable failure) implements PartitionEvent {}

    /** A replica state is on disk, or not. */
    record StatePersisted(ReplicaState state, Throwable failure) implements PartitionEvent {}

    /** A message to another replica, or a write, may have got lost. */
    enum Retry implements PartitionEvent {
        INSTANCE
    }

    /** There may still be no leader. */
    enum Seek implements PartitionEvent {
        INSTANCE
    }

    /** A snapshot of the leader's is here; {@code failure} says why not, or is null. */
    record SnapshotFetched(String failure) implements PartitionEvent {}

    /** Followers may not know the high watermark yet. */
    enum SpreadHighWatermark implements PartitionEvent {
        INSTANCE
    }

    /** Stands in the mailbox behind what waits to be appended: write it all. */
    enum Flush implements PartitionEvent {
        INSTANCE
    }

    /** {@code flush.ms} is over since the first unforced write. */
    enum ForceDue implements PartitionEvent {
        INSTANCE
    }

    /** The oldest append that waits for its commit may have waited long enough. */
    enum ExpireCommits implements PartitionEvent {
        INSTANCE
    }

    /** A compaction has run. */
    record Compacted(PartitionStore.CompactionRun run, Throwable failure) implements PartitionEvent {}

    /** Somebody waits to know whether this leader still leads. */
    enum ConfirmEpoch implements PartitionEvent {
        INSTANCE
    }

    /** Start the leader's service again after it failed. */
    enum RestartService implements PartitionEvent {
        INSTANCE
    }

    /** Stands in the mailbox behind everything that was sent before the handle was closed: nobody waits for an answer any more. */
    enum Drained implements PartitionEvent {
        INSTANCE
    }
}
