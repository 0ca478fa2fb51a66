/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/** Memory that bodies of requests and responses may take together ({@code sluice.http.memory.max.bytes}). Any thread. */
public final class MemoryBudget {
    private final long bytesMax;
    private final AtomicLong used = new AtomicLong();
    private final LongAdder refused = new LongAdder();

    public MemoryBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Some of the budget, given back once: when its work is done, or at the latest when its connection is gone. */
    public final class Hold implements AutoCloseable {
        private final AtomicLong bytes;
        private final Runnable forget;

        private Hold(long bytes, Peer peer) {
            this.bytes = new AtomicLong(bytes);
            this.forget = peer.onClose(this::release);
        }

        private void release() {
            used.addAndGet(-bytes.getAndSet(0));
        }

        /** It turns out to be more, or less. Nothing any more stays nothing. */
        public void becomes(long other) {
            long before = bytes.getAndUpdate(held -> held == 0 ? 0 : other);
            if (before != 0) {
                used.addAndGet(other - before);
            }
        }

        @Override
        public void close() {
            forget.run();
            release();
        }
    }

    /**
     * Takes some of it.
     *
     * @throws ProblemException if there is too little left
     */
    public Hold hold(long bytes, Peer peer) {
        if (used.addAndGet(bytes) > bytesMax) {
            used.addAndGet(-bytes);
            refused.increment();
            throw Problem.of(
                            ProblemKind.BUSY,
                            "Requests and responses take all the memory that they may (sluice.http.memory.max.bytes): try again.")
                    .asException();
        }
        return new Hold(bytes, peer);
    }

    /** Bytes that are held now. */
    public long used() {
        return used.get();
    }

    /** Times that there was too little left. */
    public long refused() {
        return refused.sum();
    }
}
