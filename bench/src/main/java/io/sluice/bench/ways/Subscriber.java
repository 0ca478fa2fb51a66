/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

/** One subscriber of a topic of {@link Numbered} values in one partition: it holds that each is the next. */
abstract class Subscriber implements WebSocket.Listener {
    private final Tally tally;
    private long next;

    Subscriber(Tally tally) {
        this.tally = tally;
    }

    /** Records that have arrived. */
    final long received() {
        return next;
    }

    final Tally tally() {
        return tally;
    }

    /** @param at where the value begins */
    final void record(byte[] bytes, int at, long now) {
        long number = Numbered.read(bytes, at);
        if (number != next) {
            tally.wrong.increment();
        }
        next = number + 1;
        tally.arrived(number, now);
    }

    @Override
    public void lost(WebSocket socket, String why) {
        tally.failed("a connection was lost: " + why);
    }
}
