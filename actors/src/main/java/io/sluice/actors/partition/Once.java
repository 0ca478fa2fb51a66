/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.util.concurrent.atomic.AtomicReference;

/** A reply that is given once, by the actor or by a caller who sees that the actor stops; whoever takes it gives it. */
final class Once<T> {
    private final AtomicReference<T> reply;

    Once(T reply) {
        this.reply = new AtomicReference<>(reply);
    }

    /** The reply, or null if somebody has taken it. */
    T take() {
        return reply.getAndSet(null);
    }
}
