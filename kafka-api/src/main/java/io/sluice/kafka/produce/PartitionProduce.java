/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.produce;

import io.sluice.actors.partition.AppendReply;
import io.sluice.cluster.Node.Leadership;
import io.sluice.log.AppendResult;
import io.sluice.log.AppendResult.RecordError;
import io.sluice.log.ErrorCode;
import java.util.List;

/** What becomes of the records for one partition. Written once by whoever answers, read afterwards on the event loop. */
final class PartitionProduce implements AppendReply {
    private final ProduceCall call;
    final int index;
    ErrorCode error = ErrorCode.NONE;
    String message;
    List<RecordError> recordErrors = List.of();
    long baseOffset = -1;
    long logAppendTimeMs = -1;
    long logStartOffset = -1;

    /** Named in the response if not null. */
    Leadership newLeader;

    PartitionProduce(ProduceCall call, int index) {
        this.call = call;
        this.index = index;
    }

    @Override
    public void onAppended(AppendResult result) {
        if (result instanceof AppendResult.Appended appended) {
            appended(appended.baseOffset(), appended.logAppendTimeMs(), appended.logStartOffset());
        } else if (result instanceof AppendResult.Duplicate duplicate) {
            appended(duplicate.baseOffset(), duplicate.logAppendTimeMs(), duplicate.logStartOffset());
        } else if (result instanceof AppendResult.Rejected rejected) {
            error = rejected.error();
            message = rejected.message();
            recordErrors = rejected.recordErrors();
            logStartOffset = rejected.logStartOffset();
        }
        call.partitionDone();
    }

    private void appended(long base, long timeMs, long logStart) {
        baseOffset = base;
        logAppendTimeMs = timeMs;
        logStartOffset = logStart;
    }

    void refuse(ErrorCode code, String why) {
        error = code;
        message = why;
        call.partitionDone();
    }
}
