/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.util.function.Consumer;

/**
 * Snapshots of what the records of a log add up to, kept beside it: with them the log needs no records from before. A snapshot has committed records
 * only, all of them below its end offset, and is on disk from the moment it can be seen here. Any thread.
 */
public interface LogSnapshots {
    /**
     * The end of a snapshot.
     *
     * @param endOffset it has everything below
     * @param epoch leader epoch of the last record that it has
     */
    record Point(long endOffset, int epoch) {}

    /** The newest one; null if there is none. */
    Point newest();

    /** Records below may be deleted: there are snapshots enough. */
    long deletableBefore();

    /**
     * Gets another broker's newest snapshot.
     *
     * @param endOffsetMin one that ends before is of no use
     * @param done is told once, with null when it is here, or with why it is not
     */
    void fetch(int broker, long endOffsetMin, Consumer<String> done);

    /** The log was cut: snapshots that end behind it are not its own any more. */
    void discardBeyond(long offset);

    /** Whether there is a snapshot that ends at or behind an offset. */
    default boolean reaches(long offset) {
        Point newest = newest();
        return newest != null && newest.endOffset() >= offset;
    }
}
