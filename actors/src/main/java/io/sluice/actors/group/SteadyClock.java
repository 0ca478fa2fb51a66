/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * The time of day when it was made, and from then on what a monotonic clock says. Sessions are measured with it: when somebody sets the
 * machine's clock an hour forward, no member has been silent for an hour.
 */
public final class SteadyClock implements InstantSource {
    private final long beginMs;
    private final long beginNanos;
    private final LongSupplier nanos;

    /**
     * Starts with the present time.
     *
     * @param wall the time of day, read once
     * @param nanos such as {@link System#nanoTime}
     */
    public SteadyClock(InstantSource wall, LongSupplier nanos) {
        this.beginMs = wall.millis();
        this.beginNanos = nanos.getAsLong();
        this.nanos = nanos;
    }

    @Override
    public long millis() {
        return beginMs + TimeUnit.NANOSECONDS.toMillis(nanos.getAsLong() - beginNanos);
    }

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(millis());
    }
}
