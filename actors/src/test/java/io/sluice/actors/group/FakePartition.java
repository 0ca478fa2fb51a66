/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import io.sluice.actors.partition.AppendReply;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.batch.Batch;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;

/** A partition in memory whose commits and failures a test decides on. Thread-safe. */
final class FakePartition implements PartitionHandle {
    private final TopicPartition partition;
    private final List<ByteBuffer> batches = new ArrayList<>();
    private final Queue<Runnable> held = new ArrayDeque<>();
    private final Queue<ErrorCode> rejections = new ArrayDeque<>();
    private final Map<DataWaiter, Long> waiters = new HashMap<>();
    private long endOffset;
    private long highWatermark;
    private boolean hold;
    private ErrorCode rejection;
    private int appends;

    FakePartition(int partition) {
        this.partition = new TopicPartition(new UUID(1, 1), GroupCoordinators.TOPIC, partition);
    }

    /** Appends wait for {@link #release}. */
    synchronized void hold() {
        hold = true;
    }

    void release() {
        List<Runnable> replies;
        synchronized (this) {
            hold = false;
            replies = List.copyOf(held);
            held.clear();
        }
        replies.forEach(Runnable::run);
    }

    synchronized int held() {
        return held.size();
    }

    synchronized int appends() {
        return appends;
    }

    /** The next append goes wrong. */
    synchronized void rejectNext(ErrorCode error) {
        rejections.add(error);
    }

    /** All appends go wrong from now on; null: no longer. */
    synchronized void rejectAll(ErrorCode error) {
        rejection = error;
    }

    /** What is there is not committed any more, until {@link #commitAll}. */
    synchronized void uncommit() {
        highWatermark = 0;
    }

    void commitAll() {
        List<DataWaiter> woken;
        synchronized (this) {
            highWatermark = endOffset;
            woken = List.copyOf(waiters.keySet());
            waiters.clear();
        }
        woken.forEach(waiter -> waiter.dataAvailable(partition));
    }

    /** Adds a batch as it is, past the coordinator. */
    synchronized void add(ByteBuffer batch) {
        batch.putLong(batch.position(), endOffset);
        batches.add(batch.duplicate());
        for (Batch each : Batch.in(batch)) {
            endOffset = each.lastOffset() + 1;
        }
        highWatermark = endOffset;
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
    public void append(ByteBuffer batch, AppendOrigin origin, short acks, int timeoutMs, AppendReply reply) {
        Runnable answer;
        synchronized (this) {
            appends++;
            ErrorCode error = rejection == null ? rejections.poll() : rejection;
            if (error == null) {
                long first = endOffset;
                add(batch);
                long last = endOffset - 1;
                answer = () -> reply.onAppended(new AppendResult.Appended(first, last, -1, 0));
            } else {
                answer = () -> reply.onAppended(new AppendResult.Rejected(error, "the test wants it so"));
            }
            if (hold) {
                held.add(answer);
                return;
            }
        }
        answer.run();
    }

    @Override
    public void await(DataWaiter waiter, long offset, LogView.Bound bound) {
        synchronized (this) {
            if (highWatermark <= offset) {
                waiters.put(waiter, offset);
                return;
            }
        }
        waiter.dataAvailable(partition);
    }

    @Override
    public synchronized void cancel(DataWaiter waiter) {
        waiters.remove(waiter);
    }

    @Override
    public void deleteRecords(long beforeOffset, DeleteRecordsReply reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void describeProducers(java.util.function.Consumer<List<ProducerInfo>> reply) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void confirmLeads(java.util.function.Consumer<Boolean> reply) {
        reply.accept(true);
    }

    @Override
    public synchronized LogView view() {
        return new View(List.copyOf(batches), highWatermark, endOffset);
    }

    private record View(List<ByteBuffer> batches, long highWatermark, long logEndOffset) implements LogView {
        @Override
        public long logStartOffset() {
            return 0;
        }

        @Override
        public long lastStableOffset() {
            return highWatermark;
        }

        @Override
        public int lastEpoch() {
            return 1;
        }

        @Override
        public long sizeBytes() {
            return 0;
        }

        @Override
        public LogSlice read(long offset, int maxBytes, boolean atLeastOneBatch, Bound bound) {
            for (ByteBuffer batch : batches) {
                if (Batch.in(batch).get(0).lastOffset() >= offset) {
                    return new Slice(batch.duplicate());
                }
            }
            throw new IllegalStateException("nothing at " + offset);
        }

        @Override
        public long bytesFrom(long offset, Bound bound) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TimestampedOffset offsetForTimestamp(long timestampMs, Bound bound) {
            throw new UnsupportedOperationException();
        }

        @Override
        public TimestampedOffset offsetOfMaxTimestamp(Bound bound) {
            throw new UnsupportedOperationException();
        }

        @Override
        public EpochEnd endOfEpoch(int epoch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public int epochAt(long offset) {
            return 1;
        }
    }

    private record Slice(ByteBuffer bytes) implements LogSlice {
        @Override
        public FileChannel channel() {
            return null;
        }

        @Override
        public long position() {
            return 0;
        }

        @Override
        public int length() {
            return bytes.remaining();
        }

        @Override
        public long baseOffset() {
            return bytes.getLong(bytes.position());
        }

        @Override
        public ByteBuffer copy() {
            return bytes.duplicate();
        }

        @Override
        public void release() {}
    }
}
