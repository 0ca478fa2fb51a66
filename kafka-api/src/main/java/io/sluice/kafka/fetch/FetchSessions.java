/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of a listener: a bounded number. Where all slots are taken a new session gets the slot of one that was not used for a while,
 * or of a smaller one that has had its slot for long enough; else it is not kept, and the client fetches in full. Thread-safe.
 */
final class FetchSessions {
    private static final Logger LOG = LoggerFactory.getLogger(FetchSessions.class);

    private final FetchLimits limits;
    private final InstantSource clock;
    private final Counter evictions;
    private final Counter refusals;
    private boolean refusing;

    /** By id; the one that was used longest ago is first. */
    private final Map<Integer, Slot> slots = new LinkedHashMap<>();

    private static final class Slot {
        final FetchSession session;
        final long createdMs;
        long usedMs;
        int size;

        Slot(FetchSession session, long nowMs, int size) {
            this.session = session;
            this.createdMs = nowMs;
            this.usedMs = nowMs;
            this.size = size;
        }
    }

    FetchSessions(FetchLimits limits, InstantSource clock, MeterRegistry meters) {
        this.limits = limits;
        this.clock = clock;
        this.evictions = Counter.builder("sluice.kafka.fetch.sessions.evicted")
                .description("sessions that lost their slot to another")
                .register(meters);
        this.refusals = Counter.builder("sluice.kafka.fetch.sessions.refused")
                .description("sessions not kept: max.incremental.fetch.session.cache.slots")
                .register(meters);
        Gauge.builder("sluice.kafka.fetch.sessions", this, FetchSessions::count)
                .description("incremental fetch sessions")
                .register(meters);
    }

    synchronized int count() {
        return slots.size();
    }

    /** The session, noted as used now; null if there is none with this id. */
    synchronized FetchSession use(int id) {
        Slot slot = slots.remove(id);
        if (slot == null) {
            return null;
        }
        slot.usedMs = clock.millis();
        slot.size = slot.session.size();
        slots.put(id, slot);
        return slot.session;
    }

    /** A new session for so many partitions: kept if there is a slot for it. */
    FetchSession create(int size, boolean usesTopicIds) {
        FetchSession evicted = null;
        FetchSession created;
        synchronized (this) {
            if (slots.size() >= limits.sessionsMax()) {
                evicted = evictFor(size);
            }
            boolean room = slots.size() < limits.sessionsMax();
            noteRefusal(!room);
            created = new FetchSession(room ? newId() : FetchSession.NO_SESSION, usesTopicIds);
            if (room) {
                slots.put(created.id(), new Slot(created, clock.millis(), size));
            }
        }
        cancel(evicted);
        return created;
    }

    private void noteRefusal(boolean refused) {
        if (refused) {
            refusals.increment();
            if (!refusing) {
                LOG.warn(
                        "no slot for another fetch session: max.incremental.fetch.session.cache.slots={}",
                        limits.sessionsMax());
            }
        }
        refusing = refused;
    }

    private FetchSession evictFor(int size) {
        long nowMs = clock.millis();
        Slot smallest = null;
        Iterator<Slot> all = slots.values().iterator();
        while (all.hasNext()) {
            Slot slot = all.next();
            if (nowMs - slot.usedMs > limits.sessionEvictionMs()) {
                smallest = slot;
                break;
            }
            boolean old = nowMs - slot.createdMs > limits.sessionEvictionMs();
            if (old && slot.size < size && (smallest == null || slot.size < smallest.size)) {
                smallest = slot;
            }
        }
        if (smallest == null) {
            return null;
        }
        evictions.increment();
        slots.remove(smallest.session.id());
        return smallest.session;
    }

    private int newId() {
        int id;
        do {
            id = ThreadLocalRandom.current().nextInt(1, Integer.MAX_VALUE);
        } while (slots.containsKey(id));
        return id;
    }

    void close(int id) {
        FetchSession session;
        synchronized (this) {
            Slot slot = slots.remove(id);
            session = slot == null ? null : slot.session;
        }
        cancel(session);
    }

    private static void cancel(FetchSession session) {
        if (session != null) {
            synchronized (session) {
                session.cancelWaits();
            }
        }
    }
}
