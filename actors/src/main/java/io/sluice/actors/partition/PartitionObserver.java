/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

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

    /** Leads, and knows something new of its replicas: another version of the set is in force, or others acknowledge. See {@link PartitionHandle#inSync}. */
    void inSync(PartitionHandle handle);

    /**
     * It is offline until the node starts again.
     *
     * @param reason for people
     */
    void failed(TopicPartition partition, String reason);

    /** Its actor is gone. */
    void stopped(TopicPartition partition);
}
