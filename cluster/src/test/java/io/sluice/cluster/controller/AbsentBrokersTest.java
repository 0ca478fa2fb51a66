/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** New partitions are put on brokers that are there, as long as there are enough of them. */
class AbsentBrokersTest {
    private static final Set<Integer> WITHOUT_2 = Set.of(1, 3);

    private final ControllerCore core =
            new ControllerCore(new ControllerCoreTest.Rules(), new PartitionLimits(1_000, 2_000), () -> new UUID(0, 7));
    private ClusterImage image = ClusterImage.EMPTY;

    @BeforeEach
    void threeBrokers() {
        run(new ControllerRequest.Bootstrap("c", 6, List.of(1, 2, 3)), Set.of(1, 2, 3));
    }

    @Test
    void nothingIsPutOnABrokerThatIsAwayWhenOthersSuffice() {
        create(6, 1, WITHOUT_2);
        create(6, 2, WITHOUT_2);

        assertThat(brokers("t1")).doesNotContain(2).contains(1, 3);
        assertThat(brokers("t2")).doesNotContain(2);
    }

    @Test
    void aTopicThatNeedsEveryBrokerHasThemInTheUsualOrder() {
        create(6, 3, WITHOUT_2);

        assertThat(partitions("t3").stream().map(each -> each.replicas().get(0)))
                .as("who leads when all are back")
                .contains(1, 2, 3);
    }

    @Test
    void partitionsThatAreAddedAreNotPutOnABrokerThatIsAway() {
        create(1, 1, Set.of(1, 2, 3));

        run(new ControllerRequest.CreatePartitions(List.of(new NewPartitions("t1", 7, List.of())), false), WITHOUT_2);

        assertThat(partitions("t1").stream().skip(1).flatMap(each -> each.replicas().stream()))
                .hasSize(6)
                .doesNotContain(2);
    }

    private void create(int partitions, int replicas, Set<Integer> live) {
        NewTopic topic = new NewTopic("t" + replicas, partitions, (short) replicas, List.of(), Map.of());
        run(new ControllerRequest.CreateTopics(List.of(topic), false), live);
    }

    private List<PartitionInfo> partitions(String topic) {
        return image.topic(topic).orElseThrow().partitions();
    }

    private List<Integer> brokers(String topic) {
        return partitions(topic).stream()
                .flatMap(each -> each.replicas().stream())
                .toList();
    }

    private <R> void run(ControllerRequest<R> request, Set<Integer> live) {
        Decision<R> decision = core.decide(image, request, live);
        image = image.with(
                decision.records(), image.offset() + decision.records().size());
    }
}
