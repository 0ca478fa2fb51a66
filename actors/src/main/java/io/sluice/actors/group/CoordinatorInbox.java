/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import akka.actor.typed.ActorRef;
import io.sluice.actors.group.GroupCoordinator.Question;
import io.sluice.log.ErrorCode;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * The way to one coordinator, for any thread. A mailbox drops what is in it when its actor stops; here every question gets its answer all the same,
 * for a client's connection answers in order and would wait for ever.
 */
final class CoordinatorInbox {
    private final ActorRef<GroupCoordinator.Command> coordinator;
    private final LongAdder waiting;
    private final Set<Question> unanswered = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    /** @param waiting how many questions wait in the mailboxes of this coordinator and others */
    CoordinatorInbox(ActorRef<GroupCoordinator.Command> coordinator, LongAdder waiting) {
        this.coordinator = coordinator;
        this.waiting = waiting;
    }

    void ask(Question question) {
        unanswered.add(question);
        waiting.increment();
        coordinator.tell(question);
        if (closed) {
            refuse(question);
        }
    }

    /** Something that has no answer. */
    void tell(GroupCoordinator.Command command) {
        coordinator.tell(command);
    }

    /** The coordinator has the question in its hands and will answer it. False if it was refused meanwhile. */
    boolean take(Question question) {
        boolean removed = unanswered.remove(question);
        if (removed) {
            waiting.decrement();
        }
        return removed;
    }

    /** The coordinator stops: who still waits has to look for another. */
    void close() {
        closed = true;
        unanswered.forEach(this::refuse);
    }

    private void refuse(Question question) {
        if (take(question)) {
            question.refuse(ErrorCode.NOT_COORDINATOR);
        }
    }
}
