/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** What replicas of one partition say to each other. */
public sealed interface ReplicaMessage {
    /** A candidate asks for promises for {@code epoch}. */
    record Prepare(int epoch) implements ReplicaMessage {}

    /** The sender has promised {@code epoch}; its log is complete up to the start of {@code synced} and ends at {@code logEnd}. */
    record Promise(int epoch, int synced, long logEnd) implements ReplicaMessage {}

    /** The sender has promised {@code promised} already, which is not below what was asked for. */
    record Refuse(int promised) implements ReplicaMessage {}

    /** A follower of {@code epoch} has everything below {@code offset}, and is synced if that is beyond the start of the epoch. */
    record Fetch(int epoch, long offset) implements ReplicaMessage {}
}
