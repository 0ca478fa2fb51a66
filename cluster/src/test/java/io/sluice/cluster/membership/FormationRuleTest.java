/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FormationRuleTest {
    private static final List<Integer> VOTERS = List.of(1, 2, 3);

    @Test
    void aVoterAloneDoesNotBegin() {
        FormationRule one = new FormationRule(1, VOTERS);

        assertThat(one.supports(0)).isEqualTo(-1);
        assertThat(one.mayForm(60_000)).isFalse();
    }

    @Test
    void theOnlyVoterBeginsAtOnce() {
        assertThat(new FormationRule(7, List.of(7)).mayForm(0)).isTrue();
        assertThat(new FormationRule(8, List.of(7)).mayForm(0))
                .as("a node without a vote")
                .isFalse();
    }

    @Test
    void theFirstOfThoseThatAreThereBeginsWithAMajority() {
        // Given
        FormationRule two = new FormationRule(2, VOTERS);
        FormationRule three = new FormationRule(3, VOTERS);

        // When
        two.isThere(3, 0);
        three.isThere(2, 0);

        // Then
        assertThat(two.mayForm(0)).as("support not heard of").isFalse();
        assertThat(three.supports(0)).isEqualTo(2);
        two.waits(3, 2, 100);
        assertThat(two.mayForm(100)).isTrue();
        assertThat(three.mayForm(100)).isFalse();
    }

    @Test
    void aSupportIsNotGivenToAnotherForAWhile() {
        FormationRule three = new FormationRule(3, VOTERS);
        three.isThere(2, 0);
        assertThat(three.supports(0)).isEqualTo(2);

        three.isThere(1, 100);
        assertThat(three.supports(100)).isEqualTo(2);

        three.isThere(1, 6_000);
        assertThat(three.supports(6_000)).as("2 was not heard of again").isEqualTo(-1);
        three.isThere(1, 8_900);
        assertThat(three.supports(8_900)).as("2 may have begun just now").isEqualTo(-1);
        assertThat(three.supports(9_000)).isEqualTo(1);
    }

    @Test
    void whoIsNotHeardAnyMoreDoesNotCount() {
        FormationRule one = new FormationRule(1, VOTERS);
        one.waits(2, 1, 0);

        assertThat(one.mayForm(0)).isTrue();
        assertThat(one.mayForm(2_000)).isFalse();
    }

    @Test
    void howeverMessagesAreLostAtMostOneMayBeginAtATimeAndSomeoneDoes() {
        for (long seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<Integer> voters = seed % 2 == 0 ? VOTERS : List.of(1, 2, 3, 4, 5);
            List<FormationRule> rules = new ArrayList<>();
            voters.forEach(voter -> rules.add(new FormationRule(voter, voters)));
            boolean formed = false;
            for (long now = 0; now < 60_000 && !formed; now += 100) {
                int may = 0;
                for (int from = 0; from < rules.size(); from++) {
                    for (int to = 0; to < rules.size(); to++) {
                        if (from != to && random.nextInt(100) < 30) {
                            rules.get(to)
                                    .waits(voters.get(from), rules.get(from).supports(now), now);
                        }
                    }
                }
                for (FormationRule rule : rules) {
                    may += rule.mayForm(now) ? 1 : 0;
                }
                assertThat(may).as("seed %s, at %s ms", seed, now).isLessThanOrEqualTo(1);
                formed = may == 1;
            }
            assertThat(formed).as("seed %s", seed).isTrue();
        }
    }
}
