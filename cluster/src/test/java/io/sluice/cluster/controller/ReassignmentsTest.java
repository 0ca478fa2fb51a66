/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.replication.ReplicaSet;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.cluster.metadata.Controller.PartitionResult;
import io.sluice.cluster.metadata.Controller.ReassignmentChange;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ReassignmentsTest {
    private static final int BROKERS = 6;

    private long ids = 100;
    private final ControllerCore core = new ControllerCore(
            new ControllerCoreTest.Rules(), new PartitionLimits(1_000, 2_000), () -> new UUID(0, ids++));
    private ClusterImage image = ClusterImage.EMPTY;

    ReassignmentsTest() {
        run(new ControllerRequest.Bootstrap("c", 64, List.of(1, 2, 3, 4, 5, 6)));
        for (int broker = 1; broker <= BROKERS; broker++) {
            register(broker);
        }
    }

    @Test
    void newReplicasGetTheirVoteOneByOneAndThenTheOthersLoseTheirs() {
        // Given
        create("orders", List.of(1, 2, 3));

        // When, then
        assertThat(reassign("orders", 4, 5, 3).error()).isEqualTo(ErrorCode.NONE);
        assertThat(orders().replicas()).containsExactly(1, 2, 3);
        assertThat(orders().version()).isZero();
        assertThat(orders().observers()).containsExactly(4, 5);
        assertThat(orders().everywhere()).containsExactly(1, 2, 3, 4, 5);

        report(0, 1, 2, 3, 5);
        assertThat(orders().set()).isEqualTo(new ReplicaSet(1, List.of(1, 2, 3, 5)));
        assertThat(orders().observers()).containsExactly(4);

        report(1, 1, 2, 3, 4, 5);
        assertThat(orders().set()).isEqualTo(new ReplicaSet(2, List.of(1, 2, 3, 5, 4)));
        assertThat(orders().adding()).containsExactly(4, 5);
        assertThat(orders().removing()).containsExactly(1, 2);

        report(2, 1, 2, 3, 4, 5);
        assertThat(orders().set()).isEqualTo(new ReplicaSet(3, List.of(4, 5, 3, 1)));
        assertThat(orders().leaving()).containsExactly(2);
        assertThat(orders().isOn(2)).isTrue();
        assertThat(list(orders())).startsWith(4);

        report(3, 1, 3, 4, 5);
        assertThat(orders().set()).isEqualTo(new ReplicaSet(4, List.of(4, 5, 3)));
        assertThat(orders().leaving()).containsExactly(1);
        assertThat(orders().isOn(2)).isFalse();

        report(4, 3, 4, 5);
        assertThat(orders()).isEqualTo(new PartitionInfo(0, orders().group(), List.of(4, 5, 3), 4, List.of(), null));
        assertThat(orders().isChanging()).isFalse();
        assertThat(list(orders())).startsWith(4, 5, 3);
    }

    @Test
    void nothingMovesBeforeTheVersionIsInForceOrAReplicaHasCaughtUp() {
        // Given
        create("orders", List.of(1, 2, 3));
        reassign("orders", 1, 2, 4);
        PartitionInfo asked = orders();

        // When
        report(-1, 1, 2, 3, 4);
        report(0, 1, 2, 3);
        report(7, 1, 2, 3, 4);

        // Then
        assertThat(orders()).isSameAs(asked);

        // When
        report(0, 1, 2, 3, 4);
        PartitionInfo next = orders();
        report(0, 1, 2, 3, 4);

        // Then
        assertThat(next.version()).isEqualTo(1);
        assertThat(orders()).as("told the same again").isSameAs(next);
    }

    @Test
    void aReplicaKeepsItsVoteWhereTheOthersCouldNotGoOnWithoutIt() {
        // Given
        create("orders", List.of(1, 2, 3));
        reassign("orders", 1, 2, 4);
        report(0, 1, 3, 4);
        assertThat(orders().replicas()).containsExactly(1, 2, 3, 4);

        // When
        report(1, 1, 3);

        // Then
        assertThat(orders().version()).isEqualTo(1);

        // When
        report(1, 1, 3, 4);

        // Then
        assertThat(orders().replicas()).containsExactly(1, 2, 4);
    }

    @Test
    void aBrokerThatIsGoneLosesItsVoteFirst() {
        // Given
        create("orders", List.of(1, 2, 3));
        reassign("orders", 4, 5, 6);
        report(0, 2, 3, 4);
        report(1, 2, 3, 4, 5);
        report(2, 2, 3, 4, 5, 6);
        assertThat(orders().replicas()).containsExactly(1, 2, 3, 4, 5, 6);

        // When
        report(3, 2, 3, 4, 5, 6);

        // Then
        assertThat(orders().replicas()).containsExactly(4, 5, 6, 2, 3);
        assertThat(orders().leaving()).containsExactly(1);
    }

    @Test
    void aBrokerThatIsGoneNeverGetsAVoteAndTheReassignmentCanBeCancelled() {
        // Given
        create("orders", List.of(1, 2, 3));
        reassign("orders", 1, 2, 6);
        report(0, 1, 2, 3);

        // When
        PartitionResult cancelled = reassign("orders");

        // Then
        assertThat(cancelled.error()).isEqualTo(ErrorCode.NONE);
        assertThat(orders().isChanging()).isFalse();
        assertThat(orders().isOn(6)).isFalse();
        assertThat(reassign("orders").error()).isEqualTo(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS);
    }

    @Test
    void aCancellationHalfwayGoesBackStepByStep() {
        // Given
        create("orders", List.of(1, 2, 3));
        reassign("orders", 4, 5, 6);
        report(0, 1, 2, 3, 4);
        report(1, 1, 2, 3, 4, 5);
        report(2, 1, 2, 3, 4, 5, 6);
        report(3, 1, 2, 3, 4, 5, 6);
        assertThat(orders().replicas()).containsExactly(4, 5, 6, 1, 2);

        // When
        reassign("orders");

        // Then
        assertThat(orders().observers()).as("still leaving").isEmpty();
        report(4, 1, 2, 4, 5, 6);
        assertThat(orders().observers()).containsExactly(3);
        report(4, 1, 2, 3, 4, 5, 6);
        assertThat(orders().replicas()).containsExactly(4, 5, 6, 1, 2, 3);
        report(5, 1, 2, 3, 4, 5, 6);
        report(6, 1, 2, 3, 4, 5, 6);
        report(7, 1, 2, 3, 4, 5, 6);
        report(8, 1, 2, 3, 4, 5, 6);
        assertThat(orders()).isEqualTo(new PartitionInfo(0, orders().group(), List.of(1, 2, 3), 8, List.of(), null));
    }

    @Test
    void anotherTargetHalfwayReplacesTheFirst() {
        // Given
        create("orders", List.of(1, 2, 3));
        reassign("orders", 1, 2, 4);
        report(0, 1, 2, 3, 4);

        // When
        reassign("orders", 1, 2, 5);

        // Then
        assertThat(orders().observers()).containsExactly(5);
        assertThat(orders().reassignment().from()).containsExactly(1, 2, 3);
        report(1, 1, 2, 3, 4, 5);
        report(2, 1, 2, 3, 4, 5);
        report(3, 1, 2, 3, 4, 5);
        report(4, 1, 2, 3, 4, 5);
        assertThat(orders()).isEqualTo(new PartitionInfo(0, orders().group(), List.of(1, 2, 5), 4, List.of(), null));
    }

    @Test
    void anotherOrderIsThereAtOnce() {
        // Given
        create("orders", List.of(1, 2, 3));

        // When
        reassign("orders", 3, 1, 2);

        // Then
        assertThat(orders()).isEqualTo(new PartitionInfo(0, orders().group(), List.of(3, 1, 2), 0, List.of(), null));
        assertThat(list(orders())).startsWith(3);
        assertThat(reassign("orders", 3, 1, 2).error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void theReplicationFactorMayChangeOnlyWhereTheRequestSaysSo() {
        // Given
        create("orders", List.of(1));
        ReassignmentChange change = new ReassignmentChange("orders", 0, List.of(1, 2, 3));

        // When
        PartitionResult refused = run(new ControllerRequest.AlterReassignments(List.of(change), false))
                .get(0);
        run(new ControllerRequest.AlterReassignments(List.of(change), true));

        // Then
        assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_REPLICATION_FACTOR);
        report(0, 1, 2, 3);
        report(1, 1, 2, 3);
        report(2, 1, 2, 3);
        assertThat(orders().isChanging()).isFalse();
        assertThat(orders().set()).isEqualTo(new ReplicaSet(2, List.of(1, 2, 3)));
        assertThat(run(new ControllerRequest.CreatePartitions(
                                List.of(new NewPartitions("orders", 2, List.of())), false))
                        .get(0)
                        .error())
                .isEqualTo(ErrorCode.NONE);
        assertThat(image.topic("orders").orElseThrow().partitions().get(1).replicas())
                .hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "orders|0|''|INVALID_REPLICA_ASSIGNMENT|empty replica list",
                "orders|0|1,1|INVALID_REPLICA_ASSIGNMENT|twice",
                "orders|0|1,9|INVALID_REPLICA_ASSIGNMENT|broker 9",
                "orders|1|1,2|UNKNOWN_TOPIC_OR_PARTITION|does not host",
                "orders|-1|1,2|UNKNOWN_TOPIC_OR_PARTITION|does not host",
                "nobody|0|1,2|UNKNOWN_TOPIC_OR_PARTITION|does not host"
            })
    void whatCannotBeIsRefused(String topic, int partition, String brokers, ErrorCode error, String why) {
        // Given
        create("orders", List.of(1, 2, 3));
        List<Integer> replicas = new ArrayList<>();
        for (String broker : brokers.isEmpty() ? new String[0] : brokers.split(",", -1)) {
            replicas.add(Integer.valueOf(broker));
        }

        // When
        PartitionResult result = run(new ControllerRequest.AlterReassignments(
                        List.of(new ReassignmentChange(topic, partition, replicas)), true))
                .get(0);

        // Then
        assertThat(result.error()).isEqualTo(error);
        assertThat(result.message()).contains(why);
    }

    @Test
    void aPartitionTwiceInOneRequestIsRefusedBothTimesAndOthersMove() {
        // Given
        create("orders", List.of(1, 2, 3));
        create("users", List.of(1, 2, 3));

        // When
        List<PartitionResult> results = run(new ControllerRequest.AlterReassignments(
                List.of(
                        new ReassignmentChange("orders", 0, List.of(4, 2, 3)),
                        new ReassignmentChange("users", 0, List.of(4, 2, 3)),
                        new ReassignmentChange("orders", 0, null)),
                true));

        // Then
        assertThat(results)
                .extracting(PartitionResult::error)
                .containsExactly(ErrorCode.INVALID_REQUEST, ErrorCode.NONE, ErrorCode.INVALID_REQUEST);
        assertThat(orders().isChanging()).isFalse();
    }

    @Test
    void aTopicThatIsGoneWhenItsLeaderReportsIsNobodysTrouble() {
        assertThat(run(new ControllerRequest.ReportReplicas(
                        List.of(new ControllerRequest.ReplicaReport(new UUID(7, 7), 0, 0, List.of(1))))))
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void thereAreOnlySoManyOrdersOfBrokers() {
        // Given
        List<Integer> brokers = new ArrayList<>();
        for (int broker = 1; broker <= 12; broker++) {
            register(broker);
            brokers.add(broker);
        }
        create("orders", List.of(1, 2, 3));
        Random random = new Random(1);

        // When
        for (int i = 0; i < 4 * Groups.EXTRA_MAX; i++) {
            Collections.shuffle(brokers, random);
            create("t" + i, List.copyOf(brokers.subList(0, 4)));
        }

        // Then
        assertThat(image.placementGroups()).hasSize(64 + Groups.EXTRA_MAX);
        assertThat(image.topics()).hasSizeBetween(Groups.EXTRA_MAX, 4 * Groups.EXTRA_MAX);
        assertThat(reassign("orders", 12, 1, 10, 4, 2).message()).contains("as many groups as there may be: 256");
        assertThat(orders().isChanging()).isFalse();

        // When
        run(new ControllerRequest.DeleteTopics(List.of(
                image.topic("t0").orElseThrow().id(),
                image.topic("t1").orElseThrow().id())));

        // Then
        assertThat(reassign("orders", 12, 1, 10, 4, 2).error()).isEqualTo(ErrorCode.NONE);
        assertThat(image.placementGroups()).hasSize(64 + Groups.EXTRA_MAX);
    }

    @Test
    void aBrokerWithReplicasIsNotUnregistered() {
        // Given
        create("orders", List.of(1, 2, 3));

        BalancingTest.set(this::run, "6", MetadataImage.DRAIN, "true");

        // When
        Outcome refused = run(new ControllerRequest.UnregisterBroker(3));
        Outcome unknown = run(new ControllerRequest.UnregisterBroker(9));
        Outcome done = run(new ControllerRequest.UnregisterBroker(6));

        // Then
        assertThat(refused.error()).isEqualTo(ErrorCode.INVALID_REQUEST);
        assertThat(refused.message()).contains("1 partition(s)").contains("drain 3");
        assertThat(unknown.error()).isEqualTo(ErrorCode.BROKER_ID_NOT_REGISTERED);
        assertThat(done).isEqualTo(Outcome.DONE);
        assertThat(image.brokers()).doesNotContainKey(6);
        assertThat(image.brokerConfig(6)).isEmpty();
        assertThat(image.placementGroups()).allSatisfy(list -> assertThat(list).doesNotContain(6));
        assertThat(reassign("orders", 1, 2, 6).error()).isEqualTo(ErrorCode.INVALID_REPLICA_ASSIGNMENT);
    }

    /** Whatever is asked for and reported, in whatever order: sets differ by one replica, and who reports everything gets what it wants. */
    @Property(tries = 300)
    void everyVersionDiffersFromTheOneBeforeByOneReplica(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        ReassignmentsTest cluster = new ReassignmentsTest();
        cluster.create("orders", cluster.someBrokers(random));
        PartitionInfo before = cluster.orders();

        // When, then
        for (int i = 0; i < 40; i++) {
            if (random.nextInt(6) == 0) {
                cluster.reassign(
                        "orders",
                        random.nextInt(3) == 0
                                ? new int[0]
                                : cluster.someBrokers(random).stream()
                                        .mapToInt(Integer::intValue)
                                        .toArray());
            } else {
                int[] told = random.ints(random.nextInt(8), 1, BROKERS + 1).toArray();
                cluster.report(before.version() - random.nextInt(2), told);
            }
            PartitionInfo after = cluster.orders();
            cluster.check(before, after, "seed " + seed + ", step " + i);
            before = after;
        }
        List<Integer> wanted = before.reassignment() == null
                ? before.replicas()
                : before.reassignment().to();
        for (int i = 0; i < 3 * BROKERS && cluster.orders().isChanging(); i++) {
            cluster.report(cluster.orders().version(), 1, 2, 3, 4, 5, 6);
            cluster.check(before, cluster.orders(), "seed " + seed + ", end " + i);
            before = cluster.orders();
        }
        assertThat(before.isChanging()).as("seed %s", seed).isFalse();
        assertThat(before.replicas()).as("seed %s", seed).isEqualTo(wanted);
        assertThat(cluster.list(before).subList(0, wanted.size()))
                .as("seed %s", seed)
                .startsWith(wanted.get(0))
                .containsExactlyInAnyOrderElementsOf(wanted);
    }

    private void check(PartitionInfo before, PartitionInfo after, String when) {
        Set<Integer> added = new HashSet<>(after.replicas());
        added.removeAll(before.replicas());
        Set<Integer> removed = new HashSet<>(before.replicas());
        removed.removeAll(after.replicas());
        assertThat(added.size() + removed.size())
                .as("%s: from %s to %s", when, before, after)
                .isEqualTo(after.version() - before.version())
                .isBetween(0, 1);
        assertThat(after.leaving()).as("%s: from %s to %s", when, before, after).containsAll(removed);
        assertThat(list(after).get(0)).as(when).isIn(after.replicas());
    }

    private List<Integer> someBrokers(Random random) {
        List<Integer> brokers = new ArrayList<>(List.of(1, 2, 3, 4, 5, 6));
        Collections.shuffle(brokers, random);
        return List.copyOf(brokers.subList(0, 1 + random.nextInt(4)));
    }

    private void register(int broker) {
        run(new ControllerRequest.RegisterBroker(broker, "h" + broker, 9092, null, new UUID(0, broker)));
    }

    private void create(String topic, List<Integer> replicas) {
        run(new ControllerRequest.CreateTopics(
                List.of(new NewTopic(topic, -1, (short) -1, List.of(replicas), Map.of())), false));
    }

    private PartitionInfo orders() {
        return image.topic("orders").orElseThrow().partitions().get(0);
    }

    private List<Integer> list(PartitionInfo partition) {
        return image.placementGroups().get(partition.group());
    }

    /** Without brokers it is cancelled. */
    private PartitionResult reassign(String topic, int... brokers) {
        List<Integer> replicas = new ArrayList<>();
        for (int broker : brokers) {
            replicas.add(broker);
        }
        ReassignmentChange change = new ReassignmentChange(topic, 0, brokers.length == 0 ? null : replicas);
        return run(new ControllerRequest.AlterReassignments(List.of(change), true))
                .get(0);
    }

    private void report(int inForce, int... acknowledging) {
        List<Integer> told = new ArrayList<>();
        for (int broker : acknowledging) {
            told.add(broker);
        }
        run(new ControllerRequest.ReportReplicas(List.of(new ControllerRequest.ReplicaReport(
                image.topic("orders").orElseThrow().id(), 0, inForce, told))));
    }

    private <R> R run(ControllerRequest<R> request) {
        Decision<R> decision = core.decide(image, request, Placement.brokers(image));
        for (MetadataRecord record : decision.records()) {
            image = image.with(List.of(record), image.offset() + 1);
        }
        return decision.answer();
    }
}
