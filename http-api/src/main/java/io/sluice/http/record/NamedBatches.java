/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.batch.BatchHeader;
import io.sluice.log.producer.ProducerStates;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * Several batches of a named producer on their way into one partition. They go together; but what comes again after a leader was lost may be there in part, for only its first
 * batches were on other replicas. Then they go one by one: what is there is told as that, and what is missing is written.
 *
 * <pre>
 *   all together --- written, or all there in one piece ------------------------> done
 *        |
 *        +--- some are there, or were before the last five ---> one by one -----> done, or what is wrong with the first that is refused
 * </pre>
 *
 * The next one goes only once the one before is known to be written: a log never has a later record of the producer without the earlier ones.
 */
final class NamedBatches {
    private final Function<ByteBuffer, CompletionStage<AppendResult>> log;
    private final List<ByteBuffer> batches;
    private final List<Written.Batch> written = new ArrayList<>();

    private NamedBatches(Function<ByteBuffer, CompletionStage<AppendResult>> log, List<ByteBuffer> batches) {
        this.log = log;
        this.batches = batches;
    }

    /** Whether these are more than one batch, of a producer that chose its own name. */
    static boolean are(ByteBuffer batches) {
        int at = batches.position();
        return batches.remaining() > BatchHeader.SIZE
                && BatchHeader.producerId(batches, at) >= ProducerStates.FIRST_NAMED_ID
                && BatchHeader.sizeInBytes(batches, at) < batches.remaining();
    }

    /** @param log takes batches, and answers, always */
    static CompletionStage<Written> append(
            Function<ByteBuffer, CompletionStage<AppendResult>> log, ByteBuffer batches) {
        List<ByteBuffer> each = split(batches);
        return log.apply(batches.duplicate())
                .thenCompose(result -> mayBeThereInPart(result, each)
                        ? new NamedBatches(log, each).next(0)
                        : CompletableFuture.completedFuture(Written.of(result)));
    }

    private static List<ByteBuffer> split(ByteBuffer batches) {
        List<ByteBuffer> each = new ArrayList<>();
        int at = batches.position();
        while (at < batches.limit()) {
            int size = (int) Math.min(batches.limit() - at, Math.max(1, BatchHeader.sizeInBytes(batches, at)));
            each.add(batches.slice(at, size));
            at += size;
        }
        return each;
    }

    private static boolean mayBeThereInPart(AppendResult result, List<ByteBuffer> batches) {
        if (result instanceof AppendResult.Duplicate duplicate) {
            long records = batches.stream().mapToLong(NamedBatches::records).sum();
            return duplicate.lastOffset() - duplicate.baseOffset() + 1 != records;
        }
        return result instanceof AppendResult.Rejected rejected
                && (rejected.error() == ErrorCode.DUPLICATE_SEQUENCE_NUMBER
                        || rejected.error() == ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    private static int records(ByteBuffer batch) {
        return BatchHeader.recordCount(batch, 0);
    }

    private CompletionStage<Written> next(int index) {
        if (index == batches.size()) {
            return CompletableFuture.completedFuture(Written.inBatches(written));
        }
        ByteBuffer batch = batches.get(index);
        int records = records(batch);
        return log.apply(batch.duplicate()).thenCompose(result -> {
            Written one = Written.of(result);
            if (one.problem() != null) {
                return CompletableFuture.completedFuture(one);
            }
            written.add(new Written.Batch(records, one.baseOffset(), one.again()));
            return next(index + 1);
        });
    }
}
