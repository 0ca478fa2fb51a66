/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.util.ArrayDeque;

/**
 * Lends {@link Decompressor}s, so that their memory is bounded by how many batches are decompressed at the same time (the
 * threads of the partitions) and not by how many partitions there are. Thread-safe.
 */
public final class Decompressors {
    /** Kept for the next batch; more than that are let go when they come back. */
    static final int MAX_KEPT = 16;

    private final int maxBytes;
    private final ArrayDeque<Decompressor> kept = new ArrayDeque<>();

    /** @param maxBytes the most that a batch may grow to ({@code sluice.decompressed.batch.max.bytes}) */
    public Decompressors(int maxBytes) {
        this.maxBytes = maxBytes;
    }

    /** To be given back when its result is not needed any more. */
    public Decompressor borrow() {
        synchronized (kept) {
            Decompressor decompressor = kept.pollLast();
            if (decompressor != null) {
                return decompressor;
            }
        }
        return new Decompressor(maxBytes);
    }

    public void giveBack(Decompressor decompressor) {
        synchronized (kept) {
            if (kept.size() < MAX_KEPT) {
                kept.addLast(decompressor);
            }
        }
    }
}
