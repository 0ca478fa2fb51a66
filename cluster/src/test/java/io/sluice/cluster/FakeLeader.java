/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.partition.AppendReply;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.InSync;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.log.AppendOrigin;
import io.sluice.log.LogView;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;

/** The face of a partition that is led here: says what it knows of its replicas, and has no log. */
public final class FakeLeader implements PartitionHandle {
    private final TopicPartition partition;
    private volatile InSync inSync = InSync.UNKNOWN;

    public FakeLeader(UUID topicId, int partition) {
        this.partition = new TopicPartition(topicId, "topic", partition);
    }

    FakeLeader knows(int versionInForce, Integer... acknowledging) {
        inSync = new InSync(versionInForce, List.of(acknowledging));
        return this;
    }

    @Override
    public TopicPartition partition() {
        return partition;
    }

    @Override
    public int leaderEpoch() {
        return 1;
    }

    @Override
    public InSync inSync() {
        return inSync;
    }

    @Override
    public LogView view() {
        throw new AssertionError("nobody reads here");
    }

    @Override
    public void append(ByteBuffer batches, AppendOrigin origin, short acks, int timeoutMs, AppendReply reply) {
        throw new AssertionError("nobody writes here");
    }

    @Override
    public void await(DataWaiter waiter, long offset, LogView.Bound bound) {}

    @Override
    public void cancel(DataWaiter waiter) {}

    @Override
    public void deleteRecords(long beforeOffset, DeleteRecordsReply reply) {
        throw new AssertionError("nobody deletes here");
    }

    @Override
    public void confirmLeads(Consumer<Boolean> reply) {
        reply.accept(true);
    }

    @Override
    public void describeProducers(Consumer<List<ProducerInfo>> reply) {
        reply.accept(List.of());
    }
}
