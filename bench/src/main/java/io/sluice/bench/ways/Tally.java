/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/**
 * What all subscribers of a run have got. Records are due at a fixed rate from {@link #begin} on; the time of a delivery is from when its record
 * was due, so that a server, or a publisher, that is late can't hide it. Written by the sockets' thread, the counts read by any.
 */
final class Tally {
    private static final int TWELFTHS = 12;
    private static final int GENTLE = 10;

    private final long stepNs;
    private final long gentle;
    private final long countFrom;
    private final long countTo;
    private volatile long begin;

    final LongAdder delivered = new LongAdder();
    final LongAdder frames = new LongAdder();
    /** Records that were not the next of their subscriber. */
    final LongAdder wrong = new LongAdder();
    /** Subscribers that may count on the next record. */
    final LongAdder ready = new LongAdder();

    /** Of the warm-up, and of what counts. */
    private final Histogram[] latencies = {new Histogram(), new Histogram()};

    /** The longest time of the warm-up, and of each twelfth of the run: says when it was that something stood still. */
    private final long[] longestUs = new long[1 + TWELFTHS];

    private final AtomicReference<String> failure = new AtomicReference<>();

    /** Times are kept of the records of these numbers. */
    Tally(int perSecond, long countFrom, long countTo) {
        this(perSecond, 0, countFrom, countTo);
    }

    /** @param gentle as many records come first, at a tenth of the rate: nobody meets a server and a client that have not run yet with all that they can bear */
    Tally(int perSecond, long gentle, long countFrom, long countTo) {
        this.stepNs = 1_000_000_000L / perSecond;
        this.gentle = gentle;
        this.countFrom = countFrom;
        this.countTo = countTo;
    }

    /** How many records come in so many seconds of a gentle beginning. */
    static long gentle(int perSecond, int seconds) {
        return (long) perSecond * seconds / GENTLE;
    }

    void begin(long nanoTime) {
        begin = nanoTime;
    }

    /** When this record is to be sent. */
    long due(long number) {
        return begin + (number + (GENTLE - 1) * Math.min(number, gentle)) * stepNs;
    }

    /**
     * The warm-up is kept like the rest, and told from it without a branch: one that was never taken yet is compiled when it is for the first time, and for that moment
     * the thread that reads all sockets would be a hundred times slower.
     */
    void arrived(long number, long nanoTime) {
        if (number < countTo) {
            long us = (nanoTime - due(number)) / 1000;
            int counts = (int) ((countFrom - 1 - number) >>> (Long.SIZE - 1));
            latencies[counts].add(us);
            int part = counts * (1 + (int) ((number - countFrom) * TWELFTHS / (countTo - countFrom)));
            longestUs[part] = Math.max(longestUs[part], us);
        }
    }

    /** Of the records that count. */
    Histogram latencies() {
        return latencies[1];
    }

    /** In milliseconds, as JSON. */
    String longest() {
        return Arrays.stream(longestUs, 1, longestUs.length)
                .mapToObj(us -> Long.toString(us / 1000))
                .collect(Collectors.joining(",", "[", "]"));
    }

    /** The first failure ends the run. */
    void failed(String why) {
        failure.compareAndSet(null, why);
    }

    void check() {
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
    }
}
