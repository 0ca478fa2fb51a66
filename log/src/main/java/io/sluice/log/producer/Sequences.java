/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.producer;

/** Arithmetic of sequence numbers: they run from 0 to 2^31-1 and then from 0 again (KIP-98). */
public final class Sequences {
    private static final int MASK = Integer.MAX_VALUE;

    /** Half of the circle: what is nearer than this going back lies in the past. */
    private static final int HALF = 1 << 30;

    private Sequences() {}

    /** The sequence number {@code steps} after {@code sequence}. */
    public static int plus(int sequence, int steps) {
        return (sequence + steps) & MASK;
    }

    /** Steps forward from {@code from} to {@code to}. */
    public static int distance(int from, int to) {
        return (to - from) & MASK;
    }

    /** Whether {@code sequence} comes before {@code reference}, going the shorter way round. */
    static boolean isBefore(int sequence, int reference) {
        int back = distance(sequence, reference);
        return back > 0 && back < HALF;
    }
}
