/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.membership.GoneVotes.Process;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class DowningRuleTest {
    private static final Process ONE = new Process(1, 101);
    private static final Process TWO = new Process(2, 102);
    private static final Process THREE = new Process(3, 103);
    private static final Process FOUR = new Process(4, 104);
    private static final List<Integer> VOTERS = List.of(1, 2, 3);
    private static final long GRACE_MS = 1_000;

    /** As broker 1 sees it; its own process is none of its members. */
    private final DowningRule rule = new DowningRule(1, VOTERS, GRACE_MS);

    @Test
    void oneVoterAloneDeclaresNobodyDead() {
        assertThat(rule.dead(Set.of(TWO, THREE), Set.of(THREE))).isEmpty();
    }

    @Test
    void aMajorityOfVotersDoes() {
        rule.voted(2, Set.of(THREE));

        assertThat(rule.dead(Set.of(TWO, THREE), Set.of(THREE))).containsExactly(THREE);
        assertThat(rule.dead(Set.of(TWO, THREE), Set.of()))
                .as("this node still sees it")
                .isEmpty();
    }

    @Test
    void twoOthersMayDecideWithoutThisNode() {
        rule.voted(2, Set.of(FOUR));
        rule.voted(3, Set.of(FOUR));

        assertThat(rule.dead(Set.of(TWO, THREE, FOUR), Set.of())).containsExactly(FOUR);
    }

    @Test
    void aVoteThatIsTakenBackCountsNoMore() {
        rule.voted(2, Set.of(THREE));
        rule.voted(2, Set.of());

        assertThat(rule.dead(Set.of(TWO, THREE), Set.of(THREE))).isEmpty();
    }

    @Test
    void aVoterThatIsNotSeenHasNoVote() {
        rule.voted(2, Set.of(THREE));

        assertThat(rule.dead(Set.of(TWO, THREE), Set.of(TWO, THREE))).isEmpty();
    }

    @Test
    void aBrokerWithoutAVoteHasNone() {
        rule.voted(4, Set.of(THREE));
        assertThat(rule.dead(Set.of(TWO, THREE, FOUR), Set.of(THREE))).isEmpty();

        DowningRule withoutVote = new DowningRule(4, VOTERS, GRACE_MS);
        withoutVote.voted(2, Set.of(THREE));
        assertThat(withoutVote.dead(Set.of(ONE, TWO, THREE), Set.of(THREE))).isEmpty();
        withoutVote.voted(1, Set.of(THREE));
        assertThat(withoutVote.dead(Set.of(ONE, TWO, THREE), Set.of())).containsExactly(THREE);
    }

    @Test
    void aVoteAgainstAnEarlierRunOfABrokerIsNoneAgainstTheNextOne() {
        Process again = new Process(3, 999);
        rule.voted(2, Set.of(THREE));

        assertThat(rule.dead(Set.of(TWO, again), Set.of(again))).isEmpty();
    }

    @Test
    void nobodyDeclaresItselfDeadByAVote() {
        rule.voted(2, Set.of(ONE));
        rule.voted(3, Set.of(ONE));

        assertThat(rule.dead(Set.of(TWO, THREE), Set.of())).isEmpty();
    }

    @Test
    void withoutAMajorityForTheWholeGraceTheNodeStops() {
        Set<Process> members = Set.of(TWO, THREE);

        assertThat(rule.isCutOff(members, members, 0)).isFalse();
        assertThat(rule.isCutOff(members, members, 999)).isFalse();
        assertThat(rule.isCutOff(members, members, 1_000)).isTrue();
    }

    @Test
    void aMajorityThatComesBackInTimeIsNotLost() {
        Set<Process> members = Set.of(TWO, THREE);

        assertThat(rule.isCutOff(members, members, 0)).isFalse();
        assertThat(rule.isCutOff(members, Set.of(THREE), 900)).isFalse();
        assertThat(rule.isCutOff(members, members, 1_100)).isFalse();
        assertThat(rule.isCutOff(members, members, 2_000)).isFalse();
        assertThat(rule.isCutOff(members, members, 2_100)).isTrue();
    }

    @Test
    void votersThatHaveNotComeYetOrHaveLeftAreNotLost() {
        assertThat(rule.isCutOff(Set.of(), Set.of(), 0)).isFalse();
        assertThat(rule.isCutOff(Set.of(), Set.of(), 60_000)).isFalse();
        assertThat(rule.isCutOff(Set.of(FOUR), Set.of(FOUR), 120_000))
                .as("a broker without a vote")
                .isFalse();
        assertThat(rule.isCutOff(Set.of(FOUR), Set.of(FOUR), 180_000)).isFalse();
    }

    @Test
    void ofTwoOfThreeVotersTheLastOneStopsWhenTheOtherDies() {
        assertThat(rule.isCutOff(Set.of(TWO), Set.of(TWO), 0)).isFalse();
        assertThat(rule.isCutOff(Set.of(TWO), Set.of(TWO), 1_000)).isTrue();
    }
}
