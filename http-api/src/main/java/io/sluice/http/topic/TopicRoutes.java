/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.topic;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import akka.util.ByteString;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.Controller.ConfigChange;
import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.forward.OtherNodes;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Bodies;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.ErrorProblems;
import io.sluice.http.route.Exchange;
import io.sluice.http.route.JsonBody;
import io.sluice.http.route.Routes;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** {@code /v1/topics}: what the controller decides and the metadata tells. */
public final class TopicRoutes implements Routes {
    private static final String ALL = "/v1/topics";
    private static final String ONE = "/v1/topics/{topic}";
    private static final long TIMEOUT_MS = 30_000;
    private static final long TIMEOUT_MAX_MS = 300_000;
    private static final int CREATED = 201;
    private static final int NO_CONTENT = 204;

    private final Node node;
    private final Bodies bodies;
    private final TopicRules rules;
    private final TopicDescriptions descriptions;
    private final LeaderDetails leaders;
    private final TopicList topics;
    private final Executor executor;

    /** @param executor looks at every partition */
    public TopicRoutes(Node node, OtherNodes others, Bodies bodies, Executor executor) {
        this.node = node;
        this.executor = executor;
        this.bodies = bodies;
        this.rules = new TopicRules(node.settings());
        this.descriptions = new TopicDescriptions(node);
        this.leaders = new LeaderDetails(others);
        this.topics = new TopicList(node, descriptions, leaders);
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(HttpMethods.GET, ALL, this::list).with("internal", "details", "offsets", "after", "limit"),
                Endpoint.of(HttpMethods.POST, ALL, exchange -> bodies.whole(exchange, body -> create(exchange, body)))
                        .with("validate", "timeout"),
                Endpoint.of(HttpMethods.GET, ONE, this::describe).with("configs", "offsets"),
                Endpoint.of(HttpMethods.PATCH, ONE, exchange -> bodies.whole(exchange, body -> change(exchange, body)))
                        .with("validate", "timeout"),
                Endpoint.of(HttpMethods.DELETE, ONE, this::delete).with("timeout"));
    }

    private CompletionStage<HttpResponse> list(Exchange exchange) {
        return CompletableFuture.completedFuture(exchange)
                .thenComposeAsync(topics::page, executor)
                .thenApply(Answers::json);
    }

    private enum Configs {
        SET,
        ALL
    }

    private CompletionStage<HttpResponse> describe(Exchange exchange) {
        boolean all = exchange.query("configs", Configs.SET) == Configs.ALL;
        MetadataImage image = node.metadata();
        TopicInfo topic = TopicRules.known(image, exchange.path("topic"));
        Map<String, Object> description = descriptions.describe(image, topic, all);
        // who was asked by another node answers for itself alone
        return exchange.query("offsets", Offsets.HERE) == Offsets.ALL && !OtherNodes.isForwarded(exchange)
                ? leaders.complete(List.of(description), ALL + "/" + topic.name())
                        .thenApply(done -> Answers.json(description))
                : CompletableFuture.completedFuture(Answers.json(description));
    }

    private static int timeoutMs(Exchange exchange) {
        return (int) exchange.query("timeout", TIMEOUT_MS, 0, TIMEOUT_MAX_MS);
    }

    private CompletionStage<HttpResponse> create(Exchange exchange, ByteString bytes) {
        boolean validate = exchange.query("validate", false);
        int timeoutMs = timeoutMs(exchange);
        NewTopic wanted = rules.newTopic(JsonBody.parse(exchange, bytes, "name", "partitions", "replicas", "configs"));
        return node.controller()
                .createTopics(List.of(wanted), validate, timeoutMs)
                .thenApply(results -> {
                    TopicResult made = done(results);
                    return validate
                            ? Answers.json(Map.of(
                                    "name",
                                    made.name(),
                                    "partitions",
                                    made.partitions(),
                                    "replicas",
                                    made.replicationFactor()))
                            : created(made.name());
                });
    }

    private HttpResponse created(String name) {
        MetadataImage image = node.metadata();
        return Answers.json(CREATED, descriptions.describe(image, TopicRules.known(image, name), false))
                .addHeader(RawHeader.create("Location", "/v1/topics/" + name));
    }

    private CompletionStage<HttpResponse> change(Exchange exchange, ByteString bytes) {
        boolean validate = exchange.query("validate", false);
        int timeoutMs = timeoutMs(exchange);
        TopicInfo topic = TopicRules.known(node.metadata(), exchange.path("topic"));
        JsonBody body = JsonBody.parse(exchange, bytes, "partitions", "configs");
        List<ConfigOp> ops = rules.changes(topic, body);
        int partitions = rules.partitions(topic, body);
        if (ops.isEmpty() && partitions < 0) {
            throw JsonBody.bad("The body must change something: partitions, configs or both.");
        }
        // Both are tried before either is done.
        CompletionStage<Void> changed = grow(topic, partitions, true, timeoutMs)
                .thenCompose(fits -> configure(topic, ops, validate))
                .thenCompose(set ->
                        validate ? CompletableFuture.completedFuture(null) : grow(topic, partitions, false, timeoutMs));
        return changed.thenApply(all -> {
            MetadataImage image = node.metadata();
            return Answers.json(descriptions.describe(image, TopicRules.known(image, topic.name()), false));
        });
    }

    private CompletionStage<Void> grow(TopicInfo topic, int partitions, boolean validate, int timeoutMs) {
        return partitions < 0
                ? CompletableFuture.completedFuture(null)
                : node.controller()
                        .createPartitions(
                                List.of(new NewPartitions(topic.name(), partitions, List.of())), validate, timeoutMs)
                        .thenAccept(TopicRoutes::done);
    }

    private CompletionStage<Void> configure(TopicInfo topic, List<ConfigOp> ops, boolean validate) {
        return ops.isEmpty()
                ? CompletableFuture.completedFuture(null)
                : node.controller()
                        .alterConfigs(List.of(new ConfigChange(ResourceType.TOPIC, topic.name(), false, ops)), validate)
                        .thenAccept(results ->
                                check(results.get(0).error(), results.get(0).message()));
    }

    private CompletionStage<HttpResponse> delete(Exchange exchange) {
        int timeoutMs = timeoutMs(exchange);
        TopicInfo topic = TopicRules.known(node.metadata(), exchange.path("topic"));
        rules.mayBeDeleted(topic);
        return node.controller().deleteTopics(List.of(topic.id()), timeoutMs).thenApply(results -> {
            done(results);
            return Answers.nothing(NO_CONTENT);
        });
    }

    private static TopicResult done(List<TopicResult> results) {
        TopicResult result = results.get(0);
        check(result.error(), result.message());
        return result;
    }

    private static void check(ErrorCode error, String message) {
        if (error != ErrorCode.NONE) {
            throw ErrorProblems.of(error, message).asException();
        }
    }
}
