/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaMessageCodec;
import io.sluice.actors.replication.ReplicaMessageFormatException;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What the replicas of one broker would like to have from another: the fetches that are new. Those of earlier requests of the same
 * connection stand until they are answered, superseded by a new one of their partition, or cancelled.
 *
 * <pre>
 *  {@link LinkRequest} with api key = 10001
 *  int32 max bytes of a partition
 *  int32 count | { int64 int64 topic id | int32 partition | {@link ReplicaMessageCodec fetch} } ...
 *  int32 count | { int64 int64 topic id | int32 partition } ...                                   cancelled
 * </pre>
 */
record ReplicaFetchRequest(LinkRequest link, int partitionMaxBytes, List<Entry> fetches, List<ReplicaKey> cancelled)
        implements LinkTraffic.Request {
    /** Beyond Kafka's numbers, which are below 100. */
    static final short KEY = 10_001;

    /** A topic's id and a partition. */
    static final int KEY_BYTES = 2 * Long.BYTES + Integer.BYTES;

    private static final int ENTRY_BYTES = KEY_BYTES + ReplicaMessageCodec.FETCH_BYTES;

    /** A partition and its fetch. */
    record Entry(ReplicaKey key, ReplicaMessage.Fetch fetch) {}

    @Override
    public int sizeInBytes() {
        return link.sizeInBytes() + 3 * Integer.BYTES + fetches.size() * ENTRY_BYTES + cancelled.size() * KEY_BYTES;
    }

    @Override
    public void write(ByteBuf out, int correlationId) {
        link.write(out, KEY, correlationId, sizeInBytes());
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
        LinkRequest link = LinkRequest.read(in);
        int partitionMaxBytes = in.readInt();
        if (partitionMaxBytes < 0) {
            throw new MalformedRequestException(
                    "a fetch of replicas with max bytes " + partitionMaxBytes + " of a partition");
        }
        int count = LinkRequest.readCount(in, ENTRY_BYTES);
        List<Entry> fetches = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            fetches.add(new Entry(readKey(in), readFetch(in)));
        }
        int cancelledCount = LinkRequest.readCount(in, KEY_BYTES);
        List<ReplicaKey> cancelled = new ArrayList<>(cancelledCount);
        for (int i = 0; i < cancelledCount; i++) {
            cancelled.add(readKey(in));
        }
        LinkRequest.readEnd(in);
        return new ReplicaFetchRequest(link, partitionMaxBytes, fetches, cancelled);
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
