/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongSupplier;

/** Gathers what clients tell, from any thread. */
public final class History {
    private final ConcurrentLinkedQueue<Event> events = new ConcurrentLinkedQueue<>();
    private final LongSupplier nanoTime;
    private final long began;

    /** @param nanoTime e.g. {@code System::nanoTime}; one clock for all clients */
    public History(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        this.began = nanoTime.getAsLong();
    }

    /**
     * Now, for {@link Event#at()}. Take it before a call for what begins (a send), after it for what is answered: then an event that is said to be before
     * another one really was.
     */
    public long now() {
        return nanoTime.getAsLong() - began;
    }

    /** Adds an event. */
    public void add(Event event) {
        events.add(event);
    }

    /** All events so far, in the order in which each thread added its own. */
    public List<Event> events() {
        return List.copyOf(events);
    }
}
