/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.Response;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.kafka.api.SliceWriter;
import io.sluice.log.ErrorCode;
import java.util.List;

/**
 * What another broker has asked for by a {@link BrokerLink}, those answers that there are.
 *
 * <pre>
 *  int32 length | int32 correlation id
 *  int16 error | int32 count | { {@link ServedPart answer to a fetch} or {@link LogReadPart to a question} } ...
 * </pre>
 *
 * Records are batches as they lie in the log; the last one may be cut short. With an error there is nothing else: {@code INCONSISTENT_CLUSTER_ID}, or
 * {@code BROKER_ID_NOT_REGISTERED} where the request was meant for another broker.
 */
final class LinkResponse implements Response {
    private final int correlationId;
    private final ErrorCode error;
    private final List<? extends LinkAnswer> answers;
    private final LinkMetrics metrics;

    LinkResponse(int correlationId, ErrorCode error, List<? extends LinkAnswer> answers, LinkMetrics metrics) {
        this.correlationId = correlationId;
        this.error = error;
        this.answers = answers;
        this.metrics = metrics;
    }

    @Override
    public void writeTo(ResponseOutput output) {
        long withoutRecords = Integer.BYTES + Short.BYTES + Integer.BYTES;
        long records = 0;
        long inline = 0;
        for (LinkAnswer answer : answers) {
            withoutRecords += answer.sizeInBytes() + Integer.BYTES;
            records += answer.length();
            inline += answer.slice() != null && SliceWriter.isInline(answer.slice()) ? answer.length() : 0;
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
        metrics.responses().increment();
        metrics.bytes().increment((double) records);
    }

    private void write(SliceWriter writer, int length) {
        ByteBuf out = writer.buffer();
        out.writeInt(length);
        out.writeInt(correlationId);
        out.writeShort(error.code());
        out.writeInt(answers.size());
        for (LinkAnswer answer : answers) {
            answer.write(out);
            out.writeInt(answer.length());
            if (answer.slice() != null) {
                writer.slice(answer.slice());
            }
        }
    }

    private void releaseFrom(int taken) {
        int index = 0;
        for (LinkAnswer answer : answers) {
            if (answer.slice() != null && index++ >= taken) {
                answer.release();
            }
        }
    }

    @Override
    public void discard() {
        answers.forEach(LinkAnswer::release);
    }
}
