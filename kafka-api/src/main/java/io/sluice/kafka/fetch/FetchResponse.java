/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.CurrentLeaders;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.api.Response;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;

/**
 * A Fetch response. Everything but the records of large slices is written into one buffer; that buffer leaves in pieces, with the slices
 * between them as file regions. A small slice is read into the buffer: one write is cheaper than a write and a {@code sendfile}.
 */
final class FetchResponse implements Response {
    /** The largest slice that is copied. */
    static final int INLINE_BYTES_MAX = 16 << 10;

    private final RequestContext context;
    private final HandlerServices services;
    private final ErrorCode error;
    private final int sessionId;
    private final List<PartitionRead> reads;

    FetchResponse(RequestContext context, HandlerServices services, int sessionId, List<PartitionRead> reads) {
        this(context, services, ErrorCode.NONE, sessionId, reads);
    }

    FetchResponse(
            RequestContext context,
            HandlerServices services,
            ErrorCode error,
            int sessionId,
            List<PartitionRead> reads) {
        this.context = context;
        this.services = services;
        this.error = error;
        this.sessionId = sessionId;
        this.reads = reads;
    }

    @Override
    public void writeTo(ResponseOutput output) {
        CurrentLeaders leaders = new CurrentLeaders(services, context);
        for (PartitionRead read : reads) {
            if (read.newLeader() != null) {
                leaders.add(read.newLeader());
            }
        }
        FetchEncoder encoder = new FetchEncoder(context, error, sessionId, reads, leaders);
        Pieces pieces = new Pieces(output, encoder.bytesWithoutRegions());
        try {
            encoder.write(pieces.buffer, pieces);
            pieces.finish();
        } catch (RuntimeException e) {
            pieces.abandon();
            throw e;
        }
    }

    static boolean isInline(LogSlice slice) {
        return slice.length() <= INLINE_BYTES_MAX;
    }

    @Override
    public void discard() {
        reads.forEach(PartitionRead::release);
    }

    /** Sends the buffer in pieces with regions between them. */
    private final class Pieces implements FetchEncoder.Slices {
        private final ResponseOutput output;
        final ByteBuf buffer;
        private int sentUpTo;
        private int handedOver;

        Pieces(ResponseOutput output, int bytes) {
            this.output = output;
            this.buffer = output.allocate(bytes);
        }

        @Override
        public void next(LogSlice slice) {
            handedOver++;
            if (!isInline(slice)) {
                output.write(buffer.retainedSlice(sentUpTo, buffer.writerIndex() - sentUpTo));
                sentUpTo = buffer.writerIndex();
                output.write(new SliceRegion(slice));
                return;
            }
            try {
                copy(slice);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                slice.release();
            }
        }

        private void copy(LogSlice slice) throws IOException {
            int copied = 0;
            while (copied < slice.length()) {
                int n = buffer.writeBytes(slice.channel(), slice.position() + copied, slice.length() - copied);
                if (n < 0) {
                    throw new IOException("the file ends " + (slice.length() - copied) + " bytes too early");
                }
                copied += n;
            }
        }

        void finish() {
            if (sentUpTo == 0) {
                output.write(buffer);
            } else if (buffer.writerIndex() > sentUpTo) {
                output.write(buffer.slice(sentUpTo, buffer.writerIndex() - sentUpTo));
            } else {
                buffer.release();
            }
        }

        /** The response can't be finished: the connection closes. Slices that were not taken are released. */
        void abandon() {
            buffer.release();
            int index = 0;
            for (PartitionRead read : reads) {
                if (read.slice() != null && index++ >= handedOver) {
                    read.release();
                }
            }
        }
    }
}
