/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.testing;

import io.sluice.actors.partition.AppendReply;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.InSync;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** A partition over one temporary file, with a thread of its own. Batches are taken as they are, checks are left to the log's own tests. */
public final class FakePartition implements PartitionHandle, AutoCloseable {
    private static final int BATCH_OVERHEAD = 12;

    private final TopicPartition partition;
    private final Path path;
    private final FileChannel file;
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private final Map<DataWaiter, Long> waiters = new HashMap<>();

    /** Calls of {@code await}, {@code cancel} and {@code append}: what a partition's mailbox would get. */
    public final AtomicInteger messages = new AtomicInteger();

    /** Slices given out and not released. */
    public final AtomicInteger openSlices = new AtomicInteger();

    public volatile int leaderEpoch = 0;

    /** Where that epoch began; -1 if nothing was before it. */
    public volatile long epochStart = -1;

    /** False where it follows. */
    public volatile boolean leads = true;

    /** What its replicas say when they are asked whether it still leads; null for nothing. */
    public volatile Boolean standing = true;

    /** What is known of followers: up to where each has fetched. */
    public final Map<Integer, Long> followers = new ConcurrentHashMap<>();

    /** Most that is committed. */
    public volatile long committedMax = Long.MAX_VALUE;

    /** Answers every append if not null. */
    public volatile AppendResult answer;

    /** Keeps appends from being answered while true. */
    public volatile boolean stalled;

    private volatile View view = new View(List.of(), 0);
    private final List<Runnable> stalledReplies = new ArrayList<>();

