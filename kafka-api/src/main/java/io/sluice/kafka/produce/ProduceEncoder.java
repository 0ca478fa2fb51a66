/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.produce;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.CurrentLeaders;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.kafka.wire.WireWriter;
import io.sluice.log.AppendResult.RecordError;
import java.util.List;

/**
 * Writes a Produce response, versions 3 to 13, into one buffer of exactly its size.
 *
 * <pre>
 *  int32 length | int32 correlation id | tagged fields (9+)
 *  [ string name (3-12) or uuid topic id (13+)
 *    [ int32 index | int16 error | int64 base offset | int64 log append time | int64 log start offset (5+)
 *      | [ int32 record | nullable string message ] array (8+) | nullable string message (8+)
 *      | tagged fields (9+): 0 = current leader (10+) ]  array
 *    tagged fields (9+) ]                                array
 *  int32 throttle ms
 *  tagged fields (9+): 0 = node endpoints (10+)
 * </pre>
 */
final class ProduceEncoder {
    private static final short LOG_START = 5;
    private static final short RECORD_ERRORS = 8;
    static final short LEADERS = 10;
    private static final int THROTTLE_MS = 0;

    private final RequestContext context;
    private final List<ProduceCall.Topic> topics;
    private final CurrentLeaders leaders;
    private final short version;
    private final boolean flexible;

    ProduceEncoder(RequestContext context, List<ProduceCall.Topic> topics, CurrentLeaders leaders) {
        this.context = context;
        this.topics = topics;
        this.leaders = leaders;
        this.version = context.apiVersion();
        this.flexible = version >= ProduceDecoder.FLEXIBLE;
    }

    void writeTo(ResponseOutput output) {
        int size = size();
        ByteBuf out = output.allocate(Integer.BYTES + size);
        out.writeInt(size);
        out.writeInt(context.correlationId());
        writeNoTags(out);
        writeLength(out, topics.size());
        for (ProduceCall.Topic topic : topics) {
            if (version >= ProduceDecoder.TOPIC_IDS) {
                out.writeLong(topic.id().getMostSignificantBits());
                out.writeLong(topic.id().getLeastSignificantBits());
            } else {
                writeString(out, topic.name());
            }
            writeLength(out, topic.partitions().size());
            for (PartitionProduce partition : topic.partitions()) {
                write(out, partition);
            }
            writeNoTags(out);
        }
        out.writeInt(THROTTLE_MS);
        if (version >= LEADERS) {
            leaders.writeTagSection(out);
        } else {
            writeNoTags(out);
        }
        output.write(out);
    }

    private int size() {
        int size = Integer.BYTES + noTags() + lengthSize(topics.size()) + Integer.BYTES;
        for (ProduceCall.Topic topic : topics) {
            size += version >= ProduceDecoder.TOPIC_IDS ? 2 * Long.BYTES : stringSize(topic.name());
            size += lengthSize(topic.partitions().size()) + noTags();
            for (PartitionProduce partition : topic.partitions()) {
                size += size(partition);
            }
        }
        return size + (version >= LEADERS ? leaders.tagSectionSize() : noTags());
    }

    private int size(PartitionProduce partition) {
        int size = Integer.BYTES + Short.BYTES + 2 * Long.BYTES;
        if (version >= LOG_START) {
            size += Long.BYTES;
        }
        if (version >= RECORD_ERRORS) {
            size += lengthSize(partition.recordErrors.size()) + stringSize(partition.message);
            for (RecordError error : partition.recordErrors) {
                size += Integer.BYTES + stringSize(error.message()) + noTags();
            }
        }
        return size + noTags() + (namesLeader(partition) ? CurrentLeaders.leaderFieldSize() : 0);
    }

    private boolean namesLeader(PartitionProduce partition) {
        return version >= LEADERS && partition.newLeader != null;
    }

    private void write(ByteBuf out, PartitionProduce partition) {
        out.writeInt(partition.index);
        out.writeShort(partition.error.code());
        out.writeLong(partition.baseOffset);
        out.writeLong(partition.logAppendTimeMs);
        if (version >= LOG_START) {
            out.writeLong(partition.logStartOffset);
        }
        if (version >= RECORD_ERRORS) {
            writeLength(out, partition.recordErrors.size());
            for (RecordError error : partition.recordErrors) {
                out.writeInt(error.index());
                writeString(out, error.message());
                writeNoTags(out);
            }
            writeString(out, partition.message);
        }
        if (namesLeader(partition)) {
            out.writeByte(1);
            CurrentLeaders.writeLeaderField(out, 0, partition.newLeader);
        } else {
            writeNoTags(out);
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

    private int stringSize(String text) {
        return WireWriter.sizeOfString(text, flexible);
    }

    private void writeString(ByteBuf out, String text) {
        WireWriter.writeString(out, text, flexible);
    }
}
