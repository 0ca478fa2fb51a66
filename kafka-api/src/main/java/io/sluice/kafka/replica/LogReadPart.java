/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.actors.replication.RemoteLogs.Answer;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;

/**
 * The answer to one question about a log.
 *
 * <pre>
 *  int64 number | int16 error | int32 leader epoch
 *  int64 log start | int64 end of what may be read | int64 log end | int64 found, -1 = none | int32 length of records | records
 * </pre>
 *
 * @param slice the records
 */
record LogReadPart(long number, Answer answer, LogSlice slice) implements LinkAnswer {
    private static final int BYTES = 8 + 2 + 4 + 4 * 8;

    static LogReadPart failed(long number, ErrorCode error) {
        return new LogReadPart(number, Answer.failed(error), null);
    }

    /** What a leader's log has to say. */
    static LogReadPart of(
            long number, ErrorCode error, int epoch, LogView view, LogView.Bound bound, long found, LogSlice slice) {
        return new LogReadPart(
                number,
                new Answer(
                        error,
                        epoch,
                        view.logStartOffset(),
                        end(view, bound),
                        view.logEndOffset(),
                        found,
                        null,
                        () -> {}),
                slice);
    }

    /** Up to where a reader may read. */
    static long end(LogView view, LogView.Bound bound) {
        return bound == LogView.Bound.HIGH_WATERMARK ? view.highWatermark() : view.lastStableOffset();
    }

    @Override
    public int sizeInBytes() {
        return BYTES;
    }

    @Override
    public void write(ByteBuf out) {
        out.writeLong(number);
        out.writeShort(answer.error().code());
        out.writeInt(answer.leaderEpoch());
        out.writeLong(answer.logStartOffset());
        out.writeLong(answer.endOffset());
        out.writeLong(answer.logEndOffset());
        out.writeLong(answer.found());
    }

    /**
     * One that has come: its records are a part of the frame.
     *
     * @param recordsAt where they begin
     * @param recordsBytes 0 if there are none
     */
    record Received(long number, Answer answer, int recordsAt, int recordsBytes) {
        /** The answer with the records that are in the frame, which the caller keeps until {@code release} is run. */
        Answer withRecords(ByteBuf frame, Runnable release) {
            return new Answer(
                    answer.error(),
                    answer.leaderEpoch(),
                    answer.logStartOffset(),
                    answer.endOffset(),
                    answer.logEndOffset(),
                    answer.found(),
                    frame.nioBuffer(recordsAt, recordsBytes),
                    release);
        }

        /** @throws MalformedRequestException unless it is one */
        static Received read(WireReader in) {
            long number = in.readLong();
            ErrorCode error = ErrorCode.of(in.readShort());
            int epoch = in.readInt();
            long start = in.readLong();
            long end = in.readLong();
            long logEnd = in.readLong();
            long found = in.readLong();
            int bytes = LinkAnswer.skipRecords(in);
            int at = in.buffer().readerIndex() - bytes;
            return new Received(number, new Answer(error, epoch, start, end, logEnd, found, null, () -> {}), at, bytes);
        }
    }
}
