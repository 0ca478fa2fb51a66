/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription.core;

import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.RecordFilter;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionMeters;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A core over partitions that are lists of batches, with a subscriber that pulls when the test says so. */
final class CoreRig {
    static final String TOPIC = "t";

    /** One partition's log: batches one behind the other, by the offset that they begin at. */
    static final class FakeLog {
        final TreeMap<Long, DecodedBatch> batches = new TreeMap<>();
        long start;
        long end;

        /** Records with these sizes of value; the batch covers {@code covered} offsets more than it has records. */
        DecodedBatch append(int covered, int... valueBytes) {
            List<Record> records = new ArrayList<>();
            int bytes = 0;
            for (int i = 0; i < valueBytes.length; i++) {
                records.add(new Record(end + i, 0, null, ByteBuffer.allocate(valueBytes[i]), List.of()));
                bytes += valueBytes[i];
            }
            DecodedBatch batch = new DecodedBatch(end, end + valueBytes.length + covered, records, bytes);
            batches.put(end, batch);
            end = batch.nextOffset();
            return batch;
        }

        /** What a read brings: the batches from the one that holds the offset on, at least one. */
        List<DecodedBatch> read(long offset, int maxBytes) {
            List<DecodedBatch> read = new ArrayList<>();
            long bytes = 0;
            Long first = batches.floorKey(offset);
            if (first != null && offset < end) {
                for (DecodedBatch batch : batches.tailMap(first).values()) {
                    bytes += batch.sizeInBytes();
                    if (!read.isEmpty() && bytes > maxBytes) {
                        break;
                    }
                    read.add(batch);
                }
            }
            return read;
        }
    }

    final SubscriptionMeters meters = new SubscriptionMeters();
    final List<FakeLog> logs = new ArrayList<>();
    final Map<Integer, Long> moved = new HashMap<>();
    final SubscriptionCore core;

    CoreRig(int partitions, SlowReaderPolicy policy, int bufferBytes, RecordFilter filter) {
        this(partitions, new CoreSettings(policy, bufferBytes, Math.max(1, bufferBytes / 4), 4), filter);
    }

    CoreRig(int partitions, CoreSettings settings, RecordFilter filter) {
        List<PartitionName> names = new ArrayList<>();
        for (int i = 0; i < partitions; i++) {
            names.add(new PartitionName(TOPIC, i));
            logs.add(new FakeLog());
        }
        core = new SubscriptionCore(names, settings, filter, moved::put, meters);
    }

    /** All begin at their first record. */
    CoreRig placed() {
        for (int i = 0; i < logs.size(); i++) {
            core.placed(i, logs.get(i).start);
        }
        return this;
    }

    /** What the reader of a log would answer now. */
    void finish(ReadOrder order) {
        FakeLog log = logs.get(order.partition());
        if (order.offset() < log.start) {
            core.deleted(order, log.start);
        } else {
            List<DecodedBatch> read = log.read(order.offset(), order.maxBytes());
            core.readDone(
                    order, read, read.isEmpty() || read.get(read.size() - 1).nextOffset() == log.end);
        }
    }

    /** Begins and finishes all reads that may begin. */
    void readAll() {
        for (ReadOrder order = core.nextRead(); order != null; order = core.nextRead()) {
            finish(order);
        }
    }

    void dataAvailable() {
        for (int i = 0; i < logs.size(); i++) {
            if (logs.get(i).end > core.readAt(i)) {
                core.dataAvailable(i);
            }
        }
    }

    /** Pulls once. Null if nothing comes. */
    SubscriptionEvent pull() {
        core.pulled();
        SubscriptionEvent event = core.poll();
        if (event == null) {
            readAll();
            event = core.poll();
        }
        readAll();
        return event;
    }

    /** Pulls until nothing comes any more. */
    List<SubscriptionEvent> drain() {
        List<SubscriptionEvent> events = new ArrayList<>();
        for (SubscriptionEvent event = pull(); event != null; event = pull()) {
            events.add(event);
        }
        return events;
    }
}
