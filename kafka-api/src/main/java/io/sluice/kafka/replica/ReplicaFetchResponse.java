/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.actors.replication.ReplicaMessageCodec;
import io.sluice.kafka.api.Response;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.kafka.api.SliceWriter;
import io.sluice.log.ErrorCode;
import java.util.List;

/**
 * Answers to fetches of replicas, those that there are.
 *
 * <pre>
 *  int32 length | int32 correlation id
 *  int16 error | int32 count
 *  { int64 int64 topic id | int32 partition | {@link ReplicaMessageCodec answer} | int32 length of records | records } ...
 * </pre>
 *
 * Records are batches as they lie in the log, from the one that holds the answer's offset on; the last one may be cut short. With an error there
 * is nothing else: {@code INCONSISTENT_CLUSTER_ID}, or {@code BROKER_ID_NOT_REGISTERED} where the request was meant for another broker.
 */
final class ReplicaFetchResponse implements Response {
    /** Bytes of a part besides its answer and its records. */
    private static final int PART_BYTES = 2 * Long.BYTES + Integer.BYTES + Integer.BYTES;

    private final int correlationId;
    private final ErrorCode error;
    private final List<ServedPart> parts;
    private final ServedMetrics metrics;

    ReplicaFetchResponse(int correlationId, ErrorCode error, List<ServedPart> parts, ServedMetrics metrics) {
        this.correlationId = correlationId;
        this.error = error;
        this.parts = parts;
        this.metrics = metrics;
    }

    @Override
    public void writeTo(ResponseOutput output) {
        long withoutRecords = Integer.BYTES + Short.BYTES + Integer.BYTES;
        long records = 0;
        long inline = 0;
        for (ServedPart part : parts) {
            withoutRecords += PART_BYTES + ReplicaMessageCodec.size(part.answer());
            records += part.length();
            inline += part.slice() != null && SliceWriter.isInline(part.slice()) ? part.length() : 0;
        }
        SliceWriter writer = new SliceWriter(output, Math.toIntExact(Integer.BYTES + withoutRecords + inline));
        try {
            write(writer, Math.toIntExact(withoutRecords + records));
            writer.finish();
        } catch (RuntimeException e) {
            writer.abandon();
            releaseFrom(writer.taken());
            throw e;
        }
        metrics.responses.increment();
        metrics.bytes.increment((double) records);
    }

    private void write(SliceWriter writer, int length) {
        ByteBuf out = writer.buffer();
        out.writeInt(length);
        out.writeInt(correlationId);
        out.writeShort(error.code());
        out.writeInt(parts.size());
        for (ServedPart part : parts) {
            ReplicaFetchRequest.writeKey(out, part.key());
            ReplicaFetchRequest.writeMessage(out, part.answer());
            out.writeInt(part.length());
            if (part.slice() != null) {
                writer.slice(part.slice());
            }
        }
    }

    private void releaseFrom(int taken) {
        int index = 0;
        for (ServedPart part : parts) {
            if (part.slice() != null && index++ >= taken) {
                part.release();
            }
        }
    }

    @Override
    public void discard() {
        parts.forEach(ServedPart::release);
    }
}
