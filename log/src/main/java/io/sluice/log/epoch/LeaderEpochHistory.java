/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.epoch;

import io.sluice.log.LogCorruptException;
import io.sluice.log.LogView;
import io.sluice.log.format.CheckedFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which leader epoch began at which offset (KIP-101, KIP-320). Immutable: a change makes a new history, so a reader's view keeps the
 * one it was made with. Epochs and start offsets rise strictly from entry to entry: an epoch that wrote nothing
 * leaves no entry once the next one begins.
 *
 * <p>The file {@code leader-epochs}, big-endian; written anew on every change:
 * <pre>
 *    0  header of {@link CheckedFormat}: "SLEH", version 1
 *   12  entries   int32
 *   16  then for each entry, oldest first:   epoch int32 | startOffset int64
 * </pre>
 */
public final class LeaderEpochHistory {
    /** A log without any. */
    public static final LeaderEpochHistory EMPTY = new LeaderEpochHistory(new int[0], new long[0]);

    private static final CheckedFormat FORMAT = new CheckedFormat("leader-epoch history", 0x534C4548, (short) 1);
    private static final int ENTRY_BYTES = 12;

    /** One entry: {@code epoch} wrote from {@code startOffset} on. */
    public record Entry(int epoch, long startOffset) {}

    private final int[] epochs;
    private final long[] starts;

    private LeaderEpochHistory(int[] epochs, long[] starts) {
        this.epochs = epochs;
        this.starts = starts;
    }

    /**
     * Epoch {@code epoch} begins at {@code startOffset}. The same epoch again changes nothing; entries that begin at or after that offset
     * are of epochs that wrote nothing and go.
     *
     * @throws IllegalArgumentException if the epoch is older than the last one
     */
    public LeaderEpochHistory assign(int epoch, long startOffset) {
        if (epoch < 0 || startOffset < 0) {
            throw new IllegalArgumentException(
                    "epoch " + epoch + " at offset " + startOffset + " must not be negative");
        }
        if (epoch == lastEpoch()) {
            return this;
        }
        if (epoch < lastEpoch()) {
            throw new IllegalArgumentException("epoch " + epoch + " at offset " + startOffset + " after " + this);
        }
        int kept = firstAtOrAfter(startOffset);
        int[] newEpochs = Arrays.copyOf(epochs, kept + 1);
        long[] newStarts = Arrays.copyOf(starts, kept + 1);
        newEpochs[kept] = epoch;
        newStarts[kept] = startOffset;
        return new LeaderEpochHistory(newEpochs, newStarts);
    }

    /** The newest epoch, or -1. */
    public int lastEpoch() {
        return epochs.length == 0 ? -1 : epochs[epochs.length - 1];
    }

    /** The oldest epoch, or -1. */
    public int firstEpoch() {
        return epochs.length == 0 ? -1 : epochs[0];
    }

    /**
     * The largest epoch not above {@code epoch} and where it ends: at the next one's start, or at the log's end. For an
     * epoch older than all: itself, ending where the history begins (nothing of it is in the log). (-1, -1) if the history is empty.
     */
    public LogView.EpochEnd endOfEpoch(int epoch, long logEndOffset) {
        if (epochs.length == 0 || epoch < 0) {
            return new LogView.EpochEnd(-1, -1L);
        }
        if (epoch < epochs[0]) {
            return new LogView.EpochEnd(epoch, starts[0]);
        }
        int at = Arrays.binarySearch(epochs, epoch);
        if (at < 0) {
            at = -at - 2;
        }
        return new LogView.EpochEnd(epochs[at], at + 1 < starts.length ? starts[at + 1] : logEndOffset);
    }

    /** The epoch that wrote (or will write) {@code offset}; -1 if it is older than the history. */
    public int epochAt(long offset) {
        int at = Arrays.binarySearch(starts, offset);
        if (at < 0) {
            at = -at - 2;
        }
        return at < 0 ? -1 : epochs[at];
    }

    /** The log was cut so that {@code endOffset} is its end: epochs that began there or later go. */
    public LeaderEpochHistory truncateFromEnd(long endOffset) {
        int kept = firstAtOrAfter(endOffset);
        return kept == epochs.length
                ? this
                : new LeaderEpochHistory(Arrays.copyOf(epochs, kept), Arrays.copyOf(starts, kept));
    }

    /** The log now starts at {@code startOffset}: epochs that ended there or before go, and the first one left starts there. */
    public LeaderEpochHistory truncateFromStart(long startOffset) {
        if (epochs.length == 0 || starts[0] >= startOffset) {
            return this;
        }
        int first = Arrays.binarySearch(starts, startOffset);
        if (first < 0) {
            first = -first - 2;
        }
        long[] newStarts = Arrays.copyOfRange(starts, first, starts.length);
        newStarts[0] = startOffset;
        return new LeaderEpochHistory(Arrays.copyOfRange(epochs, first, epochs.length), newStarts);
    }

    /** Index of the first entry that begins at or after an offset. */
    private int firstAtOrAfter(long offset) {
        int at = Arrays.binarySearch(starts, offset);
        return at < 0 ? -at - 1 : at;
    }

    /** The entries, oldest first. */
    public List<Entry> entries() {
        List<Entry> entries = new ArrayList<>(epochs.length);
        for (int i = 0; i < epochs.length; i++) {
            entries.add(new Entry(epochs[i], starts[i]));
        }
        return List.copyOf(entries);
    }

    /** The file's content, ready to be read. */
    public ByteBuffer encode() {
        ByteBuffer out =
                FORMAT.begin(Integer.BYTES + ENTRY_BYTES * epochs.length).putInt(epochs.length);
        for (int i = 0; i < epochs.length; i++) {
            out.putInt(epochs[i]).putLong(starts[i]);
        }
        return FORMAT.seal(out);
    }

    /**
     * Reads the file's content, from the buffer's position to its limit.
     *
     * @param file its name, for the error
     */
    public static LeaderEpochHistory decode(ByteBuffer content, String file) throws LogCorruptException {
        ByteBuffer in = FORMAT.open(content, Integer.BYTES, file);
        int count = in.getInt();
        if (count < 0 || in.remaining() != (long) count * ENTRY_BYTES) {
            throw CheckedFormat.corrupt(file, "claims " + count + " entries in " + in.remaining() + " bytes");
        }
        int[] epochs = new int[count];
        long[] starts = new long[count];
        for (int i = 0; i < count; i++) {
            epochs[i] = in.getInt();
            starts[i] = in.getLong();
            if (i > 0 && (epochs[i] <= epochs[i - 1] || starts[i] <= starts[i - 1])) {
                throw CheckedFormat.corrupt(
                        file, "does not rise at entry " + i + ": epoch " + epochs[i] + " from offset " + starts[i]);
            }
        }
        return new LeaderEpochHistory(epochs, starts);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LeaderEpochHistory that
                && Arrays.equals(epochs, that.epochs)
                && Arrays.equals(starts, that.starts);
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(epochs) + Arrays.hashCode(starts);
    }

    @Override
    public String toString() {
        return entries().toString();
    }
}
