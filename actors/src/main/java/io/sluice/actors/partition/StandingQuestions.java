/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Who wants to know whether this leader still leads. The replicas are asked for all of them in one round; who comes while they are has to wait for the next,
 * for the answer is about the time when they were asked.
 */
final class StandingQuestions {
    private List<Once<Consumer<Boolean>>> asked = new ArrayList<>();
    private List<Once<Consumer<Boolean>>> next = new ArrayList<>();

    /** @return whether the replicas are to be asked now */
    boolean add(Once<Consumer<Boolean>> question) {
        if (asked.isEmpty()) {
            asked.add(question);
            return true;
        }
        next.add(question);
        return false;
    }

    /**
     * The replicas have confirmed.
     *
     * @return whether they are to be asked again
     */
    boolean answer() {
        List<Once<Consumer<Boolean>>> answered = asked;
        asked = next;
        next = new ArrayList<>();
        answered.forEach(question -> ReadablePartition.confirm(question, true));
        return !asked.isEmpty();
    }

    /** It leads no more. */
    void end() {
        asked.forEach(question -> ReadablePartition.confirm(question, false));
        next.forEach(question -> ReadablePartition.confirm(question, false));
        asked.clear();
        next.clear();
    }
}
