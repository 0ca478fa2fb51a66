/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** A replica as its leader sees it. */
final class Follower {
    private long session;
    private long lastNumber = Long.MIN_VALUE;
    private long offset;
    private boolean acknowledges;
    private boolean suspect;
    private ReplicaMessage.Fetch parked;

    /** Whether a fetch is newer than those before. A restarted replica counts from anew. */
    boolean begins(ReplicaMessage.Fetch fetch) {
        if (fetch.session() == session && fetch.number() <= lastNumber) {
            return false;
        }
        session = fetch.session();
        lastNumber = fetch.number();
        suspect = fetch.suspect();
        acknowledges = false;
        parked = null;
        return true;
    }

    /** Its log is the leader's up to the fetch's offset. */
    void matches(ReplicaMessage.Fetch fetch, boolean acknowledged) {
        offset = fetch.offset();
        acknowledges = acknowledged;
    }

    void park(ReplicaMessage.Fetch fetch) {
        parked = fetch;
    }

    /** The fetch that waits for an answer, which it gets now; null if none does. */
    ReplicaMessage.Fetch unpark() {
        ReplicaMessage.Fetch fetch = parked;
        parked = null;
        return fetch;
    }

    ReplicaMessage.Fetch parked() {
        return parked;
    }

    boolean hasFetched() {
        return lastNumber != Long.MIN_VALUE;
    }

    long session() {
        return session;
    }

    ReplicaCore.Progress progress(int node) {
        return new ReplicaCore.Progress(node, offset, acknowledges, suspect);
    }

    boolean acknowledges() {
        return acknowledges;
    }

    long offset() {
        return offset;
    }
}
