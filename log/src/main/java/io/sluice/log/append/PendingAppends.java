/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.append;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * What is prepared and not yet written: the buffers, and the place and time of every batch in them, in flat arrays that
 * are used again. Batches before a roll and behind it are apart: a gathering write goes to one file.
 */
public final class PendingAppends {
    private static final int FIRST = 64;

    private ByteBuffer[] buffers = new ByteBuffer[FIRST];
    private int[] batchesUpTo = new int[FIRST];
    private boolean[] rollBefore = new boolean[FIRST];
    private int bufferCount;

    private long[] baseOffsets = new long[FIRST];
    private int[] lastOffsetDeltas = new int[FIRST];
    private int[] sizes = new int[FIRST];
    private long[] maxTimestampsMs = new long[FIRST];
    private int[] leaderEpochs = new int[FIRST];
    private int batchCount;

    private long bytes;

    /** One request's batches; {@link #addBatch} for each of them follows. */
    public void addBuffer(ByteBuffer buffer, boolean roll) {
        if (bufferCount == buffers.length) {
            int capacity = 2 * bufferCount;
            buffers = Arrays.copyOf(buffers, capacity);
            batchesUpTo = Arrays.copyOf(batchesUpTo, capacity);
            rollBefore = Arrays.copyOf(rollBefore, capacity);
        }
        buffers[bufferCount] = buffer;
        rollBefore[bufferCount] = roll;
        bytes += buffer.remaining();
        batchesUpTo[bufferCount] = batchCount;
        bufferCount++;
    }

    public void addBatch(long baseOffset, int lastOffsetDelta, int sizeInBytes, long maxTimestampMs, int leaderEpoch) {
        if (batchCount == baseOffsets.length) {
            int capacity = 2 * batchCount;
            baseOffsets = Arrays.copyOf(baseOffsets, capacity);
            lastOffsetDeltas = Arrays.copyOf(lastOffsetDeltas, capacity);
            sizes = Arrays.copyOf(sizes, capacity);
            maxTimestampsMs = Arrays.copyOf(maxTimestampsMs, capacity);
            leaderEpochs = Arrays.copyOf(leaderEpochs, capacity);
        }
        baseOffsets[batchCount] = baseOffset;
        lastOffsetDeltas[batchCount] = lastOffsetDelta;
        sizes[batchCount] = sizeInBytes;
        maxTimestampsMs[batchCount] = maxTimestampMs;
        leaderEpochs[batchCount] = leaderEpoch;
        batchCount++;
        batchesUpTo[bufferCount - 1] = batchCount;
    }

    public boolean isEmpty() {
        return bufferCount == 0;
    }

    public long bytes() {
        return bytes;
    }

    public int bufferCount() {
        return bufferCount;
    }

    /** The buffers themselves: a write moves their positions. */
    public ByteBuffer[] buffers() {
        return buffers;
    }

    /** A new segment begins with this buffer. */
    public boolean rollBefore(int buffer) {
        return rollBefore[buffer];
    }

    /** The number of the first batch of a buffer. */
    public int firstBatch(int buffer) {
        return buffer == 0 ? 0 : batchesUpTo[buffer - 1];
    }

    /** The number behind the last batch of a buffer. */
    public int endBatch(int buffer) {
        return batchesUpTo[buffer];
    }

    public long baseOffset(int batch) {
        return baseOffsets[batch];
    }

    public int lastOffsetDelta(int batch) {
        return lastOffsetDeltas[batch];
    }

    public int sizeInBytes(int batch) {
        return sizes[batch];
    }

    public long maxTimestampMs(int batch) {
        return maxTimestampsMs[batch];
    }

    public int leaderEpoch(int batch) {
        return leaderEpochs[batch];
    }

    public void clear() {
        Arrays.fill(buffers, 0, bufferCount, null);
        bufferCount = 0;
        batchCount = 0;
        bytes = 0;
    }
}
