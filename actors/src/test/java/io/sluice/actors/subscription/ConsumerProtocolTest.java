/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.group.Bytes;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.ConsumerPartitionAssignor;
import org.apache.kafka.clients.consumer.internals.ConsumerProtocol;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

/** Against Kafka's own classes: the members of a group may be of both kinds. */
class ConsumerProtocolTest {
    @Test
    void kafkasConsumersReadOurSubscription() {
        // When
        Bytes subscription = io.sluice.actors.subscription.ConsumerProtocol.subscription(List.of("orders", "other"));

        // Then
        assertThat(ConsumerProtocol.deserializeSubscription(ByteBuffer.wrap(subscription.array()))
                        .topics())
                .containsExactly("orders", "other");
    }

    @Test
    void subscriptionsOfEveryVersionAreRead() {
        for (short version = 0; version <= 3; version++) {
            // Given
            ByteBuffer theirs = ConsumerProtocol.serializeSubscription(
                    new ConsumerPartitionAssignor.Subscription(
                            List.of("orders", "other"),
                            ByteBuffer.wrap(new byte[] {1, 2}),
                            List.of(new TopicPartition("orders", 1))),
                    version);
            byte[] bytes = new byte[theirs.remaining()];
            theirs.get(bytes);

            // When, Then
            assertThat(io.sluice.actors.subscription.ConsumerProtocol.topics(Bytes.of(bytes)))
                    .as("version %s", version)
                    .isEqualTo(Set.of("orders", "other"));
        }
    }

    @Test
    void assignmentsGoBothWays() {
        // Given
        Map<String, List<Integer>> partitions = Map.of("orders", List.of(0, 2));

        // When
        Bytes ours = io.sluice.actors.subscription.ConsumerProtocol.assignment(partitions);
        ByteBuffer theirs = ConsumerProtocol.serializeAssignment(new ConsumerPartitionAssignor.Assignment(
                List.of(new TopicPartition("orders", 0), new TopicPartition("orders", 2))));
        byte[] bytes = new byte[theirs.remaining()];
        theirs.get(bytes);

        // Then
        assertThat(ConsumerProtocol.deserializeAssignment(ByteBuffer.wrap(ours.array()))
                        .partitions())
                .containsExactly(new TopicPartition("orders", 0), new TopicPartition("orders", 2));
        assertThat(io.sluice.actors.subscription.ConsumerProtocol.assigned(Bytes.of(bytes)))
                .isEqualTo(partitions);
        assertThat(io.sluice.actors.subscription.ConsumerProtocol.assigned(Bytes.EMPTY))
                .isEmpty();
    }

    @Test
    void whatIsNoneIsRefused() {
        for (byte[] garbage : new byte[][] {{0}, {0, 0, 127, 127, 127, 127}, {0, 0, 0, 0, 0, 1, 0, 9, 'a', 'b'}}) {
            assertThatThrownBy(() -> io.sluice.actors.subscription.ConsumerProtocol.topics(Bytes.of(garbage)))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> io.sluice.actors.subscription.ConsumerProtocol.assigned(Bytes.of(garbage)))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }
}
