/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.actors.replication.ReplicaSet;

/** Is told where a partition of this node stands. Called on the partition's thread: be quick. */
public interface PartitionObserver {
    /** It leads and serves. */
    void leads(PartitionHandle handle);

    /** It led and does no longer; its handle refuses everything by now. */
    void resigned(PartitionHandle handle);

    /** It follows another broker's: may be read up to its high watermark, not written. */
    void follows(PartitionHandle handle);

    /** It follows that one no longer. */
    void unfollows(PartitionHandle handle);

    /** It knows no leader, and can't be the one itself without being chosen. */
    void seeksLeader(TopicPartition partition);

    /**
     * Can't lead unless version {@code version} of its replica set is the newest there is: answer with
     * {@link PartitionCommand.SetConfirmed} of {@code epoch} if it is.
     */
    void confirmsSet(TopicPartition partition, int epoch, int version);

    /** Leads, and from now on no replica set before this one can elect or commit: the next change may come. */
    void setInForce(TopicPartition partition, ReplicaSet set);

    /**
     * It is offline until the node starts again.
     *
     * @param reason for people
     */
    void failed(TopicPartition partition, String reason);

    /** Its actor is gone. */
    void stopped(TopicPartition partition);
}
