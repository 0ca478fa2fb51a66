/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.TestInbox;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.TopicPartition;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Which replicas run on a node, and that all of them stop when it does. */
class LocalPartitionsTest {
    private static final UUID ORDERS = new UUID(0, 1);
    private static final UUID METADATA = new UUID(0, 2);

    private final LocalPartitions partitions = new LocalPartitions();

    @Test
    void aReplicaThatStartsWhileTheNodeStopsIsStoppedToo() {
        // Given
        TestInbox<PartitionCommand> before = TestInbox.create();
        TestInbox<PartitionCommand> after = TestInbox.create();
        partitions.started(ORDERS, 0, before.getRef());

        // When
        partitions.stopAll(METADATA);
        partitions.started(ORDERS, 1, after.getRef());

        // Then
        assertThat(before.getAllReceived()).isEqualTo(List.of(PartitionCommand.Stop.INSTANCE));
        assertThat(after.getAllReceived()).isEqualTo(List.of(PartitionCommand.Stop.INSTANCE));
        CompletableFuture<Void> none = partitions.noneLeft().toCompletableFuture();
        partitions.stopped(new TopicPartition(ORDERS, "orders", 0));
        assertThat(none).isNotDone();
        partitions.stopped(new TopicPartition(ORDERS, "orders", 1));
        assertThat(none).isDone();
    }
}
