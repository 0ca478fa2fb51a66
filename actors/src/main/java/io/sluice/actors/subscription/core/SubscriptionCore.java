/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription.core;

import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.RecordFilter;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionException;
import io.sluice.actors.subscription.SubscriptionMeters;
import io.sluice.actors.subscription.core.PartitionQueue.Phase;
import io.sluice.log.batch.Record;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * One subscription: tells which reads to begin ({@link #nextRead}), takes what they bring, tells what to deliver ({@link #poll}).
 *
 * <p>Room: what waits and what is being read is at most {@code bufferBytes}; a batch that is larger is read when there is nothing else, and held alone. Who
 * is next to read and has no room holds up the others, so a partition with large batches is not starved by those with small ones.
 *
 * <p>Demand: a read is begun while a pull waits and there is nothing to deliver, and ahead of it for as many bytes as the buffer has, whether they match or not. Only live partitions of a
 * subscription that drops or closes are read without demand.
 *
 * <p>Slow readers: see {@link SlowReaderPolicy}; {@link #review} is the clock of that.
 *
 * <p>Partitions are named by their index. Not thread-safe.
 */
public final class SubscriptionCore {
    /** Is told where the subscriber is. */
    @FunctionalInterface
    public interface PositionListener {
        void moved(int partition, long nextOffset);
    }

    private final List<PartitionQueue> partitions = new ArrayList<>();
    private final CoreSettings settings;
    private final RecordFilter filter;
    private final PositionListener positions;
    private final SubscriptionMeters meters;
    private final Deque<PartitionQueue> ready = new ArrayDeque<>();
    private final Deque<PartitionQueue> deliverable = new ArrayDeque<>();
    private long buffered;
    private long reserved;
    private int reading;
    private boolean demand;
    private boolean full;

    /** Bytes read since the last pull that were not delivered. */
    private long scanned;

    public SubscriptionCore(
            List<PartitionName> names,
            CoreSettings settings,
            RecordFilter filter,
            PositionListener positions,
            SubscriptionMeters meters) {
        this.settings = settings;
        this.filter = filter;
        this.positions = positions;
        this.meters = meters;
        this.scanned = settings.bufferBytes();
        names.forEach(this::add);
    }

    /** One partition more. Returns its index. */
    public int add(PartitionName name) {
        PartitionQueue partition = new PartitionQueue(partitions.size(), name);
        partitions.add(partition);
        return partition.index;
    }

    /** Memory of what waits to be delivered. */
    public long bufferedBytes() {
        return buffered;
    }

    /** Nothing waits any more: the subscription has ended. */
    public void close() {
        partitions.forEach(partition -> count(-partition.bytes()));
    }

    // ---- positions

    /** Where a partition begins; of no effect if it was sought meanwhile. */
    public void placed(int index, long offset) {
        PartitionQueue partition = partitions.get(index);
        if (!partition.isPlaced()) {
            move(partition, offset);
        }
    }

    public boolean isPlaced(int index) {
        return partitions.get(index).isPlaced();
    }

    /** The next offset to read. */
    public long readAt(int index) {
        return partitions.get(index).readAt;
    }

    /** Goes on elsewhere. */
    public void seek(int index, long offset) {
        move(partitions.get(index), offset);
    }

    private void move(PartitionQueue partition, long offset) {
        count(-partition.bytes());
        partition.moveTo(offset);
        positions.moved(partition.index, offset);
        if (partition.phase == Phase.NEW || partition.phase == Phase.AT_END) {
            ready(partition);
        }
    }

    /** Delivers nothing of it, and gives its room to the others. */
    public void pause(int index) {
        PartitionQueue partition = partitions.get(index);
        if (partition.paused) {
            return;
        }
        partition.paused = true;
        if (partition.isPlaced()) {
            move(partition, partition.delivered());
        }
    }

    public void resume(int index) {
        PartitionQueue partition = partitions.get(index);
        partition.paused = false;
        if (partition.phase == Phase.READY) {
            ready(partition);
        }
    }

    // ---- reading

    /** The next read to begin; null if none may be begun now. */
    public ReadOrder nextRead() {
        if (reading == settings.maxReads() || (settings.policy() == SlowReaderPolicy.PAUSE && !isWanted())) {
            return null;
        }
        for (int left = ready.size(); left > 0; left--) {
            PartitionQueue partition = ready.pollFirst();
            if (partition.phase != Phase.READY || partition.paused) {
                partition.inReady = false;
            } else if (!partition.live && !isWanted()) {
                ready.addLast(partition);
            } else {
                int room = room(partition);
                if (room == 0) {
                    ready.addFirst(partition);
                    return null;
                }
                return order(partition, room);
            }
        }
        return null;
    }

    private boolean isWanted() {
        return (demand && deliverable.isEmpty()) || scanned < settings.bufferBytes();
    }

    private ReadOrder order(PartitionQueue partition, int room) {
        partition.inReady = false;
        partition.phase = Phase.READING;
        full = false;
        reading++;
        reserved += room;
        return new ReadOrder(partition.index, partition.readAt, room, partition.generation);
    }

    /** Bytes for the partition's next read; 0 if it has to wait. */
    private int room(PartitionQueue partition) {
        int wanted = Math.min(Math.max(settings.readBytes(), partition.batchBytes), settings.bufferBytes());
        if (partition.dropping) {
            makeRoom(wanted);
        }
        if (buffered + reserved + wanted <= settings.bufferBytes()) {
            return wanted;
        }
        if (buffered == 0 && reserved == 0) {
            return settings.bufferBytes();
        }
        if (partition.live && buffered > 0) {
            partition.lagging = true;
        }
        if (!full && buffered > 0) {
            full = true;
            meters.pauses.increment();
        }
        return 0;
    }

    /** Leaves out the oldest of live partitions, where most waits. */
    private void makeRoom(int wanted) {
        while (buffered + reserved + wanted > settings.bufferBytes()) {
            PartitionQueue largest = null;
            for (PartitionQueue partition : partitions) {
                if (partition.live && partition.bytes() > (largest == null ? 0 : largest.bytes())) {
                    largest = partition;
                }
            }
            if (largest == null) {
                return;
            }
            long before = largest.bytes();
            meters.dropped.add(largest.dropOldest());
            count(largest.bytes() - before);
        }
    }

    /** Whether the answer to a read is still wanted; if not, report it as done all the same. */
    public boolean isCurrent(ReadOrder order) {
        return partitions.get(order.partition()).generation == order.generation();
    }

    /**
     * What a read has brought. Batches for which there is no room are left out: they are read again.
     *
     * @param endReached there is nothing behind them yet
     * @return whether the partition is at the end: have it woken by {@link #dataAvailable}
     * @throws SubscriptionException if the filter fails
     */
    public boolean readDone(ReadOrder order, List<DecodedBatch> batches, boolean endReached) {
        PartitionQueue partition = finished(order);
        if (!isCurrent(order) || partition.paused) {
            ready(partition);
            return false;
        }
        boolean all = true;
        for (DecodedBatch batch : batches) {
            if (batch.nextOffset() > partition.readAt && !take(partition, batch)) {
                all = false;
                break;
            }
        }
        deliverable(partition);
        if (!all || !endReached) {
            ready(partition);
            return false;
        }
        partition.phase = Phase.AT_END;
        partition.live = true;
        partition.caughtUp();
        return true;
    }

    /** The read's offset is below the log's start. */
    public void deleted(ReadOrder order, long logStartOffset) {
        PartitionQueue partition = finished(order);
        if (isCurrent(order) && !partition.paused && logStartOffset > partition.readAt) {
            meters.deletedGaps.increment();
            partition.deleted(logStartOffset);
            deliverable(partition);
        }
        ready(partition);
    }

    /** Its reader can't read any more: nothing is read until another one is {@link #found}. */
    public void lost(ReadOrder order) {
        finished(order).phase = Phase.LOST;
    }

    /** The same, for a partition at its end. */
    public void lost(int index) {
        PartitionQueue partition = partitions.get(index);
        if (partition.phase == Phase.AT_END) {
            partition.phase = Phase.LOST;
        }
    }

    /** There is a reader again. */
    public void found(int index) {
        PartitionQueue partition = partitions.get(index);
        if (partition.phase == Phase.LOST) {
            ready(partition);
        }
    }

    /** Whether a partition waits at its end. */
    public boolean isAtEnd(int index) {
        return partitions.get(index).phase == Phase.AT_END;
    }

    /** There may be something behind the end. */
    public void dataAvailable(int index) {
        PartitionQueue partition = partitions.get(index);
        if (partition.phase == Phase.AT_END) {
            ready(partition);
        }
    }

    private PartitionQueue finished(ReadOrder order) {
        reading--;
        reserved -= order.maxBytes();
        return partitions.get(order.partition());
    }

    private void ready(PartitionQueue partition) {
        partition.phase = Phase.READY;
        if (!partition.inReady && !partition.paused) {
            partition.inReady = true;
            ready.addLast(partition);
        }
    }

    /** @return false if there is no room */
    private boolean take(PartitionQueue partition, DecodedBatch batch) {
        int size = batch.sizeInBytes();
        List<Record> matching = matching(partition, batch);
        if (matching.isEmpty()) {
            partition.progress(batch.nextOffset());
            scanned += size;
            return true;
        }
        partition.batchBytes = size;
        boolean alone = buffered == 0 && reserved == 0;
        if (!alone && buffered + reserved + size > settings.bufferBytes()) {
            return false;
        }
        PartitionName name = partition.name;
        boolean whole = matching == batch.records();
        partition.add(
                new SubscriptionEvent.Records(
                        name.topic(), name.partition(), matching, batch.nextOffset(), whole ? batch : null),
                size);
        count(size);
        scanned += size;
        return true;
    }

    /** Of the batch from {@code readAt} on; the batch's own list if that is all of it. */
    private List<Record> matching(PartitionQueue partition, DecodedBatch batch) {
        List<Record> records = batch.records();
        boolean fromItsStart = batch.fromOffset() >= partition.readAt
                || records.isEmpty()
                || records.get(0).offset() >= partition.readAt;
        if (filter == RecordFilter.ALL && fromItsStart) {
            return records;
        }
        List<Record> matching = new ArrayList<>();
        PartitionName name = partition.name;
        for (Record record : records) {
            if (record.offset() >= partition.readAt && matches(name, record)) {
                matching.add(record);
            }
        }
        return matching.size() == records.size() ? records : List.copyOf(matching);
    }

    private boolean matches(PartitionName name, Record record) {
        try {
            return filter.matches(name.topic(), name.partition(), record);
        } catch (RuntimeException failure) {
            throw new SubscriptionException(
                    SubscriptionException.Code.FILTER_FAILED,
                    "the filter failed at offset " + record.offset() + " of " + name + ": " + failure.getMessage(),
                    failure);
        }
    }

    // ---- delivering

    /** The subscriber wants one event more. */
    public void pulled() {
        demand = true;
        scanned = 0;
    }

    /** The event to deliver now, taking turns between partitions; null if there is none. Ends the demand if there is one. */
    public SubscriptionEvent poll() {
        while (!deliverable.isEmpty()) {
            PartitionQueue partition = deliverable.pollFirst();
            long before = partition.bytes();
            SubscriptionEvent event = partition.poll();
            if (event == null) {
                partition.inDeliverable = false;
                continue;
            }
            count(partition.bytes() - before);
            scanned = Math.max(0, scanned + partition.bytes() - before);
            demand = false;
            positions.moved(partition.index, partition.delivered());
            partition.inDeliverable = !partition.isEmpty();
            if (partition.inDeliverable) {
                deliverable.addLast(partition);
            }
            return event;
        }
        return null;
    }

    private void deliverable(PartitionQueue partition) {
        if (!partition.inDeliverable && !partition.isEmpty()) {
            partition.inDeliverable = true;
            deliverable.addLast(partition);
        }
    }

    private void count(long bytes) {
        buffered += bytes;
        meters.bufferedBytes.addAndGet(bytes);
    }

    // ---- slow readers

    /** Whether somebody may be slow: have {@link #review} called in a while. */
    public boolean needsReview() {
        return settings.policy() != SlowReaderPolicy.PAUSE
                && partitions.stream().anyMatch(partition -> partition.lagging && !partition.dropping);
    }

    /**
     * Who lags since the last review, and has not reached the end in between, is slow: the policy acts.
     *
     * @throws SubscriptionException if the policy is to close
     */
    public void review() {
        for (PartitionQueue partition : partitions) {
            if (!partition.lagging || !partition.laggedBefore) {
                partition.laggedBefore = partition.lagging;
            } else if (settings.policy() == SlowReaderPolicy.DROP) {
                partition.dropping = true;
            } else if (settings.policy() == SlowReaderPolicy.CLOSE) {
                meters.slowClosed.increment();
                throw new SubscriptionException(
                        SubscriptionException.Code.SLOW_READER,
                        "the subscriber does not keep up with " + partition.name + ": " + buffered
                                + " bytes wait for it (sluice.subscription.buffer.bytes)");
            }
        }
    }
}
