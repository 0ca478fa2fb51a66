/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BalancerTest {
    private static final int ANY = Integer.MAX_VALUE;

    private final List<List<List<Integer>>> topics = new ArrayList<>();

    /** As a new topic is laid out. */
    private void topic(int partitions, int replicas, int brokers) {
        topics.add(new ArrayList<>(IntStream.range(0, partitions)
                .mapToObj(p -> IntStream.range(0, replicas)
                        .mapToObj(r -> 1 + (p + r) % brokers)
                        .toList())
                .toList()));
    }

    private Balancer balancer(Set<Integer> targets, int movesMax) {
        Balancer balancer = new Balancer(targets, movesMax);
        topics.forEach(topic -> balancer.add(topic, Set.of()));
        return balancer;
    }

    /** Replicas that must be copied. */
    private int apply(List<Balancer.Move> moves) {
        int copied = 0;
        for (Balancer.Move move : moves) {
            List<Integer> before = topics.get(move.topic()).get(move.partition());
            assertThat(move.to()).as("%s, was %s", move, before).doesNotHaveDuplicates();
            assertThat(move.to()).as("%s, was %s", move, before).hasSameSizeAs(before);
            copied += (int) move.to().stream()
                    .filter(broker -> !before.contains(broker))
                    .count();
            topics.get(move.topic()).set(move.partition(), move.to());
        }
        return copied;
    }

    private static Map<Integer, Integer> counts(List<List<Integer>> partitions, Set<Integer> brokers, boolean leaders) {
        Map<Integer, Integer> counts = new HashMap<>();
        brokers.forEach(broker -> counts.put(broker, 0));
        for (List<Integer> partition : partitions) {
            (leaders ? partition.subList(0, 1) : partition)
                    .forEach(broker -> counts.computeIfPresent(broker, (id, count) -> count + 1));
        }
        return counts;
    }

    private static int spread(Map<Integer, Integer> counts) {
        return Collections.max(counts.values()) - Collections.min(counts.values());
    }

    private void assertEven(Set<Integer> brokers, String when) {
        for (List<List<Integer>> topic : topics) {
            assertThat(spread(counts(topic, brokers, false)))
                    .as("%s: replicas of %s", when, topic)
                    .isLessThanOrEqualTo(1);
            assertThat(spread(counts(topic, brokers, true)))
                    .as("%s: leaders of %s", when, topic)
                    .isLessThanOrEqualTo(1);
        }
        List<List<Integer>> all = topics.stream().flatMap(List::stream).toList();
        assertThat(spread(counts(all, brokers, false)))
                .as("%s: all replicas", when)
                .isLessThanOrEqualTo(1);
    }

    @Test
    void aFourthBrokerGetsItsShareAndNothingElseIsCopied() {
        // Given
        topic(30, 3, 3);
        topic(10, 3, 3);

        // When
        Balancer balancer = balancer(Set.of(1, 2, 3, 4), ANY);
        balancer.even();
        int copied = apply(balancer.moves());

        // Then
        assertEven(Set.of(1, 2, 3, 4), "with a fourth broker");
        assertThat(copied).as("a quarter of 120 replicas").isEqualTo(30);
    }

    @Test
    void whatIsEvenStays() {
        // Given
        topic(32, 3, 4);
        topic(4, 1, 4);

        // When
        Balancer balancer = balancer(Set.of(1, 2, 3, 4), ANY);
        balancer.even();

        // Then
        assertThat(balancer.moves()).isEmpty();
    }

    @Test
    void topicsOfOnePartitionAreSpreadTogether() {
        // Given
        for (int i = 0; i < 9; i++) {
            topic(1, 1, 1);
        }

        // When
        Balancer balancer = balancer(Set.of(1, 2, 3), ANY);
        balancer.even();
        int copied = apply(balancer.moves());

        // Then
        assertEven(Set.of(1, 2, 3), "nine topics");
        assertThat(copied).isEqualTo(6);
    }

    @Test
    void aDrainedBrokerLosesAllAndOthersStay() {
        // Given
        topic(12, 3, 4);

        // When
        Balancer balancer = balancer(Set.of(1, 2, 3), ANY);
        balancer.empty(Set.of(4));
        int copied = apply(balancer.moves());

        // Then
        assertThat(topics.get(0)).allSatisfy(partition -> assertThat(partition).doesNotContain(4));
        assertThat(copied).isEqualTo(9);
        assertThat(spread(counts(topics.get(0), Set.of(1, 2, 3), true))).isLessThanOrEqualTo(1);
    }

    @Test
    void aBrokerThatNobodyCanReplaceKeepsItsReplicas() {
        // Given
        topic(6, 3, 3);

        // When
        Balancer balancer = balancer(Set.of(1, 2), ANY);
        balancer.empty(Set.of(3));

        // Then
        assertThat(balancer.moves()).isEmpty();
    }

    @Test
    void leadersAloneCostNoCopies() {
        // Given
        topics.add(new ArrayList<>(Collections.nCopies(6, List.of(1, 2, 3))));

        // When
        Balancer balancer = balancer(Set.of(1, 2, 3), ANY);
        balancer.even();
        int copied = apply(balancer.moves());

        // Then
        assertThat(copied).isZero();
        assertThat(counts(topics.get(0), Set.of(1, 2, 3), true))
                .containsOnly(Map.entry(1, 2), Map.entry(2, 2), Map.entry(3, 2));
    }

    @Test
    void leadershipFindsItsWayOverOthers() {
        // Given: 1 leads three, 3 none, and they share no partition
        topics.add(new ArrayList<>(List.of(List.of(1, 2), List.of(1, 2), List.of(1, 2), List.of(2, 3), List.of(2, 3))));

        // When
        Balancer balancer = new Balancer(Set.of(1, 2, 3), ANY);
        balancer.add(topics.get(0), Set.of());
        balancer.even();
        apply(balancer.moves());

        // Then
        assertThat(spread(counts(topics.get(0), Set.of(1, 2, 3), true))).isLessThanOrEqualTo(1);
    }

    @Test
    void leadershipGoesToWhereAWayLeadsThoughAnotherHasAsLittle() {
        // Given
        topics.add(new ArrayList<>(
                List.of(List.of(1, 5), List.of(3, 5), List.of(4, 3), List.of(6, 2), List.of(4, 1), List.of(6, 2))));

        // When
        Balancer balancer = balancer(Set.of(1, 2, 3, 4, 5, 6), ANY);
        balancer.even();
        apply(balancer.moves());

        // Then
        assertEven(Set.of(1, 2, 3, 4, 5, 6), "two islands");
    }

    @Test
    void noMoreThanTheLimitMove() {
        // Given
        topic(30, 3, 3);

        // When
        Balancer balancer = balancer(Set.of(1, 2, 3, 4), 4);
        balancer.even();

        // Then
        assertThat(balancer.moves()).hasSizeBetween(3, 4);
    }

    @Test
    void whatIsFixedDoesNotMove() {
        // Given
        topic(3, 1, 1);
        Balancer balancer = new Balancer(Set.of(1, 2, 3), ANY);
        balancer.add(topics.get(0), Set.of(0, 1));

        // When
        balancer.even();

        // Then
        assertThat(balancer.moves()).extracting(Balancer.Move::partition).containsExactly(2);
    }

    /** Whatever there is: in steps of a few moves it becomes even, and then stays. */
    @Property(tries = 1000)
    void allBecomesEvenInTheEnd(@ForAll long seed) {
        // Given
        BalancerTest test = new BalancerTest();
        Random random = new Random(seed);
        int brokers = 2 + random.nextInt(6);
        Set<Integer> targets = new TreeSet<>();
        IntStream.rangeClosed(1, brokers).forEach(targets::add);
        for (int t = 1 + random.nextInt(6); t > 0; t--) {
            int replicas = 1 + random.nextInt(Math.min(brokers, 4));
            List<List<Integer>> partitions = new ArrayList<>();
            for (int p = 1 + random.nextInt(20); p > 0; p--) {
                List<Integer> all = new ArrayList<>(targets);
                Collections.shuffle(all, random);
                partitions.add(List.copyOf(all.subList(0, replicas)));
            }
            test.topics.add(partitions);
        }

        // When
        Set<List<List<List<Integer>>>> seen = new HashSet<>();
        int steps = 0;
        List<Balancer.Move> moves;
        do {
            Balancer balancer = test.balancer(targets, 1 + random.nextInt(5));
            balancer.even();
            moves = balancer.moves();
            test.apply(moves);
            assertThat(moves.isEmpty()
                            || seen.add(List.copyOf(
                                    test.topics.stream().map(List::copyOf).toList())))
                    .as("seed %s: nothing comes twice", seed)
                    .isTrue();
            assertThat(steps++).as("seed %s: steps", seed).isLessThan(2_000);
        } while (!moves.isEmpty());

        // Then
        test.assertEven(targets, "seed " + seed);
    }
}
