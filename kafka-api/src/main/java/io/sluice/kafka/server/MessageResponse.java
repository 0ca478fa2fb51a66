/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.Response;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.kafka.wire.WireWriter;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.MessageSizeAccumulator;
import org.apache.kafka.common.protocol.ObjectSerializationCache;

/**
 * A response made of a generated message class, written into one buffer of exactly its size.
 *
 * <pre>
 *  int32 length | int32 correlation id | [ tagged fields: 0x00, header version 1 only ] | message
 * </pre>
 */
record MessageResponse(int correlationId, short headerVersion, short version, ApiMessage message) implements Response {
    @Override
    public void writeTo(ResponseOutput output) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        MessageSizeAccumulator size = new MessageSizeAccumulator();
        message.addSize(size, cache, version);
        int headerBytes = Integer.BYTES + (headerVersion >= 1 ? 1 : 0);
        ByteBuf buffer = output.allocate(Integer.BYTES + headerBytes + size.totalSize());
        try {
            buffer.writeInt(headerBytes + size.totalSize());
            buffer.writeInt(correlationId);
            if (headerVersion >= 1) {
                buffer.writeByte(0);
            }
            message.write(new WireWriter(buffer), cache, version);
        } catch (RuntimeException e) {
            buffer.release();
            throw e;
        }
        output.write(buffer);
    }
}
