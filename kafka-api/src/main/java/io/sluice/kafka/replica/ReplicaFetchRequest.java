/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaMessageCodec;
import io.sluice.actors.replication.ReplicaMessageFormatException;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.kafka.wire.WireWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What the replicas of one broker would like to have from another: the fetches that are new. Those of earlier requests of the same
 * connection stand until they are answered, superseded by a new one of their partition, or cancelled.
 *
 * <pre>
 *  int32 length | int16 api key = 10001 | int16 version = 0 | int32 correlation id | int16 client id length = -1
 *  string cluster id | int32 broker id of the sender | int32 broker id of the receiver
 *  int32 max wait ms | int32 max bytes of the response | int32 max bytes of a partition
 *  int32 count | { int64 int64 topic id | int32 partition | {@link ReplicaMessageCodec fetch} } ...
 *  int32 count | { int64 int64 topic id | int32 partition } ...                                   cancelled
 * </pre>
 *
 * @param clusterId the receiver refuses what is not for its own cluster; empty if the sender does not know it yet
 * @param from broker id of the sender
 * @param to broker id of the receiver: an address may have passed to another broker
 * @param maxWaitMs when to answer without having an answer to a fetch
 */
record ReplicaFetchRequest(
        String clusterId,
        int from,
        int to,
        int maxWaitMs,
        int maxBytes,
        int partitionMaxBytes,
        List<Entry> fetches,
        List<ReplicaKey> cancelled) {

    /** Beyond Kafka's numbers, which are below 100. */
    static final short KEY = 10_001;

    static final short VERSION = 0;

    private static final int KEY_BYTES = 2 * Long.BYTES + Integer.BYTES;
    private static final int ENTRY_BYTES = KEY_BYTES + ReplicaMessageCodec.FETCH_BYTES;
    private static final int HEADER_BYTES = 2 + 2 + 4 + 2;

    /** A partition and its fetch. */
    record Entry(ReplicaKey key, ReplicaMessage.Fetch fetch) {}

    /** Bytes of the whole request, with its length. */
    int sizeInBytes() {
        return Integer.BYTES
                + HEADER_BYTES
                + WireWriter.sizeOfString(clusterId, false)
                + 5 * Integer.BYTES
                + 2 * Integer.BYTES
                + fetches.size() * ENTRY_BYTES
                + cancelled.size() * KEY_BYTES;
    }

    void write(ByteBuf out, int correlationId) {
        out.writeInt(sizeInBytes() - Integer.BYTES);
        out.writeShort(KEY);
        out.writeShort(VERSION);
        out.writeInt(correlationId);
        out.writeShort(-1);
        WireWriter.writeString(out, clusterId, false);
        out.writeInt(from);
        out.writeInt(to);
        out.writeInt(maxWaitMs);
        out.writeInt(maxBytes);
        out.writeInt(partitionMaxBytes);
        out.writeInt(fetches.size());
        for (Entry entry : fetches) {
            writeKey(out, entry.key());
            writeMessage(out, entry.fetch());
        }
        out.writeInt(cancelled.size());
        for (ReplicaKey key : cancelled) {
            writeKey(out, key);
        }
    }

    static void writeKey(ByteBuf out, ReplicaKey key) {
        out.writeLong(key.topicId().getMostSignificantBits());
        out.writeLong(key.topicId().getLeastSignificantBits());
        out.writeInt(key.partition());
    }

    /** The buffer has room for it. */
    static void writeMessage(ByteBuf out, ReplicaMessage message) {
        int size = ReplicaMessageCodec.size(message);
        ReplicaMessageCodec.write(message, out.internalNioBuffer(out.writerIndex(), size));
        out.writerIndex(out.writerIndex() + size);
    }

    /**
     * Reads what follows the header.
     *
     * @throws MalformedRequestException unless it is exactly one request
     */
    static ReplicaFetchRequest read(ByteBuf frame) {
        WireReader in = new WireReader(frame);
        String clusterId = in.readNullableString(false);
        int from = in.readInt();
        int to = in.readInt();
        int maxWaitMs = in.readInt();
        int maxBytes = in.readInt();
        int partitionMaxBytes = in.readInt();
        if (clusterId == null || maxWaitMs < 0 || maxBytes < 0 || partitionMaxBytes < 0) {
            throw new MalformedRequestException("a fetch of replicas with cluster id " + clusterId + ", max wait "
                    + maxWaitMs + " ms, max bytes " + maxBytes + " and " + partitionMaxBytes);
        }
        int count = readCount(in, ENTRY_BYTES);
        List<Entry> fetches = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fetches.add(new Entry(readKey(in), readFetch(in)));
        }
        int cancelledCount = readCount(in, KEY_BYTES);
        List<ReplicaKey> cancelled = new ArrayList<>(cancelledCount);
        for (int i = 0; i < cancelledCount; i++) {
            cancelled.add(readKey(in));
        }
        if (frame.isReadable()) {
            throw new MalformedRequestException(frame.readableBytes() + " bytes too many: "
                    + ByteBufUtil.hexDump(frame, frame.readerIndex(), Math.min(16, frame.readableBytes())));
        }
        return new ReplicaFetchRequest(clusterId, from, to, maxWaitMs, maxBytes, partitionMaxBytes, fetches, cancelled);
    }

    static int readCount(WireReader in, int elementBytes) {
        int count = in.readArrayLength(false);
        if (count < 0 || (long) count * elementBytes > in.buffer().readableBytes()) {
            throw new MalformedRequestException("an array of " + count + " elements of " + elementBytes
                    + " bytes where " + in.buffer().readableBytes() + " bytes are left");
        }
        return count;
    }

    static ReplicaKey readKey(WireReader in) {
        return new ReplicaKey(new UUID(in.readLong(), in.readLong()), in.readInt());
    }

    private static ReplicaMessage.Fetch readFetch(WireReader in) {
        ReplicaMessage message = readMessage(in.buffer());
        if (message instanceof ReplicaMessage.Fetch fetch) {
            return fetch;
        }
        throw new MalformedRequestException(
                "a " + message.getClass().getSimpleName() + " where a fetch of a replica is due");
    }

    static ReplicaMessage readMessage(ByteBuf in) {
        ByteBuffer bytes =
                in.internalNioBuffer(in.readerIndex(), Math.min(in.readableBytes(), ReplicaMessageCodec.BYTES_MAX));
        int start = bytes.position();
        try {
            ReplicaMessage message = ReplicaMessageCodec.read(bytes);
            in.skipBytes(bytes.position() - start);
            return message;
        } catch (ReplicaMessageFormatException e) {
            throw new MalformedRequestException(e.getMessage());
        }
    }
}
