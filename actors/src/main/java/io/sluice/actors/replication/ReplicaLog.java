/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import io.sluice.log.LogView;

/**
 * The log as the core reads and cuts it. Records pass it by: who drives the core writes them (see {@link ReplicaEffect.WriteFetched}).
 * Calls take effect at once. What fails throws {@link java.io.UncheckedIOException}: the core must not be used any more then.
 */
public interface ReplicaLog {
    long startOffset();

    /** The offset that the next record will get. */
    long endOffset();

    /** Leader epoch that wrote {@code offset}; -1 if unknown. */
    int epochAt(long offset);

    /** The end of the largest epoch that is not above {@code epoch}; (-1, -1) if unknown. */
    LogView.EpochEnd endOfEpoch(int epoch);

    /** Cuts the end off; epochs that begin at {@code offset} or later are forgotten. What was cut does not come back after a power loss. */
    void truncateTo(long offset);

    /** Forgets all records and goes on at {@code offset}, or at a later one that it has a snapshot of: what is below is deleted on the leader. */
    void restartAt(long offset);

    /** Deletes what the leader has deleted: records below {@code offset}, all of them committed. */
    void deleteBefore(long offset);
}
