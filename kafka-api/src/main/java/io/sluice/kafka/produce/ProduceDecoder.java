/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.produce;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Reads a Produce request, versions 3 to 13, without touching its records.
 *
 * <pre>
 *  nullable string transactional id | int16 acks | int32 timeout ms
 *  [ string name (3-12) or uuid topic id (13+)
 *    [ int32 index | nullable bytes records | tagged fields (9+) ]  array
 *    tagged fields (9+) ]                                           array
 *  tagged fields (9+)
 * </pre>
 *
 * From version 9 on lengths are compact (varint of length + 1).
 */
final class ProduceDecoder {
    static final short FLEXIBLE = 9;
    static final short TOPIC_IDS = 13;

    private final WireReader reader;
    private final short version;
    private final boolean flexible;

    private ProduceDecoder(WireReader reader, short version) {
        this.reader = reader;
        this.version = version;
        this.flexible = version >= FLEXIBLE;
    }

    static ProduceRequest decode(ByteBuf frame, short version) {
        return new ProduceDecoder(new WireReader(frame), version).request();
    }

    private ProduceRequest request() {
        String transactionalId = reader.readNullableString(flexible);
        short acks = reader.readShort();
        int timeoutMs = reader.readInt();
        int count = arrayLength();
        List<ProduceRequest.Topic> topics = new ArrayList<>(Math.min(count, 1_024));
        for (int i = 0; i < count; i++) {
            topics.add(topic());
        }
        skipTags();
        return new ProduceRequest(transactionalId, acks, timeoutMs, topics);
    }

    private ProduceRequest.Topic topic() {
        String name = null;
        UUID id = null;
        if (version >= TOPIC_IDS) {
            id = new UUID(reader.readLong(), reader.readLong());
        } else {
            name = reader.readNullableString(flexible);
            if (name == null) {
                throw new MalformedRequestException("a topic without a name");
            }
        }
        int count = arrayLength();
        List<ProduceRequest.Partition> partitions = new ArrayList<>(Math.min(count, 1_024));
        for (int i = 0; i < count; i++) {
            partitions.add(partition());
        }
        skipTags();
        return new ProduceRequest.Topic(name, id, partitions);
    }

    private ProduceRequest.Partition partition() {
        int index = reader.readInt();
        ByteBuffer records = records();
        skipTags();
        return new ProduceRequest.Partition(index, records);
    }

    private ByteBuffer records() {
        int length = flexible ? reader.readUnsignedVarint() - 1 : reader.readInt();
        ByteBuf frame = reader.buffer();
        if (length < -1 || length > frame.readableBytes()) {
            throw new MalformedRequestException(
                    "records of " + length + " bytes where " + frame.readableBytes() + " are left");
        }
        if (length < 0) {
            return null;
        }
        ByteBuffer records = frame.nioBuffer(frame.readerIndex(), length);
        frame.skipBytes(length);
        return records;
    }

    private int arrayLength() {
        int length = reader.readArrayLength(flexible);
        if (length < 0) {
            throw new MalformedRequestException("an array that must not be null");
        }
        return length;
    }

    private void skipTags() {
        if (flexible) {
            reader.skipTaggedFields();
        }
    }
}
