/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.DoubleSupplier;

/**
 * Where to connect next and how long to wait before: the nodes in turn, with a wait that doubles up to a bound and is spread at random, so that a
 * thousand clients of a node that fell don't come back at one time. No clock, no network. Not thread-safe.
 */
final class ConnectionPlan {
    private static final int MAX_DOUBLINGS = 20;

    /**
     * How often to try.
     *
     * @param firstMs the wait after the first failure
     * @param maxMs what it doubles up to
     * @param retries how many tries in a row may fail; {@link Integer#MAX_VALUE} for any number
     */
    record BackOff(long firstMs, long maxMs, int retries) {
        BackOff {
            if (firstMs < 1 || maxMs < firstMs || retries < 0) {
                throw new IllegalArgumentException(
                        "back-off of " + firstMs + " to " + maxMs + " ms, " + retries + " retries");
            }
        }
    }

    private final List<URI> configured;
    private final BackOff backOff;
    private final DoubleSupplier random;
    private List<URI> nodes;
    private int attempts;

    /** @param random from 0 to 1 */
    ConnectionPlan(List<URI> nodes, BackOff backOff, DoubleSupplier random) {
        if (nodes.isEmpty()) {
            throw new IllegalArgumentException("no node");
        }
        this.configured = List.copyOf(nodes);
        this.nodes = new ArrayList<>(nodes);
        this.backOff = backOff;
        this.random = random;
    }

    URI current() {
        return nodes.get(0);
    }

    /** Whether there is another node to try. */
    boolean hasOthers() {
        return nodes.size() > 1;
    }

    /** A connection does what it is for. */
    void succeeded() {
        attempts = 0;
    }

    /**
     * The connection was lost, or there was none.
     *
     * @return milliseconds until the next try, at the next node; nothing if there were enough
     */
    OptionalLong failed() {
        nodes.add(nodes.remove(0));
        return attempts >= backOff.retries() ? OptionalLong.empty() : OptionalLong.of(wait(attempts++));
    }

    /** The node said where to go on. At once, unless nodes send clients around. */
    OptionalLong sentTo(List<URI> better) {
        if (better.isEmpty()) {
            return failed();
        }
        // what other nodes said before is forgotten, so that the list does not grow
        Set<URI> order = new LinkedHashSet<>(better);
        order.addAll(configured);
        nodes = new ArrayList<>(order);
        if (attempts >= backOff.retries()) {
            return OptionalLong.empty();
        }
        attempts++;
        return OptionalLong.of(attempts == 1 ? 0 : wait(attempts - 2));
    }

    private long wait(int failures) {
        long full = Math.min(backOff.maxMs(), backOff.firstMs() << Math.min(failures, MAX_DOUBLINGS));
        return Math.max(1, (long) (full * (0.5 + random.getAsDouble() / 2)));
    }
}
