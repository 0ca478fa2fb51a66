/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.sluice.kafka.api.CurrentLeaders;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.api.Response;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.kafka.api.SliceWriter;
import io.sluice.log.ErrorCode;
import java.util.List;

/** A Fetch response. */
final class FetchResponse implements Response {
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
        SliceWriter writer = new SliceWriter(output, encoder.bytesWithoutRegions());
        try {
            encoder.write(writer.buffer(), writer::slice);
            writer.finish();
        } catch (RuntimeException e) {
            writer.abandon();
            releaseFrom(writer.taken());
            throw e;
        }
    }

    /** Slices that were not taken. */
    private void releaseFrom(int taken) {
        int index = 0;
        for (PartitionRead read : reads) {
            if (read.slice() != null && index++ >= taken) {
                read.release();
            }
        }
    }

    @Override
    public void discard() {
        reads.forEach(PartitionRead::release);
    }
}
