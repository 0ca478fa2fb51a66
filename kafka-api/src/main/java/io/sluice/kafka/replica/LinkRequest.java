/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.sluice.cluster.Node;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.kafka.wire.WireWriter;
import io.sluice.log.ErrorCode;

/**
 * What every request between brokers begins with.
 *
 * <pre>
 *  int32 length | int16 api key | int16 version = 0 | int32 correlation id | int16 client id length = -1
 *  string cluster id | int32 broker id of the sender | int32 broker id of the receiver
 *  int32 max wait ms | int32 max bytes of the response
 * </pre>
 *
 * @param clusterId the receiver refuses what is not for its own cluster; empty if the sender does not know it yet
 * @param from broker id of the sender
 * @param to broker id of the receiver: an address may have passed to another broker
 * @param maxWaitMs when to answer without having an answer to a question
 */
record LinkRequest(String clusterId, int from, int to, int maxWaitMs, int maxBytes) {
    static final short VERSION = 0;

    private static final int HEADER_BYTES = 2 + 2 + 4 + 2;

    /** With the length and the header. */
    int sizeInBytes() {
        return Integer.BYTES + HEADER_BYTES + WireWriter.sizeOfString(clusterId, false) + 4 * Integer.BYTES;
    }

    /** @param requestBytes of the whole request, with its length */
    void write(ByteBuf out, short apiKey, int correlationId, int requestBytes) {
        out.writeInt(requestBytes - Integer.BYTES);
        out.writeShort(apiKey);
        out.writeShort(VERSION);
        out.writeInt(correlationId);
        out.writeShort(-1);
        WireWriter.writeString(out, clusterId, false);
        out.writeInt(from);
        out.writeInt(to);
        out.writeInt(maxWaitMs);
        out.writeInt(maxBytes);
    }

    /**
     * Reads what follows the header.
     *
     * @throws MalformedRequestException unless it is one
     */
    static LinkRequest read(WireReader in) {
        String clusterId = in.readNullableString(false);
        int from = in.readInt();
        int to = in.readInt();
        int maxWaitMs = in.readInt();
        int maxBytes = in.readInt();
        if (clusterId == null || maxWaitMs < 0 || maxBytes < 0) {
            throw new MalformedRequestException("a request of a broker with cluster id " + clusterId + ", max wait "
                    + maxWaitMs + " ms and max bytes " + maxBytes);
        }
        return new LinkRequest(clusterId, from, to, maxWaitMs, maxBytes);
    }

    /** The length of an array that is there. */
    static int readCount(WireReader in, int elementBytes) {
        int count = in.readArrayLength(false);
        if (count < 0 || (long) count * elementBytes > in.buffer().readableBytes()) {
            throw new MalformedRequestException("an array of " + count + " elements of " + elementBytes
                    + " bytes where " + in.buffer().readableBytes() + " bytes are left");
        }
        return count;
    }

    /** Nothing may be left. */
    static void readEnd(WireReader in) {
        ByteBuf left = in.buffer();
        if (left.isReadable()) {
            throw new MalformedRequestException(left.readableBytes() + " bytes too many: "
                    + ByteBufUtil.hexDump(left, left.readerIndex(), Math.min(16, left.readableBytes())));
        }
    }

    /** Why it is not for this node; {@code NONE} if it is. */
    ErrorCode refusal(Node node) {
        String own = node.metadata().clusterId();
        boolean bothKnow = own != null && !own.isEmpty() && !clusterId.isEmpty();
        if (bothKnow && !clusterId.equals(own)) {
            return ErrorCode.INCONSISTENT_CLUSTER_ID;
        }
        return to != node.id() || from == node.id() ? ErrorCode.BROKER_ID_NOT_REGISTERED : ErrorCode.NONE;
    }
}
