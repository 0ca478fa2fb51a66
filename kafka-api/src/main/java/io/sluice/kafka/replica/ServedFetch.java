/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.actors.replication.FetchReply;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.log.LogView;
import java.util.concurrent.atomic.AtomicBoolean;

/** One fetch of a replica on another broker, from its arrival until its answer leaves. */
final class ServedFetch implements FetchReply, Runnable {
    private final ServedFetches owner;
    private final ReplicaKey key;
    private final AtomicBoolean answered = new AtomicBoolean();
    private ReplicaMessage.Answer answer;
    private LogView view;
    private boolean givenUp;

    ServedFetch(ServedFetches owner, ReplicaKey key) {
        this.owner = owner;
        this.key = key;
    }

    ReplicaKey key() {
        return key;
    }

    /** On the partition's thread. */
    @Override
    public void answer(ReplicaMessage.Answer partitionsAnswer, LogView partitionsView) {
        if (answered.compareAndSet(false, true)) {
            answer = partitionsAnswer;
            view = partitionsView;
            owner.answered(this);
        }
    }

    /** Comes home, with its answer; on the event loop. */
    @Override
    public void run() {
        owner.comesHome(this);
    }

    /** Set before the fetch comes home. */
    ReplicaMessage.Answer answer() {
        return answer;
    }

    /** Null where there are no records to send. */
    LogView view() {
        return view;
    }

    /** Its log can't be read: the answer goes alone. */
    void withoutRecords() {
        view = null;
    }

    /** Nobody wants the answer any more. On the event loop, as {@link #isGivenUp}. */
    void giveUp() {
        givenUp = true;
    }

    boolean isGivenUp() {
        return givenUp;
    }
}
