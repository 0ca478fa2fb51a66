/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.actors.Limits;
import io.sluice.actors.replication.ReplicaLink;
import io.sluice.actors.replication.ReplicaStateStore;
import java.time.InstantSource;
import java.util.concurrent.Executor;

/**
 * What all partitions of a node share.
 *
 * @param brokerId of this node
 * @param link to the replicas of other nodes
 * @param background may wait for the disk
 * @param compactions the same, and bounds how many run at one time
 */
public record PartitionContext(
        int brokerId,
        PartitionStore.Opener logs,
        ReplicaStateStore states,
        ReplicaLink link,
        PartitionObserver observer,
        LeaderService services,
        Limits limits,
        PartitionMeters meters,
        MailboxBudget.Shared mailboxes,
        Executor background,
        Executor compactions,
        InstantSource clock) {
    public PartitionContext(
            int brokerId,
            PartitionStore.Opener logs,
            ReplicaStateStore states,
            ReplicaLink link,
            PartitionObserver observer,
            LeaderService services,
            Limits limits,
            PartitionMeters meters,
            Executor background,
            Executor compactions,
            InstantSource clock) {
        this(
                brokerId,
                logs,
                states,
                link,
                observer,
                services,
                limits,
                meters,
                new MailboxBudget.Shared(limits.mailboxMaxBytes(), meters.mailboxRefusals),
                background,
                compactions,
                clock);
    }

    /** Bytes that wait in all mailboxes. */
    public long mailboxBytes() {
        return mailboxes.used();
    }
}
