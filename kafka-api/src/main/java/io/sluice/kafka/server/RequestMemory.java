/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The budget of bytes that requests of all connections may take. A request's bytes are reserved before its buffer is allocated;
 * who finds too little waits. Thread-safe.
 *
 * <p>There are two lanes, each served in order of arrival. Large requests may take three quarters of the budget (and always as much as
 * the largest request needs), so that those who send them slowly do not keep out everybody else; while a large one waits the
 * others may take half.
 */
final class RequestMemory {
    /** A request beyond this is a large one. */
    static final int LARGE_BYTES = 1 << 20;

    /** Somebody who waits for memory. Called on any thread, once: the bytes are its own from then on. */
    interface Waiter {
        void granted(int bytes);
    }

    private final long capacity;
    private final Lane ordinary = new Lane();
    private final Lane large = new Lane();
    private final long largeCapacity;

    private static final class Lane {
        final Map<Waiter, Integer> waiters = new LinkedHashMap<>();
        long used;
    }

    /** @param largestRequestBytes fits, whatever the capacity */
    RequestMemory(long capacityBytes, int largestRequestBytes) {
        this.capacity = Math.max(capacityBytes, largestRequestBytes);
        this.largeCapacity = Math.max(capacity / 4 * 3, largestRequestBytes);
    }

    /** The most that one reservation can be. */
    int largest() {
        return (int) Math.min(Integer.MAX_VALUE, largeCapacity);
    }

    private Lane lane(int bytes) {
        return bytes > LARGE_BYTES ? large : ordinary;
    }

    private boolean hasRoom(int bytes) {
        if (used() + bytes > capacity) {
            return false;
        }
        return bytes > LARGE_BYTES
                ? large.used + bytes <= largeCapacity
                : large.waiters.isEmpty() || ordinary.used + bytes <= capacity / 2;
    }

    /** Reserves at once, unless there is too little or others wait already. */
    synchronized boolean tryReserve(int bytes) {
        Lane lane = lane(bytes);
        if (lane.waiters.isEmpty() && hasRoom(bytes)) {
            lane.used += bytes;
            return true;
        }
        return false;
    }

    /** Reserves at once, or puts the waiter into the queue and answers false. */
    synchronized boolean reserve(int bytes, Waiter waiter) {
        if (tryReserve(bytes)) {
            return true;
        }
        lane(bytes).waiters.put(waiter, bytes);
        return false;
    }

    /** Reserves beyond the capacity: for the small allowance that every connection has, and for what is read already. */
    synchronized void reserveAllowance(int bytes) {
        lane(bytes).used += bytes;
    }

    /** Gives back what was reserved as one. */
    void release(int bytes) {
        List<Map.Entry<Waiter, Integer>> served;
        synchronized (this) {
            lane(bytes).used -= bytes;
            served = grant();
        }
        tell(served);
    }

    /** Serves those for whom there is room now. */
    private List<Map.Entry<Waiter, Integer>> grant() {
        if (waiting() == 0) {
            return List.of();
        }
        List<Map.Entry<Waiter, Integer>> served = new ArrayList<>();
        grant(ordinary, served);
        grant(large, served);
        // Once more: if the last large one is served, the others may have all that is left.
        grant(ordinary, served);
        return served;
    }

    /** Outside the lock: they may release at once. */
    private static void tell(List<Map.Entry<Waiter, Integer>> served) {
        served.forEach(entry -> entry.getKey().granted(entry.getValue()));
    }

    private void grant(Lane lane, List<Map.Entry<Waiter, Integer>> served) {
        Iterator<Map.Entry<Waiter, Integer>> queue = lane.waiters.entrySet().iterator();
        while (queue.hasNext()) {
            Map.Entry<Waiter, Integer> first = queue.next();
            if (!hasRoom(first.getValue())) {
                break;
            }
            lane.used += first.getValue();
            served.add(Map.entry(first.getKey(), first.getValue()));
            queue.remove();
        }
    }

    /**
     * The waiter waits no longer; answers false if it was granted meanwhile (or never waited). Those whom it held up are served: who
     * is behind it in its lane and asks for less, and the ordinary requests once no large one waits.
     */
    boolean cancel(Waiter waiter) {
        List<Map.Entry<Waiter, Integer>> served;
        synchronized (this) {
            if (ordinary.waiters.remove(waiter) == null && large.waiters.remove(waiter) == null) {
                return false;
            }
            served = grant();
        }
        tell(served);
        return true;
    }

    synchronized long used() {
        return ordinary.used + large.used;
    }

    synchronized int waiting() {
        return ordinary.waiters.size() + large.waiters.size();
    }

    /** Whether it is used up, or somebody waits: then connections read in small steps. */
    synchronized boolean scarce() {
        return waiting() > 0 || used() >= capacity;
    }
}
