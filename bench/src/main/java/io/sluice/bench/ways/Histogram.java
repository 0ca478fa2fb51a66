/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

/** Times in microseconds, kept to within one percent. Not thread-safe. */
final class Histogram {
    /** Steps from one power of two to the next. */
    private static final int STEP_BITS = 7;

    private static final int STEPS = 1 << STEP_BITS;

    private final long[] counts = new long[STEPS * (Long.SIZE - STEP_BITS)];
    private long total;
    private long max;

    void add(long us) {
        long value = Math.max(0, us);
        counts[index(value)]++;
        total++;
        max = Math.max(max, value);
    }

    private static int index(long us) {
        int shift = Math.max(0, Long.SIZE - STEP_BITS - 1 - Long.numberOfLeadingZeros(us));
        return (shift << STEP_BITS) + (int) (us >>> shift);
    }

    double quantileMs(double quantile) {
        long rank = (long) (quantile * total);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen > rank) {
                int shift = Math.max(0, (i >> STEP_BITS) - 1);
                return ((long) (i - (shift << STEP_BITS)) << shift) / 1e3;
            }
        }
        return maxMs();
    }

    double maxMs() {
        return max / 1e3;
    }
}
