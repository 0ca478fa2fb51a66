/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.record.GroupEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Gathers what the handlers want done. */
final class Outbox {
    private List<GroupEvent> events = new ArrayList<>();
    private List<Answer<?>> answers = new ArrayList<>();

    void emit(GroupEvent event) {
        events.add(event);
    }

    /** Answers once all that happened before is committed: nobody sees what may still be lost. */
    <R extends GroupResponse> void answer(Consumer<? super R> to, R response) {
        answers.add(new Answer<>(to, response, events.size()));
    }

    /** Answers at once: for what tells nothing of uncommitted events. */
    <R extends GroupResponse> void answerNow(Consumer<? super R> to, R response) {
        answers.add(new Answer<>(to, response, -1));
    }

    Effects drain() {
        Effects drained = new Effects(events, answers);
        events = new ArrayList<>();
        answers = new ArrayList<>();
        return drained;
    }

    boolean isEmpty() {
        return events.isEmpty() && answers.isEmpty();
    }
}
