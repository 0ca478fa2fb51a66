/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.cluster.metadata.Controller.ConfigChange;
import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.ConfigResult;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.cluster.metadata.Controller.ReassignmentChange;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataFormatException;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.log.ErrorCode;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ControllerCodecTest {
    private static final UUID ID = new UUID(3, 4);
    private static final TopicResult RESULT =
            new TopicResult("orders", ID, ErrorCode.NONE, null, 3, (short) 2, Map.of("a", "1"));
    private static final TopicResult FAILURE =
            new TopicResult(null, null, ErrorCode.UNKNOWN_TOPIC_ID, "no such topic", -1, (short) -1, Map.of());

    private static final List<ControllerRequest<?>> ALL = List.of(
            new ControllerRequest.Bootstrap("c", 64, List.of(1, 2, 3)),
            new ControllerRequest.RegisterBroker(2, "h", 9092, null, ID, new MetadataLevels(2, 5)),
            new ControllerRequest.CreateTopics(
                    List.of(
                            new NewTopic("orders", -1, (short) 3, List.of(), Map.of("retention.ms", "5")),
                            new NewTopic("other", -1, (short) -1, List.of(List.of(1, 2), List.of(2, 1)), Map.of())),
                    true),
            new ControllerRequest.CreateInternalTopic(InternalTopic.CONSUMER_OFFSETS),
            new ControllerRequest.CreatePartitions(List.of(new NewPartitions("orders", 5, List.of(List.of(3)))), false),
            new ControllerRequest.DeleteTopics(List.of(ID, new UUID(5, 6))),
            new ControllerRequest.AlterConfigs(
                    List.of(new ConfigChange(
                            ResourceType.BROKER,
                            "",
                            true,
                            List.of(
                                    new ConfigOp("k", Operation.DELETE, null),
                                    new ConfigOp("l", Operation.APPEND, "v")))),
                    true),
            new ControllerRequest.AllocateProducerIds(1000),
            new ControllerRequest.AlterReassignments(
                    List.of(
                            new ReassignmentChange("orders", 4, List.of(3, 1)),
                            new ReassignmentChange("orders", 5, List.of()),
                            new ReassignmentChange("other", 0, null)),
                    true),
            new ControllerRequest.ReportReplicas(List.of(new ControllerRequest.ReplicaReport(ID, 4, 7, List.of(1, 2)))),
            new ControllerRequest.UnregisterBroker(3),
            new ControllerRequest.ContinueBalancing(List.of(4, 5)),
            new ControllerRequest.DescribeQuorum(),
            new ControllerRequest.ConfirmSet(ID, 3, 4),
            new ControllerRequest.RaiseLevel((short) 3, true));

    @Test
    void everyRequestArrivesAsItWasSent() {
        for (ControllerRequest<?> request : ALL) {
            assertThat(ControllerCodec.decode(ControllerCodec.encode(request))).isEqualTo(request);
        }
        assertThat(ControllerRequest.class.getPermittedSubclasses())
                .as("kinds of requests")
                .hasSize(ALL.size());
    }

    @Test
    void everyRefusalArrivesAsItWasSent() {
        for (ControllerRequest<?> request : ALL) {
            refusalArrives(request);
        }
    }

    private static <R> void refusalArrives(ControllerRequest<R> request) {
        R answer = request.refused(ErrorCode.NOT_CONTROLLER, "moved");

        byte[] bytes = ControllerCodec.encodeAnswer(request, answer);

        assertThat(ControllerCodec.decodeAnswer(request, bytes)).isEqualTo(answer);
    }

    @Test
    void answersArriveAsTheyWereSent() {
        ControllerRequest.DeleteTopics delete = new ControllerRequest.DeleteTopics(List.of(ID));
        ControllerRequest.AlterConfigs alter = new ControllerRequest.AlterConfigs(List.of(), false);
        List<ConfigResult> altered =
                List.of(new ConfigResult(ResourceType.TOPIC, "orders", ErrorCode.INVALID_CONFIG, "why"));

        assertThat(ControllerCodec.decodeAnswer(delete, ControllerCodec.encodeAnswer(delete, List.of(RESULT, FAILURE))))
                .containsExactly(RESULT, FAILURE);
        assertThat(ControllerCodec.decodeAnswer(alter, ControllerCodec.encodeAnswer(alter, altered)))
                .isEqualTo(altered);
    }

    @Test
    void theStateOfTheQuorumArrivesAsItWasSent() {
        ControllerRequest.DescribeQuorum describe = new ControllerRequest.DescribeQuorum();
        ControllerRequest.QuorumState state = new ControllerRequest.QuorumState(
                ErrorCode.NONE,
                2,
                9,
                1L << 40,
                77,
                List.of(1, 2, 3),
                List.of(new ControllerRequest.QuorumState.Follower(4, 76)));

        assertThat(ControllerCodec.decodeAnswer(describe, ControllerCodec.encodeAnswer(describe, state)))
                .isEqualTo(state);
    }

    @Test
    void whatIsNotKnownOrTornIsRefused() {
        for (ControllerRequest<?> request : ALL) {
            byte[] bytes = ControllerCodec.encode(request);
            assertThatThrownBy(() -> ControllerCodec.decode(Arrays.copyOf(bytes, bytes.length - 1)))
                    .as(request.toString())
                    .isInstanceOf(MetadataFormatException.class);
            assertThatThrownBy(() -> ControllerCodec.decode(Arrays.copyOf(bytes, bytes.length + 1)))
                    .as(request.toString())
                    .isInstanceOf(MetadataFormatException.class);
        }
        assertThatThrownBy(() -> ControllerCodec.decode(new byte[] {99, 0}))
                .isInstanceOf(MetadataFormatException.class)
                .hasMessageContaining("99");
        assertThatThrownBy(() -> ControllerCodec.decode(new byte[] {1, 7}))
                .isInstanceOf(MetadataFormatException.class)
                .hasMessageContaining("version 7");
    }
}
