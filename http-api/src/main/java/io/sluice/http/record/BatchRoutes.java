/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.util.ByteString;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Bodies;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.route.Routes;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;

/**
 * {@code POST /v1/topics/{topic}/partitions/{partition}/batches}: record batches as the log keeps them, for one partition, whose leader must be here. This
 * is how nodes pass records on to each other; they are checked as those of any client are.
 */
public final class BatchRoutes implements Routes {
    static final String TYPE = "application/vnd.sluice.batches";
    static final ContentType BATCHES = ContentTypes.parse(TYPE);

    private static final long TIMEOUT_MS = 30_000;
    private static final long TIMEOUT_MAX_MS = 300_000;
    private static final int ACCEPTED = 202;

    private final PartitionFinder finder;
    private final RecordProducer producer;
    private final Bodies bodies;

    public BatchRoutes(PartitionFinder finder, RecordProducer producer, Bodies bodies) {
        this.finder = finder;
        this.producer = producer;
        this.bodies = bodies;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(Endpoint.of(
                        HttpMethods.POST,
                        "/v1/topics/{topic}/partitions/{partition}/batches",
                        exchange -> bodies.whole(exchange, body -> append(exchange, body)))
                .with("acks", "timeout"));
    }

    private CompletionStage<HttpResponse> append(Exchange exchange, ByteString body) {
        JsonBody.mediaType(exchange, TYPE);
        Acks acks = Acks.of(exchange);
        int timeoutMs = (int) exchange.query("timeout", TIMEOUT_MS, 0, TIMEOUT_MAX_MS);
        TopicInfo topic = producer.writable(exchange.path("topic"));
        int partition = exchange.pathNumber("partition", ProblemKind.UNKNOWN_PARTITION);
        return PartitionSink.of(finder.led(topic, partition))
                .append(ByteBuffer.wrap(body.toArray()), acks, timeoutMs)
                .thenApply(written -> answer(acks, written));
    }

    private static HttpResponse answer(Acks acks, Written written) {
        if (written.problem() != null) {
            throw written.problem().asException();
        } else if (acks == Acks.NONE) {
            return Answers.json(ACCEPTED, Map.of());
        }
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("offset", written.baseOffset());
        answer.put("again", written.again());
        if (!written.batches().isEmpty()) {
            answer.put(
                    "batches",
                    written.batches().stream()
                            .map(batch -> Map.of(
                                    "records", batch.records(), "offset", batch.baseOffset(), "again", batch.again()))
                            .toList());
        }
        return Answers.json(answer);
    }
}
