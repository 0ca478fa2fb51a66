/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription.core;

import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionEvent.GapReason;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One partition of a subscription: where it is, and what waits to be delivered.
 *
 * <pre>
 *          placed                order              end reached
 *   NEW -----------> READY ------------> READING -------------> AT_END
 *                    ^ ^ ^  more, or stale  |  \                  |  |
 *                    | | +------------------+   \ lost            |  | lost
 *                    | |        data available   \                |  |
 *                    | +-------------------------------------------+  |
 *                    |   found                     v                 |
 *                    +--------------------------- LOST <-------------+
 * </pre>
 *
 * <p>In each partition every offset is covered once by what is delivered: {@code delivered} is after the last of it, then comes the queue without a hole,
 * and {@code readAt} is after the last of the queue.
 *
 * <p>Not thread-safe.
 */
final class PartitionQueue {
    /** See the class. */
    enum Phase {
        NEW,
        READY,
        READING,
        AT_END,
        LOST
    }

    /** @param bytes of the batch that its records hold */
    private record Item(SubscriptionEvent event, int bytes) {}

    final int index;
    final PartitionName name;
    Phase phase = Phase.NEW;
    boolean paused;
    int generation;
    long readAt = -1;

    /** Size of the last batch: the next one is expected to be like it. */
    int batchBytes;

    /** It was at the end since it began, was sought or resumed. */
    boolean live;

    /** Live, and there was no room to read on since it was last at the end. */
    boolean lagging;

    /** It lagged already when that was looked at last. */
    boolean laggedBefore;

    /** Reads on to the end at the cost of what waits. */
    boolean dropping;

    /** Stands in the core's queue of partitions to read. */
    boolean inReady;

    /** Stands in the core's queue of partitions to deliver from. */
    boolean inDeliverable;

    private final Deque<Item> items = new ArrayDeque<>(2);
    private long delivered = -1;
    private long bytes;

    PartitionQueue(int index, PartitionName name) {
        this.index = index;
        this.name = name;
    }

    /** Where it goes on is known. */
    boolean isPlaced() {
        return delivered >= 0;
    }

    long delivered() {
        return delivered;
    }

    /** Of the batches whose records wait. */
    long bytes() {
        return bytes;
    }

    boolean isEmpty() {
        return items.isEmpty();
    }

    /** Goes on at an offset; throws away what waits. */
    void moveTo(long offset) {
        items.clear();
        bytes = 0;
        delivered = offset;
        readAt = offset;
        generation++;
        live = false;
        caughtUp();
    }

    /** At the end, or to be judged anew. */
    void caughtUp() {
        lagging = false;
        laggedBefore = false;
        dropping = false;
    }

    void add(SubscriptionEvent.Records records, int size) {
        items.addLast(new Item(records, size));
        bytes += size;
        readAt = records.nextOffset();
    }

    /** Nothing to deliver up to an offset. */
    void progress(long nextOffset) {
        Item last = items.peekLast();
        if (last != null && last.event() instanceof SubscriptionEvent.Progress) {
            items.pollLast();
        }
        items.addLast(new Item(new SubscriptionEvent.Progress(name.topic(), name.partition(), nextOffset), 0));
        readAt = nextOffset;
    }

    /** The offsets from {@code readAt} on are not there any more. */
    void deleted(long logStartOffset) {
        items.addLast(new Item(
                new SubscriptionEvent.Gap(name.topic(), name.partition(), readAt, logStartOffset, GapReason.DELETED),
                0));
        readAt = logStartOffset;
    }

    /** The next event; null if there is none. Moves {@link #delivered}. */
    SubscriptionEvent poll() {
        Item item = items.pollFirst();
        if (item == null) {
            return null;
        }
        bytes -= item.bytes();
        delivered = item.event().nextOffset();
        return item.event();
    }

    /**
     * Leaves out the oldest records that wait: a gap is in their place, one with the gap before them.
     *
     * @return the records left out; 0 if none waited
     */
    int dropOldest() {
        if (bytes == 0) {
            return 0;
        }
        Deque<Item> before = new ArrayDeque<>(3);
        while (!(items.getFirst().event() instanceof SubscriptionEvent.Records)) {
            before.addLast(items.pollFirst());
        }
        Item dropped = items.pollFirst();
        bytes -= dropped.bytes();
        long from = before.isEmpty() ? delivered : before.getLast().event().nextOffset();
        Deque<Item> kept = new ArrayDeque<>(3);
        for (Item item : before) {
            if (item.event() instanceof SubscriptionEvent.Gap gap && gap.reason() == GapReason.DROPPED) {
                from = gap.fromOffset();
                break;
            }
            kept.addLast(item);
        }
        items.addFirst(new Item(
                new SubscriptionEvent.Gap(
                        name.topic(), name.partition(), from, dropped.event().nextOffset(), GapReason.DROPPED),
                0));
        while (!kept.isEmpty()) {
            items.addFirst(kept.pollLast());
        }
        return ((SubscriptionEvent.Records) dropped.event()).records().size();
    }
}
