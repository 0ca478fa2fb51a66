/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bytes that wait in mailboxes to be appended, of one partition and of all: taken before an append is sent, given back
 * with its reply. One append is always let in, however large, so that a limit below {@code max.message.bytes} can't stop a partition.
 */
final class MailboxBudget {
    /** What all partitions of a node share. */
    static final class Shared {
        private final AtomicLong used = new AtomicLong();
        private final long limit;
        private final LongAdder refused;

        Shared(long limit, LongAdder refused) {
            this.limit = limit;
            this.refused = refused;
        }

        long used() {
            return used.get();
        }
    }

    private final Shared shared;
    private final long limit;
    private final AtomicLong used = new AtomicLong();

    MailboxBudget(Shared shared, long limit) {
        this.shared = shared;
        this.limit = limit;
    }

    boolean tryTake(int bytes) {
        long mine = used.addAndGet(bytes);
        if (mine > limit && mine != bytes) {
            used.addAndGet(-bytes);
            shared.refused.increment();
            return false;
        }
        long all = shared.used.addAndGet(bytes);
        if (all > shared.limit && all != bytes) {
            shared.used.addAndGet(-bytes);
            used.addAndGet(-bytes);
            shared.refused.increment();
            return false;
        }
        return true;
    }

    void giveBack(int bytes) {
        used.addAndGet(-bytes);
        shared.used.addAndGet(-bytes);
    }
}
