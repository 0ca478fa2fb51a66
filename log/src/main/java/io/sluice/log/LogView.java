/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import java.io.IOException;

/**
 * One moment of a partition's log, for readers on any thread: immutable, published by the log's only writer after each
 * change. A reader needs no lock and no message. (The files that it names may be deleted by retention while it reads:
 * {@link #read} answers {@code OFFSET_OUT_OF_RANGE} then, and slices already taken stay readable until released.)
 */
public interface LogView {
    long logStartOffset();

    /** The first offset that is not committed: readers see what is below. */
    long highWatermark();

    /** The first offset of the oldest open transaction, or the high watermark. */
    long lastStableOffset();

    /** The offset that the next record will get. */
    long logEndOffset();

    /** Leader epoch of the last batch, or -1 in an empty log. */
    int lastEpoch();

    /** Bytes of all segments. */
    long sizeBytes();

    /** How far a reader may look. */
    enum Bound {
        HIGH_WATERMARK,
        LAST_STABLE_OFFSET,
        LOG_END
    }

    /**
     * The batches from the one that holds {@code offset} on, at most {@code maxBytes} (the last batch may be cut short, as
     * the protocol allows), but always the whole first batch if {@code atLeastOneBatch}. Never crosses a segment. An empty
     * slice when {@code offset} is at the bound.
     *
     * @throws OffsetOutOfRangeException if {@code offset} is below the log start offset or beyond the bound
     */
    LogSlice read(long offset, int maxBytes, boolean atLeastOneBatch, Bound bound) throws IOException;

    /** Bytes between {@code offset} and the bound, as far as the index tells without reading the file. */
    long bytesFrom(long offset, Bound bound);

    /**
     * The first record at or after a timestamp (milliseconds since the epoch), exact to the record. Reads files: not for
     * an event loop.
     *
     * @return null if there is none below the bound
     */
    TimestampedOffset offsetForTimestamp(long timestampMs, Bound bound) throws IOException;

    /** The record with the largest timestamp (first one of it) below the bound; null in an empty log. Reads files. */
    TimestampedOffset offsetOfMaxTimestamp(Bound bound) throws IOException;

    /** The end of the largest epoch that is not above {@code epoch} (OffsetForLeaderEpoch, KIP-320). */
    EpochEnd endOfEpoch(int epoch);

    /** Leader epoch that wrote {@code offset}; -1 if unknown. */
    int epochAt(long offset);

    /** A record's place in time and in the log. */
    record TimestampedOffset(long timestampMs, long offset, int leaderEpoch) {}

    /** An epoch and the offset just after its last record; (-1, -1) if unknown. */
    record EpochEnd(int leaderEpoch, long endOffset) {}
}
