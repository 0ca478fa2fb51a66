/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import java.util.ArrayDeque;

/**
 * Bounds how many segment files a node keeps open ({@code sluice.log.open.segments.max}): the one that was not used for
 * longest (second chance) is closed, and opened again when it is needed. Files in use by a slice stay open beyond the
 * bound until the slice is released. Thread-safe.
 */
public final class OpenSegments {
    private final int max;
    private final ArrayDeque<SegmentHandle> open = new ArrayDeque<>();
    private long closedForRoom;

    /** @param max files kept open */
    public OpenSegments(int max) {
        if (max < 1) {
            throw new IllegalArgumentException("sluice.log.open.segments.max must be at least 1, is " + max);
        }
        this.max = max;
    }

    /** Files open now, not counting those that only slices hold. */
    public synchronized int count() {
        return open.size();
    }

    /** How often a file was closed because the limit was reached. */
    public synchronized long closedForRoom() {
        return closedForRoom;
    }

    synchronized void opened(SegmentHandle handle) {
        open.addLast(handle);
        int chances = open.size();
        while (open.size() > max) {
            SegmentHandle oldest = open.removeFirst();
            if (oldest.wasUsedSinceAsked() && chances-- > 0) {
                open.addLast(oldest);
            } else {
                closedForRoom++;
                oldest.letGo();
            }
        }
    }

    synchronized void closed(SegmentHandle handle) {
        open.remove(handle);
    }
}
