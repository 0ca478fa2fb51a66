/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpRequest;
import akka.util.ByteString;
import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.route.ProblemException;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** The leader of a partition, wherever it is. */
interface PartitionSink {
    /** Hands batches over; the stage never fails, and completes on any thread. */
    CompletionStage<Written> append(ByteBuffer batches, Acks acks, int timeoutMs);

    /** The leader here. */
    static PartitionSink of(PartitionHandle leader) {
        return (batches, acks, timeoutMs) -> NamedBatches.are(batches)
                ? NamedBatches.append(some -> append(leader, some, acks, timeoutMs), batches)
                : append(leader, batches, acks, timeoutMs).thenApply(Written::of);
    }

    private static CompletionStage<AppendResult> append(
            PartitionHandle leader, ByteBuffer batches, Acks acks, int timeoutMs) {
        CompletableFuture<AppendResult> answer = new CompletableFuture<>();
        leader.append(batches, AppendOrigin.CLIENT, acks.number(), timeoutMs, answer::complete);
        return answer;
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
                    .handle((answer, failure) -> failure == null ? written(answer) : refused(failure));
        };
    }

    private static Written written(JsonNode answer) {
        List<Written.Batch> each = new ArrayList<>();
        for (JsonNode batch : answer.path("batches")) {
            each.add(new Written.Batch(
                    batch.path("records").asInt(),
                    batch.path("offset").asLong(-1),
                    batch.path("again").asBoolean()));
        }
        return each.isEmpty()
                ? new Written(
                        answer.path("offset").asLong(-1), answer.path("again").asBoolean(), null)
                : Written.inBatches(each);
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
