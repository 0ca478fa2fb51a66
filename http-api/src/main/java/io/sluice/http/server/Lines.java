/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;

/** The connections of a server: closes those on which nothing moves, and all of them when it stops. Any thread. */
final class Lines {
    /** Its clock goes on so many times within the time after which an idle connection is closed: it is closed that much later at most. */
    static final int TICKS = 4;

    /** An open connection. */
    interface Open {
        /** The {@link #now} at which bytes have passed last. */
        int movedAt();

        /** To end once the request that is being answered is; what does not speak HTTP any more goes on. */
        void finish();

        /** To end at once. */
        void abort();
    }

    private final Set<Open> open = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<Void> allClosed = new CompletableFuture<>();
    private volatile int now;
    private volatile boolean finishing;

    int now() {
        return now;
    }

    void opened(Open line) {
        open.add(line);
        if (finishing) {
            line.finish();
        }
    }

    void closed(Open line) {
        open.remove(line);
        if (finishing && open.isEmpty()) {
            allClosed.complete(null);
        }
    }

    /** Time goes by. Called by one thread at a time, {@value #TICKS} times within the time after which an idle connection is closed. */
    void tick() {
        int next = now + 1;
        now = next;
        for (Open line : open) {
            if (next - line.movedAt() > TICKS) {
                line.abort();
            }
        }
    }

    /** Lets requests that are being answered end. Done when the last connection has closed. */
    CompletionStage<Void> finish() {
        finishing = true;
        open.forEach(Open::finish);
        if (open.isEmpty()) {
            allClosed.complete(null);
        }
        return allClosed.copy();
    }

    /** Closes what is left. */
    void abort() {
        open.forEach(Open::abort);
    }
}
