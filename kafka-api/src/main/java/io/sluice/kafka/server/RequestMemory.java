/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The budget of bytes that requests of all connections may take. A request's bytes are reserved before its buffer is allocated;
 * who finds too little waits, and is served in order of arrival, so that a large request is not starved by small ones. Thread-safe.
 */
final class RequestMemory {
    /** Somebody who waits for memory. Called on any thread, once: the bytes are its own from then on. */
    interface Waiter {
        void granted(int bytes);
    }

    private final long capacity;
    private final Map<Waiter, Integer> waiters = new LinkedHashMap<>();
    private long used;

    RequestMemory(long capacityBytes) {
        this.capacity = capacityBytes;
    }

    /** The most that one reservation can be. */
    int largest() {
        return (int) Math.min(Integer.MAX_VALUE, capacity);
    }

    /** Reserves at once, unless there is too little or others wait already. */
    synchronized boolean tryReserve(int bytes) {
        if (waiters.isEmpty() && used + bytes <= capacity) {
            used += bytes;
            return true;
        }
        return false;
    }

    /** Reserves at once, or puts the waiter into the queue and answers false. */
    synchronized boolean reserve(int bytes, Waiter waiter) {
        if (tryReserve(bytes)) {
            return true;
        }
        waiters.put(waiter, bytes);
        return false;
    }

    /** Reserves beyond the capacity: for the small allowance that every connection has, and for what is read already. */
    synchronized void reserveAllowance(int bytes) {
        used += bytes;
    }

    void release(int bytes) {
        List<Map.Entry<Waiter, Integer>> served = List.of();
        synchronized (this) {
            used -= bytes;
            if (!waiters.isEmpty()) {
                served = grant();
            }
        }
        served.forEach(entry -> entry.getKey().granted(entry.getValue()));
    }

    private List<Map.Entry<Waiter, Integer>> grant() {
        List<Map.Entry<Waiter, Integer>> served = new ArrayList<>();
        Iterator<Map.Entry<Waiter, Integer>> queue = waiters.entrySet().iterator();
        while (queue.hasNext()) {
            Map.Entry<Waiter, Integer> first = queue.next();
            if (used + first.getValue() > capacity) {
                break;
            }
            used += first.getValue();
            served.add(Map.entry(first.getKey(), first.getValue()));
            queue.remove();
        }
        return served;
    }

    /** The waiter waits no longer; answers false if it was granted meanwhile (or never waited). */
    synchronized boolean cancel(Waiter waiter) {
        return waiters.remove(waiter) != null;
    }

    synchronized long used() {
        return used;
    }

    synchronized int waiting() {
        return waiters.size();
    }

    /** Whether it is used up, or somebody waits: then connections read in small steps. */
    synchronized boolean scarce() {
        return !waiters.isEmpty() || used >= capacity;
    }
}
