/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.Response;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.kafka.api.SliceWriter;
import io.sluice.log.ErrorCode;
import java.util.List;

/**
 * Answers to questions about logs, those that there are.
 *
 * <pre>
 *  int32 length | int32 correlation id
 *  int16 error | int32 count | { {@link LogReadPart answer} } ...
 * </pre>
 *
 * Records are batches as they lie in the log; the last one may be cut short. With an error there is nothing else: {@code INCONSISTENT_CLUSTER_ID}, or
 * {@code BROKER_ID_NOT_REGISTERED} where the request was meant for another broker.
 */
final class LogReadResponse implements Response {
    private final int correlationId;
    private final ErrorCode error;
    private final List<LogReadPart> parts;
    private final ServedReadMetrics metrics;

    LogReadResponse(int correlationId, ErrorCode error, List<LogReadPart> parts, ServedReadMetrics metrics) {
        this.correlationId = correlationId;
        this.error = error;
        this.parts = parts;
        this.metrics = metrics;
    }

    @Override
    public void writeTo(ResponseOutput output) {
        int withoutRecords = Integer.BYTES + Short.BYTES + Integer.BYTES + parts.size() * LogReadPart.BYTES;
        long records = 0;
        long inline = 0;
        for (LogReadPart part : parts) {
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
        for (LogReadPart part : parts) {
            part.write(out);
            if (part.slice() != null) {
                writer.slice(part.slice());
            }
        }
    }

    private void releaseFrom(int taken) {
        int index = 0;
        for (LogReadPart part : parts) {
            if (part.slice() != null && index++ >= taken) {
                part.release();
            }
        }
    }

    @Override
    public void discard() {
        parts.forEach(LogReadPart::release);
    }
}
