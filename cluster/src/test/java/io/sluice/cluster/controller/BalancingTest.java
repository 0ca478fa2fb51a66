/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.ConfigChange;
import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.ConfigResult;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.cluster.metadata.Controller.ReassignmentChange;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class BalancingTest {
    private long ids = 100;
    private final ControllerCore core = new ControllerCore(
            new ControllerCoreTest.Rules(), new PartitionLimits(1_000, 2_000), () -> new UUID(0, ids++));
    private ClusterImage image = ClusterImage.EMPTY;
    private final List<Integer> live = new ArrayList<>();

    BalancingTest() {
        run(new ControllerRequest.Bootstrap("c", 64, List.of(1, 2, 3)));
        for (int broker = 1; broker <= 3; broker++) {
            register(broker);
        }
    }

    /** Sets one key of a broker, or with an empty name of all. */
    static ConfigResult set(
            Function<ControllerRequest<List<ConfigResult>>, List<ConfigResult>> run,
            String broker,
            String key,
            String value) {
        ConfigOp op = new ConfigOp(key, Operation.SET, value);
        return run.apply(new ControllerRequest.AlterConfigs(
                        List.of(new ConfigChange(ResourceType.BROKER, broker, false, List.of(op))), false))
                .get(0);
    }

    @Test
    void aBrokerThatJoinsGetsReplicasAndLeadersByItself() {
        // Given
        create("orders", 12, 3);
        create("users", 4, 1);
        assertThat(image.isRebalancing()).isFalse();

        // When
        register(4);

        // Then
        assertThat(image.isRebalancing()).isTrue();
        int moved = finish();
        assertThat(moved).as("partitions moved").isBetween(9, 12);
        assertThat(replicas("orders", 4)).isEqualTo(9);
        assertThat(leads("orders", 4)).isEqualTo(3);
        assertThat(image.isRebalancing()).isFalse();
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                assertThat(image.placementGroups().get(partition.group()))
                        .as(topic.name() + partition)
                        .startsWith(partition.replicas().get(0));
            }
        }
    }

    @Test
    void onlySoManyMoveAtATime() {
        // Given
        create("orders", 30, 3);
        register(4);

        // When
        balance();
        balance();

        // Then
        assertThat(changing()).isEqualTo(5);
    }

    @Test
    void aDrainedBrokerBecomesEmptyAndStaysSo() {
        // Given
        create("orders", 12, 2);

        // When
        assertThat(set(this::run, "2", MetadataImage.DRAIN, "true").error()).isEqualTo(ErrorCode.NONE);
        finish();
        create("later", 9, 2);

        // Then
        assertThat(replicas("orders", 2)).isZero();
        assertThat(replicas("later", 2)).isZero();
        assertThat(core.decide(image, new ControllerRequest.UnregisterBroker(2), Placement.brokers(image))
                        .answer()
                        .error())
                .isEqualTo(ErrorCode.NONE);
    }

    @Test
    void aDrainWaitsWhereNobodyCanTakeTheReplicas() {
        // Given
        create("orders", 6, 3);

        // When
        set(this::run, "2", MetadataImage.DRAIN, "true");
        finish();

        // Then
        assertThat(replicas("orders", 2)).isEqualTo(6);

        // When
        register(4);
        finish();

        // Then
        assertThat(replicas("orders", 2)).isZero();
    }

    @Test
    void someBrokerMustBeLeftAndADrainIsOfOneBroker() {
        set(this::run, "1", MetadataImage.DRAIN, "true");
        set(this::run, "2", MetadataImage.DRAIN, "true");
        assertThat(set(this::run, "3", MetadataImage.DRAIN, "true").message()).contains("no broker would be left");
        assertThat(set(this::run, "", MetadataImage.DRAIN, "true").message()).contains("single brokers only");
        assertThat(image.draining()).containsExactly(1, 2);
    }

    @Test
    void handMadeAssignmentsStayUntilSomebodyAsks() {
        // Given
        create("orders", 6, 1);
        for (int p = 0; p < 6; p++) {
            run(new ControllerRequest.AlterReassignments(
                    List.of(new ReassignmentChange("orders", p, List.of(1))), false));
        }
        reportAll();
        finish();
        assertThat(replicas("orders", 1)).isEqualTo(6);

        // When
        set(this::run, "", MetadataImage.REBALANCE, "true");
        finish();

        // Then
        assertThat(replicas("orders", 1)).isEqualTo(2);
        assertThat(image.isRebalancing()).isFalse();
    }

    @Test
    void nothingGoesToABrokerThatIsNotThere() {
        // Given
        create("orders", 12, 2);
        register(4);
        live.remove(Integer.valueOf(4));

        // When
        finish();

        // Then
        assertThat(replicas("orders", 4)).isZero();
    }

    @Test
    void theFirstBrokersOfAClusterAreNoReasonToMoveAnything() {
        assertThat(image.isRebalancing()).isFalse();
    }

    @Test
    void theBrokersOwnTopicsGetTheReplicasThatTheyWereMadeWithout() {
        // Given a cluster that was one broker when its offsets topic was made
        image = ClusterImage.EMPTY;
        live.clear();
        run(new ControllerRequest.Bootstrap("c", 64, List.of(1)));
        register(1);
        run(new ControllerRequest.CreateInternalTopic(InternalTopic.CONSUMER_OFFSETS));
        create("orders", 6, 1);
        assertThat(of("__consumer_offsets")).allMatch(replicas -> replicas.size() == 1);

        // When a second broker joins, and a third
        register(2);
        finish();
        assertThat(of("__consumer_offsets")).allMatch(replicas -> replicas.size() == 2);
        register(3);
        finish();

        // Then
        assertThat(of("__consumer_offsets")).allMatch(replicas -> replicas.size() == 3);
        assertThat(of("orders")).allMatch(replicas -> replicas.size() == 1);
        int partitions = (int) of("__consumer_offsets").count();
        for (int broker = 1; broker <= 3; broker++) {
            assertThat(leads("__consumer_offsets", broker)).isBetween(partitions / 3, partitions / 3 + 1);
        }
        assertThat(image.isRebalancing()).isFalse();
        assertThat(finish()).as("moved afterwards").isZero();
    }

    private int finish() {
        int moved = 0;
        for (int i = 0; i < 500; i++) {
            int before = changing();
            balance();
            moved += changing() - before;
            reportAll();
        }
        assertThat(changing()).isZero();
        return moved;
    }

    private void balance() {
        run(new ControllerRequest.ContinueBalancing(live));
    }

    private void reportAll() {
        List<ControllerRequest.ReplicaReport> reports = new ArrayList<>();
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                reports.add(new ControllerRequest.ReplicaReport(
                        topic.id(), partition.partition(), partition.version(), live));
            }
        }
        run(new ControllerRequest.ReportReplicas(reports));
    }

    private int changing() {
        return (int) image.topics().values().stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(PartitionInfo::isChanging)
                .count();
    }

    private Stream<List<Integer>> of(String topic) {
        return image.topic(topic).orElseThrow().partitions().stream().map(PartitionInfo::replicas);
    }

    private int replicas(String topic, int broker) {
        return (int) of(topic).filter(replicas -> replicas.contains(broker)).count();
    }

    private int leads(String topic, int broker) {
        return (int) of(topic).filter(replicas -> replicas.get(0) == broker).count();
    }

    private void register(int broker) {
        run(new ControllerRequest.RegisterBroker(broker, "h" + broker, 9092, null, new UUID(0, broker)));
        live.add(broker);
    }

    private void create(String topic, int partitions, int replicas) {
        run(new ControllerRequest.CreateTopics(
                List.of(new NewTopic(topic, partitions, (short) replicas, List.of(), Map.of())), false));
    }

    private <R> R run(ControllerRequest<R> request) {
        Decision<R> decision = core.decide(image, request, Placement.brokers(image));
        image = image.with(
                decision.records(), image.offset() + decision.records().size());
        return decision.answer();
    }
}
