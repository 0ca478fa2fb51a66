/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.NotUsed;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import akka.util.ByteString;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Records that stream in, one a line, for as long as their sender likes. What has come while the partitions were busy is written together: the faster the
 * sender, the larger the batches. Backpressure: no more than a few pieces are under way, and nothing more is read from the connection meanwhile.
 *
 * <pre>
 *   bytes -> whole lines -> gathered while the next is busy -> parsed, one piece at a time -> appended, up to {@value #PIECES_MAX} pieces -> results
 * </pre>
 *
 * The first problem ends it: nothing after it is sent to the partitions, and the rest of the body is thrown away (a client that is cut off while it sends
 * never sees why), up to a limit.
 */
final class LineProduction {
    /** Bytes that are gathered before they are parsed, at most, but for a line that is longer. */
    static final int PIECE_BYTES = 128 << 10;

    /** Pieces that are appended at one time. */
    static final int PIECES_MAX = 4;

    /** Bytes thrown away behind a problem before the sender is cut off after all. */
    private static final long DISCARDED_MAX = 64L << 20;

    /** Makes records of lines; and finds their partitions and sends them. */
    interface Writer {
        List<NewRecord> parse(byte[] lines, int firstIndex);

        Production begin(List<NewRecord> records);

        CompletionStage<Void> send(Production production);
    }

    /** Some of the records, with what became of them; empty behind a problem. */
    record Piece(Production production) {
        static final Piece NOTHING = new Piece(null);
    }

    private final Writer writer;
    private final Executor blocking;
    private final AtomicReference<Problem> problem = new AtomicReference<>();
    private final int lineBytesMax;
    private int parsed;
    private long discarded;

    LineProduction(Writer writer, Executor blocking, int lineBytesMax) {
        this.writer = writer;
        this.blocking = blocking;
        this.lineBytesMax = lineBytesMax;
    }

    /** The first that went wrong; null if nothing has. */
    Problem problem() {
        return problem.get();
    }

    /** What became of the records, in their order, as it is known. Does not fail for a {@link #problem}. */
    Source<List<Map<String, Object>>, NotUsed> results(Source<ByteString, ?> bytes) {
        return bytes.mapMaterializedValue(nothing -> NotUsed.getInstance())
                .concat(Source.single(ByteString.fromString("\n")))
                .statefulMapConcat(() -> new LineCutter(lineBytesMax, this::tooLong))
                .batchWeighted(PIECE_BYTES, lines -> (long) lines.size(), lines -> lines, ByteString::concat)
                .mapAsync(1, lines -> CompletableFuture.supplyAsync(() -> parse(lines), blocking))
                .mapAsync(PIECES_MAX, this::send)
                .filter(results -> !results.isEmpty());
    }

    private void tooLong() {
        problem.compareAndSet(
                null,
                JsonBody.bad("A line of the body is longer than " + lineBytesMax + " bytes, which no record can be.")
                        .problem());
    }

    /** One piece at a time. */
    private Piece parse(ByteString lines) {
        if (problem.get() != null) {
            discarded += lines.size();
            if (discarded > DISCARDED_MAX) {
                throw problem.get().asException();
            }
            return Piece.NOTHING;
        }
        try {
            List<NewRecord> records = writer.parse(lines.toArray(), parsed);
            parsed += records.size();
            return records.isEmpty() ? Piece.NOTHING : new Piece(writer.begin(records));
        } catch (ProblemException told) {
            problem.compareAndSet(null, told.problem());
            return Piece.NOTHING;
        }
    }

    /** Pieces come here in their order, and are handed to the partitions in it. */
    private CompletionStage<List<Map<String, Object>>> send(Piece piece) {
        if (piece.production() == null || problem.get() != null) {
            return CompletableFuture.completedFuture(List.of());
        }
        return writer.send(piece.production()).handle((sent, failure) -> {
            if (failure != null) {
                throw new CompletionException(failure);
            }
            piece.production().problem().ifPresent(first -> problem.compareAndSet(null, first));
            return piece.production().results();
        });
    }

    /** All of it: how many records each partition has got, and between which offsets. */
    CompletionStage<Map<String, Object>> summary(Source<ByteString, ?> bytes, Materializer materializer) {
        return results(bytes)
                .runWith(Sink.fold(new Summary(), Summary::add), materializer)
                .thenApply(summary -> {
                    if (problem.get() != null) {
                        throw new Problem(problem.get().kind(), problem.get().detail(), summary.document())
                                .asException();
                    }
                    return summary.document();
                });
    }

    /** Counts what was written. */
    private static final class Summary {
        private final Map<Integer, long[]> partitions = new TreeMap<>();
        private long records;

        Summary add(List<Map<String, Object>> results) {
            for (Map<String, Object> result : results) {
                if (result.get("offset") instanceof Long offset) {
                    records++;
                    long[] counted = partitions.computeIfAbsent(
                            (Integer) result.get("partition"), partition -> new long[] {0, offset, offset});
                    counted[0]++;
                    counted[2] = offset;
                }
            }
            return this;
        }

        Map<String, Object> document() {
            List<Map<String, Object>> each = new ArrayList<>();
            partitions.forEach((partition, counted) -> {
                Map<String, Object> entry = new LinkedHashMap<>();
                entry.put("partition", partition);
                entry.put("records", counted[0]);
                entry.put("first", counted[1]);
                entry.put("last", counted[2]);
                each.add(entry);
            });
            Map<String, Object> document = new LinkedHashMap<>();
            document.put("records", records);
            document.put("partitions", each);
            return document;
        }
    }
}