    public FakePartition(TopicPartition partition) {
        this.partition = partition;
        try {
            path = Files.createTempFile("fake-partition", ".log");
            file = FileChannel.open(path, StandardOpenOption.READ, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private record Batch(long baseOffset, long lastOffset, long position, int length, long maxTimestampMs) {}

    @Override
    public TopicPartition partition() {
        return partition;
    }

    @Override
    public int leaderEpoch() {
        return leaderEpoch;
    }

    @Override
    public boolean leads() {
        return leads;
    }

    @Override
    public InSync inSync() {
        return new InSync(0, List.copyOf(followers.keySet()));
    }

    @Override
    public long fetchedBy(int broker) {
        return followers.getOrDefault(broker, -1L);
    }

    @Override
    public LogView view() {
        return view;
    }

    @Override
    public void confirmLeads(Consumer<Boolean> reply) {
        Boolean answer = standing;
        if (answer != null) {
            thread.execute(() -> reply.accept(answer));
        }
    }

    @Override
    public void append(ByteBuffer batches, AppendOrigin origin, short acks, int timeoutMs, AppendReply reply) {
        messages.incrementAndGet();
        thread.execute(() -> {
            AppendResult result = answer != null ? answer : write(batches);
            Runnable send = () -> reply.onAppended(result);
            if (stalled) {
                stalledReplies.add(send);
            } else {
                send.run();
            }
        });
    }

    /** Appends, and waits until it is done. */
    public void appendNow(MemoryRecords records) {
        CompletableFuture<AppendResult> done = new CompletableFuture<>();
        ByteBuffer bytes = ByteBuffer.allocate(records.sizeInBytes());
        bytes.put(Batches.bytes(records)).flip();
        append(bytes, AppendOrigin.CLIENT, (short) 1, 1_000, done::complete);
        done.join();
    }

    /** Lets go of the replies that were held back. */
    public void resume() {
        stalled = false;
        thread.execute(() -> {
            stalledReplies.forEach(Runnable::run);
            stalledReplies.clear();
        });
    }

    private AppendResult write(ByteBuffer batches) {
        long offset = view.logEndOffset();
        long base = offset;
        List<Batch> all = new ArrayList<>(view.batches);
        long position = all.isEmpty()
                ? 0
                : all.get(all.size() - 1).position() + all.get(all.size() - 1).length();
        int at = batches.position();
        while (at < batches.limit()) {
            int length = batches.getInt(at + 8) + BATCH_OVERHEAD;
            int lastDelta = batches.getInt(at + 23);
            batches.putLong(at, offset);
            batches.putInt(at + 12, leaderEpoch);
            all.add(new Batch(offset, offset + lastDelta, position, length, batches.getLong(at + 35)));
            offset += lastDelta + 1;
            position += length;
            at += length;
        }
        try {
            ByteBuffer bytes = batches.duplicate();
            while (bytes.hasRemaining()) {
                file.write(bytes, position - bytes.remaining());
            }
        } catch (IOException e) {
            return new AppendResult.Rejected(ErrorCode.KAFKA_STORAGE_ERROR, e.toString());
        }
        view = new View(all, view.logStartOffset);
        wakeWaiters();
        return new AppendResult.Appended(base, offset - 1, -1, view.logStartOffset);
    }

    /** Calls all waiters, as a partition does that leads no longer. */
    public void stopLeading() {
        thread.execute(() -> {
            List<DataWaiter> all = new ArrayList<>(waiters.keySet());
            waiters.clear();
            all.forEach(waiter -> waiter.dataAvailable(partition));
        });
    }

    /** More is committed. */
    public void commit(long offset) {
        thread.execute(() -> {
            committedMax = offset;
            wakeWaiters();
        });
    }

    private void wakeWaiters() {
        long end = view.highWatermark();
        List<DataWaiter> due = new ArrayList<>();
        waiters.forEach((waiter, offset) -> {
            if (end > offset) {
                due.add(waiter);
            }
        });
        due.forEach(waiter -> {
            waiters.remove(waiter);
            waiter.dataAvailable(partition);
        });
    }

    @Override
    public void await(DataWaiter waiter, long offset, LogView.Bound bound) {
        messages.incrementAndGet();
        thread.execute(() -> {
            waiters.put(waiter, offset);
            wakeWaiters();
        });
    }

    @Override
    public void cancel(DataWaiter waiter) {
        messages.incrementAndGet();
        thread.execute(() -> waiters.remove(waiter));
    }

    @Override
    public void deleteRecords(long beforeOffset, DeleteRecordsReply reply) {
        thread.execute(() -> {
            long target = beforeOffset < 0 ? view.highWatermark() : beforeOffset;
            if (target > view.highWatermark()) {
                reply.onDeleted(ErrorCode.OFFSET_OUT_OF_RANGE, -1);
            } else {
                view = new View(view.batches, Math.max(target, view.logStartOffset));
                reply.onDeleted(ErrorCode.NONE, view.logStartOffset);
            }
        });
    }

    @Override
    public void describeProducers(Consumer<List<ProducerInfo>> reply) {
        thread.execute(() -> reply.accept(List.of(new ProducerInfo(7, 1, 41, 1_000, 0, -1))));
    }

    @Override
    public void close() throws IOException {
        thread.shutdownNow();
        file.close();
        Files.deleteIfExists(path);
    }

    private final class View implements LogView {
        private final List<Batch> batches;
        private final long logStartOffset;
        private final long end;

        View(List<Batch> batches, long logStartOffset) {
            this.batches = batches;
            this.logStartOffset = logStartOffset;
            this.end = batches.isEmpty() ? 0 : batches.get(batches.size() - 1).lastOffset() + 1;
        }

        @Override
        public long logStartOffset() {
            return logStartOffset;
        }

        @Override
        public long highWatermark() {
            return Math.min(end, committedMax);
        }

        @Override
        public long lastStableOffset() {
            return Math.min(end, committedMax);
        }

        @Override
        public long logEndOffset() {
            return end;
        }

        @Override
        public int lastEpoch() {
            return batches.isEmpty() ? -1 : leaderEpoch;
        }

        @Override
        public long sizeBytes() {
            return batches.stream().mapToLong(Batch::length).sum();
        }

        @Override
        public LogSlice read(long offset, int maxBytes, boolean atLeastOneBatch, Bound bound)
                throws OffsetOutOfRangeException {
            if (offset < logStartOffset || offset > end) {
                throw new OffsetOutOfRangeException("offset " + offset);
            }
            long position = -1;
            long length = 0;
            long base = offset;
            for (Batch batch : batches) {
                if (batch.lastOffset() < offset) {
                    continue;
                }
                if (position < 0) {
                    position = batch.position();
                    base = batch.baseOffset();
                    length = atLeastOneBatch ? Math.max(batch.length(), maxBytes) : maxBytes;
                }
            }
            long last = batches.isEmpty()
                    ? 0
                    : batches.get(batches.size() - 1).position()
                            + batches.get(batches.size() - 1).length();
            return new FakeSlice(
                    file,
                    Math.max(0, position),
                    (int) (position < 0 ? 0 : Math.min(length, last - position)),
                    base,
                    openSlices);
        }

        @Override
        public long bytesFrom(long offset, Bound bound) {
            return batches.stream()
                    .filter(batch -> batch.lastOffset() >= offset)
                    .mapToLong(Batch::length)
                    .sum();
        }

        @Override
        public TimestampedOffset offsetForTimestamp(long timestampMs, Bound bound) {
            return batches.stream()
                    .filter(batch -> batch.maxTimestampMs() >= timestampMs)
                    .findFirst()
                    .map(batch -> new TimestampedOffset(batch.maxTimestampMs(), batch.baseOffset(), leaderEpoch))
                    .orElse(null);
        }

        @Override
        public TimestampedOffset offsetOfMaxTimestamp(Bound bound) {
            Batch max = null;
            for (Batch batch : batches) {
                max = max == null || batch.maxTimestampMs() > max.maxTimestampMs() ? batch : max;
            }
            return max == null ? null : new TimestampedOffset(max.maxTimestampMs(), max.baseOffset(), leaderEpoch);
        }

        @Override
        public EpochEnd endOfEpoch(int epoch) {
            return epoch < leaderEpoch
                    ? new EpochEnd(epochStart < 0 ? -1 : epoch, epochStart)
                    : new EpochEnd(leaderEpoch, end);
        }

        @Override
        public int epochAt(long offset) {
            return leaderEpoch;
        }
    }
}
