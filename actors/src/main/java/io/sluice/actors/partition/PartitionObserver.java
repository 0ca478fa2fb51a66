/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

/** Is told where a partition of this node stands. Called on the partition's thread: be quick. */
public interface PartitionObserver {
    /** It leads and serves. */
    void leads(PartitionHandle handle);

    /** It led and does no longer; its handle refuses everything by now. */
    void resigned(PartitionHandle handle);

    /**
     * It is offline until the node starts again.
     *
     * @param reason for people
     */
    void failed(TopicPartition partition, String reason);

    /** Its actor is gone. */
    void stopped(TopicPartition partition);
}
