/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpRequest;
import akka.stream.Materializer;
import akka.stream.javadsl.Sink;
import akka.util.ByteString;
import akka.util.ByteStringBuilder;
import java.time.Duration;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;

/**
 * Reads bodies of requests, whole, within bounds of size, time and memory. A body that is too large is read to its end and thrown away, as long as that
 * end comes soon: a client that is cut off while it sends never sees the answer that says why.
 */
public final class Bodies {
    /** Bytes thrown away before a client is cut off after all. */
    private static final long DISCARDED_MAX = 64L << 20;

    private final Materializer materializer;
    private final MemoryBudget memory;
    private final int bytesMax;
    private final Duration timeout;

    /**
     * @param bytesMax of one body ({@code sluice.http.request.max.bytes})
     * @param timeout from the request's head to the end of its body ({@code sluice.http.request.timeout.ms})
     */
    public Bodies(Materializer materializer, MemoryBudget memory, int bytesMax, Duration timeout) {
        this.materializer = materializer;
        this.memory = memory;
        this.bytesMax = bytesMax;
        this.timeout = timeout;
    }

    /** Largest body ({@code sluice.http.request.max.bytes}). */
    public int bytesMax() {
        return bytesMax;
    }

    public Materializer materializer() {
        return materializer;
    }

    /** What is kept of a body that is being read. */
    private final class Collected {
        private final long keptMax;
        private ByteStringBuilder kept = new ByteStringBuilder();
        private long total;

        Collected(long keptMax) {
            this.keptMax = keptMax;
        }

        Collected add(ByteString bytes) {
            total += bytes.size();
            if (total <= keptMax) {
                kept.append(bytes);
            } else if (total <= keptMax + DISCARDED_MAX) {
                kept = null;
            } else {
                throw tooLarge();
            }
            return this;
        }

        ByteString result() {
            if (kept == null) {
                throw tooLarge();
            }
            return kept.result();
        }
    }

    private ProblemException tooLarge() {
        return Problem.of(
                        ProblemKind.TOO_LARGE,
                        "The body is larger than " + bytesMax + " bytes (sluice.http.request.max.bytes).")
                .asException();
    }

    /** Reads the body and has it handled; its memory counts until that is done. */
    public <T> CompletionStage<T> whole(Exchange exchange, Function<ByteString, CompletionStage<T>> use) {
        HttpEntity entity = exchange.request().entity();
        if (entity instanceof HttpEntity.Strict strict && strict.getData().size() <= bytesMax) {
            return held(exchange, strict.getData().size(), use, strict.getData());
        }
        OptionalLong length = entity.getContentLengthOption();
        if (length.orElse(0) > bytesMax) {
            throw tooLarge();
        }
        MemoryBudget.Hold hold = memory.hold(length.orElse(bytesMax), exchange.peer());
        return entity.withoutSizeLimit()
                .getDataBytes()
                .completionTimeout(timeout)
                .runWith(Sink.fold(new Collected(bytesMax), Collected::add), materializer)
                .handle((collected, failure) -> {
                    if (failure != null) {
                        throw failure(failure);
                    }
                    return collected.result();
                })
                .thenCompose(use)
                .whenComplete((done, failure) -> hold.close());
    }

    private <T> CompletionStage<T> held(
            Exchange exchange, long bytes, Function<ByteString, CompletionStage<T>> use, ByteString body) {
        MemoryBudget.Hold hold = memory.hold(bytes, exchange.peer());
        try {
            return use.apply(body).whenComplete((done, failure) -> hold.close());
        } catch (RuntimeException e) {
            hold.close();
            throw e;
        }
    }

    private RuntimeException failure(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return Problem.of(
                            ProblemKind.SLOW_REQUEST,
                            "The body was not there " + timeout.toMillis()
                                    + " ms after its head (sluice.http.request.timeout.ms).")
                    .asException();
        }
        return cause instanceof RuntimeException known ? known : new CompletionException(cause);
    }

    /**
     * Throws away what is left of a body. Never fails, and ends in bounded time. A client that waits to be told to send its body is not told, but
     * answered.
     */
    public CompletionStage<Void> discard(HttpRequest request) {
        boolean waits = request.getHeader("Expect").isPresent();
        if (request.entity().isStrict() || waits) {
            return CompletableFuture.completedFuture(null);
        }
        return request.entity()
                .withoutSizeLimit()
                .getDataBytes()
                .completionTimeout(timeout)
                .limitWeighted(DISCARDED_MAX, bytes -> (long) bytes.size())
                .runWith(Sink.ignore(), materializer)
                .handle((done, failure) -> null);
    }
}
