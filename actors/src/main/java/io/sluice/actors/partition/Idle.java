/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.LogConfig;

/** No term: whoever still believes in an ended one is refused. */
final class Idle implements Term {
    private final ReadablePartition last;

    /** @param last handle of the term before, closed; null if there was none */
    Idle(ReadablePartition last) {
        this.last = last;
    }

    @Override
    public void onMessage(PartitionCommand message) {
        if (last != null) {
            last.refuse(message);
        }
    }

    @Override
    public void highWatermark(long offset) {}

    @Override
    public void settle() {}

    @Override
    public void logChanged() {}

    @Override
    public void configure(LogConfig config) {}

    @Override
    public void end(Throwable failure) {}
}
