/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class StandingQuestionsTest {
    private final StandingQuestions questions = new StandingQuestions();
    private final List<String> answers = new ArrayList<>();

    private boolean ask(String name) {
        return questions.add(new Once<>(leads -> answers.add(name + " " + leads)));
    }

    @Test
    void whoAsksWhileTheReplicasAreAskedWaitsForTheNextRound() {
        // Given
        assertThat(ask("a")).as("the replicas are asked").isTrue();
        assertThat(ask("b")).isFalse();
        assertThat(ask("c")).isFalse();

        // When
        boolean again = questions.answer();

        // Then
        assertThat(answers).containsExactly("a true");
        assertThat(again).isTrue();
        assertThat(ask("d")).isFalse();
        assertThat(questions.answer()).isTrue();
        assertThat(answers).containsExactly("a true", "b true", "c true");
        assertThat(questions.answer()).isFalse();
        assertThat(ask("e")).as("nobody is being asked any more").isTrue();
    }

    @Test
    void whenTheTermEndsEverybodyIsToldThatItLeadsNoMore() {
        ask("a");
        ask("b");
        questions.end();
        assertThat(answers).containsExactly("a false", "b false");
    }
}
