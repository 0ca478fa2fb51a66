/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.util.ByteString;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.route.ProblemException;
import io.sluice.log.AppendOrigin;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The leader of a partition, wherever it is. */
interface PartitionSink {
    /** Hands batches over; the stage never fails, and completes on any thread. */
    CompletionStage<Written> append(ByteBuffer batches, Acks acks, int timeoutMs);

    /** The leader here. */
    static PartitionSink of(PartitionHandle leader) {
        return (batches, acks, timeoutMs) -> {
            CompletableFuture<Written> written = new CompletableFuture<>();
            leader.append(
                    batches,
                    AppendOrigin.CLIENT,
                    acks.number(),
                    timeoutMs,
                    result -> written.complete(Written.of(result)));
            return written;
        };
    }

    /** The leader on another node, which gets the batches as they are. */
    static PartitionSink of(OtherNodes nodes, int broker, String topic, int partition) {
        return (batches, acks, timeoutMs) -> {
            byte[] body = new byte[batches.remaining()];
            batches.get(body);
            HttpRequest request = HttpRequest.POST("/v1/topics/" + topic + "/partitions/" + partition + "/batches?acks="
                            + acks.word() + "&timeout=" + timeoutMs)
                    .withEntity(HttpEntities.create(BatchRoutes.BATCHES, ByteString.fromArrayUnsafe(body)));
            return nodes.json(broker, request)
                    .handle((answer, failure) -> failure == null
                            ? new Written(
                                    answer.path("offset").asLong(-1),
                                    answer.path("again").asBoolean(),
                                    null)
                            : refused(failure));
        };
    }

    private static Written refused(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ProblemException told) {
            return Written.refused(told.problem());
        }
        throw new CompletionException(cause);
    }
}
