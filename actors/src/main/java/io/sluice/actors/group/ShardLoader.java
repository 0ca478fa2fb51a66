/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import io.sluice.actors.group.core.GroupShard;
import io.sluice.actors.group.record.GroupEvent;
import io.sluice.actors.group.record.GroupRecords;
import io.sluice.actors.group.record.MalformedRecordException;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.batch.Batch;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a partition's log into a shard. All that was in the log when loading began is read, and only what is committed: {@link #load} stops at the high
 * watermark, and goes on from there when it is called again. Blocks on the disk. This class is not thread-safe.
 */
final class ShardLoader {
    private static final Logger log = LoggerFactory.getLogger(ShardLoader.class);

    private final PartitionHandle partition;
    private final GroupShard shard;
    private final int bufferBytes;
    private final long beganMs;
    private final long end;
    private long offset;
    private long events;
    private long skipped;

    ShardLoader(PartitionHandle partition, GroupShard shard, int bufferBytes, long beganMs) {
        this.beganMs = beganMs;
        this.partition = partition;
        this.shard = shard;
        this.bufferBytes = bufferBytes;
        LogView view = partition.view();
        this.end = view.logEndOffset();
        this.offset = view.logStartOffset();
    }

    GroupShard shard() {
        return shard;
    }

    /** Where it goes on. */
    long offset() {
        return offset;
    }

    long beganMs() {
        return beganMs;
    }

    long events() {
        return events;
    }

    /** Reads as far as the high watermark. Answers whether everything is read. */
    boolean load() throws IOException {
        while (offset < end) {
            LogView view = partition.view();
            if (offset >= view.highWatermark()) {
                return false;
            }
            LogSlice slice = view.read(offset, bufferBytes, true, LogView.Bound.HIGH_WATERMARK);
            ByteBuffer batches;
            try {
                batches = slice.copy();
            } finally {
                slice.release();
            }
            replay(batches);
        }
        if (skipped > 0) {
            log.warn(
                    "Records of unknown kind or version skipped partition={} records={}",
                    partition.partition(),
                    skipped);
        }
        return true;
    }

    private void replay(ByteBuffer batches) throws IOException {
        long next = nextOffset(batches);
        if (next <= offset) {
            throw new IOException("No whole batch at offset " + offset + " of " + partition.partition());
        }
        for (Record each : Records.in(batches.duplicate())) {
            if (each.offset() >= offset) {
                replay(each);
            }
        }
        offset = next;
    }

    private void replay(Record each) {
        try {
            GroupEvent event = GroupRecords.read(each.key(), each.value());
            if (event == null) {
                skipped++;
            } else {
                shard.replay(event);
                events++;
            }
        } catch (MalformedRecordException malformed) {
            log.error(
                    "Malformed record skipped partition={} offset={}: {}",
                    partition.partition(),
                    each.offset(),
                    malformed.getMessage());
        }
    }

    /** The offset after the last whole batch; there may be none of its records left (compaction). */
    private long nextOffset(ByteBuffer batches) {
        long next = offset;
        for (Batch batch : Batch.in(batches)) {
            next = batch.lastOffset() + 1;
        }
        return next;
    }
}
