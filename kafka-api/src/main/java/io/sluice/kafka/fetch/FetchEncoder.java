/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.CurrentLeaders;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.api.SliceWriter;
import io.sluice.kafka.wire.WireWriter;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import java.util.List;
import java.util.UUID;

/**
 * Lays out a Fetch response, versions 4 to 18.
 *
 * <pre>
 *  int32 length | int32 correlation id | tagged fields (12+)
 *  int32 throttle ms | int16 error (7+) | int32 session id (7+)
 *  [ string topic (4-12) or uuid topic id (13+)
 *    [ int32 partition | int16 error | int64 high watermark | int64 last stable offset | int64 log start offset (5+)
 *      | nullable array of aborted transactions | int32 preferred replica (11+)
 *      | nullable bytes records
 *      | tagged fields (12+): 0 = diverging epoch, 1 = current leader ]  array
 *    tagged fields (12+) ]                                               array
 *  tagged fields (12+): 0 = node endpoints (16+)
 * </pre>
 */
final class FetchEncoder {
    private static final short LOG_START = 5;
    private static final short SESSIONS = 7;
    private static final short PREFERRED_REPLICA = 11;
    private static final short FLEXIBLE = 12;
    private static final short TOPIC_IDS = 13;
    private static final short ENDPOINTS = 16;
    private static final int THROTTLE_MS = 0;

    /** Value of the tagged field: int32 epoch, int64 offset, an empty tag section. */
    private static final int DIVERGING_BYTES = 4 + 8 + 1;

    /** Takes the records where they belong in the order of the bytes. */
    interface Slices {
        void next(LogSlice slice);
    }

    private final RequestContext context;
    private final ErrorCode error;
    private final int sessionId;
    private final List<PartitionRead> reads;
    private final CurrentLeaders leaders;
    private final short version;
    private final boolean flexible;
    private int topics;
    private long recordBytes;
    private long inlineBytes;
    private int bodySize;

    FetchEncoder(
            RequestContext context, ErrorCode error, int sessionId, List<PartitionRead> reads, CurrentLeaders leaders) {
        this.context = context;
        this.error = error;
        this.sessionId = sessionId;
        this.reads = reads;
        this.leaders = leaders;
        this.version = context.apiVersion();
        this.flexible = version >= FLEXIBLE;
    }

    /** Bytes of the whole response but for the slices that leave as file regions. To be called once, before {@link #write}. */
    int bytesWithoutRegions() {
        int size = Integer.BYTES + Integer.BYTES + noTags() + Integer.BYTES;
        if (version >= SESSIONS) {
            size += Short.BYTES + Integer.BYTES;
        }
        size += version >= ENDPOINTS ? leaders.tagSectionSize() : noTags();
        int from = 0;
        while (from < reads.size()) {
            int to = endOfTopic(from);
            topics++;
            size += topicSize(reads.get(from)) + lengthSize(to - from) + noTags();
            for (int i = from; i < to; i++) {
                size += partitionSize(reads.get(i));
            }
            from = to;
        }
        size += lengthSize(topics);
        bodySize = size - Integer.BYTES;
        return Math.toIntExact(size + inlineBytes);
    }

    /** The first read after {@code from} that is of another topic. */
    private int endOfTopic(int from) {
        Object topic = reads.get(from).partition().key.topic();
        int to = from + 1;
        while (to < reads.size() && reads.get(to).partition().key.topic().equals(topic)) {
            to++;
        }
        return to;
    }

    private int topicSize(PartitionRead read) {
        if (version >= TOPIC_IDS) {
            return 2 * Long.BYTES;
        }
        return WireWriter.sizeOfString((String) read.partition().key.topic(), flexible);
    }

    private int partitionSize(PartitionRead read) {
        int size = Integer.BYTES + Short.BYTES + 2 * Long.BYTES;
        if (version >= LOG_START) {
            size += Long.BYTES;
        }
        size += lengthSize(0);
        if (version >= PREFERRED_REPLICA) {
            size += Integer.BYTES;
        }
        size += lengthSize(read.length());
        recordBytes += read.length();
        if (read.slice() != null && SliceWriter.isInline(read.slice())) {
            inlineBytes += read.length();
        }
        if (flexible) {
            size += 1;
            size += read.diverging() == null ? 0 : 2 + DIVERGING_BYTES;
            size += read.newLeader() == null ? 0 : CurrentLeaders.leaderFieldSize();
        }
        return size;
    }

    void write(ByteBuf out, Slices slices) {
        out.writeInt(Math.toIntExact(bodySize + recordBytes));
        out.writeInt(context.correlationId());
        writeNoTags(out);
        out.writeInt(THROTTLE_MS);
        if (version >= SESSIONS) {
            out.writeShort(error.code());
            out.writeInt(sessionId);
        }
        writeLength(out, topics);
        int from = 0;
        while (from < reads.size()) {
            int to = endOfTopic(from);
            writeTopic(out, reads.get(from));
            writeLength(out, to - from);
            for (int i = from; i < to; i++) {
                writePartition(out, reads.get(i), slices);
            }
            writeNoTags(out);
            from = to;
        }
        if (version >= ENDPOINTS) {
            leaders.writeTagSection(out);
        } else {
            writeNoTags(out);
        }
    }

    private void writeTopic(ByteBuf out, PartitionRead read) {
        Object topic = read.partition().key.topic();
        if (version >= TOPIC_IDS) {
            UUID id = (UUID) topic;
            out.writeLong(id.getMostSignificantBits());
            out.writeLong(id.getLeastSignificantBits());
            return;
        }
        WireWriter.writeString(out, (String) topic, flexible);
    }

    private void writePartition(ByteBuf out, PartitionRead read, Slices slices) {
        out.writeInt(read.partition().key.partition());
        out.writeShort(read.error().code());
        out.writeLong(read.highWatermark());
        out.writeLong(read.lastStableOffset());
        if (version >= LOG_START) {
            out.writeLong(read.logStartOffset());
        }
        // No transactions yet: an empty list to those who read committed records only, null to the others.
        writeLength(out, read.lastStableOffset() >= 0 ? 0 : -1);
        if (version >= PREFERRED_REPLICA) {
            out.writeInt(read.preferredReplica());
        }
        writeLength(out, read.length());
        if (read.slice() != null) {
            slices.next(read.slice());
        }
        if (flexible) {
            writePartitionTags(out, read);
        }
    }

    private static void writePartitionTags(ByteBuf out, PartitionRead read) {
        out.writeByte((read.diverging() == null ? 0 : 1) + (read.newLeader() == null ? 0 : 1));
        if (read.diverging() != null) {
            out.writeByte(0);
            out.writeByte(DIVERGING_BYTES);
            out.writeInt(read.diverging().leaderEpoch());
            out.writeLong(read.diverging().endOffset());
            out.writeByte(0);
        }
        if (read.newLeader() != null) {
            CurrentLeaders.writeLeaderField(out, 1, read.newLeader());
        }
    }

    private int noTags() {
        return flexible ? 1 : 0;
    }

    private void writeNoTags(ByteBuf out) {
        if (flexible) {
            out.writeByte(0);
        }
    }

    private int lengthSize(int length) {
        return WireWriter.sizeOfLength(length, flexible);
    }

    private void writeLength(ByteBuf out, int length) {
        WireWriter.writeLength(out, length, flexible);
    }
}
