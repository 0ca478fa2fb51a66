/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** What a replica does with a message depends on where it stands. The messages that all treat alike are with {@link Voting}. */
abstract class ReplicaRole {
    final Replica replica;

    ReplicaRole(Replica replica) {
        this.replica = replica;
    }

    abstract ReplicaCore.Role name();

    /** This role begins. */
    void enter() {}

    /** Another one begins. */
    void leave() {}

    /** Whether it leads or tries to. */
    boolean isActive() {
        return false;
    }

    /** Whether it waits for an answer that may have got lost. */
    boolean awaitsAnswer() {
        return false;
    }

    /** Repeats what has no answer yet. */
    void retry() {}

    /** A broker has left the cluster, or died. */
    void gone(int broker) {}

    /** The own log has grown to {@code logEnd}. */
    void appended(long logEnd) {}

    /** The replica set has changed. */
    void setChanged() {}

    void onPromise(int from, ReplicaMessage.Promise promise) {}

    void onConfirmed(int from, ReplicaMessage.Confirmed confirmed) {}

    void onAnswer(int from, ReplicaMessage.Answer answer) {}

    /** Whoever can't serve a fetch says so, lest the sender waits for ever. */
    void onFetch(int from, ReplicaMessage.Fetch fetch) {
        replica.hear(fetch.epoch());
        replica.refuse(from);
    }

    void onTakeOver(int from, ReplicaMessage.TakeOver takeOver) {}

    void onSeek(int from, ReplicaMessage.Seek seek) {
        replica.hear(seek.promised());
    }

    void onRefuse(int from, ReplicaMessage.Refuse refuse) {
        replica.hear(refuse.promised());
    }
}
