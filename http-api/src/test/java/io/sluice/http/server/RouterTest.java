/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import akka.http.javadsl.model.HttpEntity;
import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Json;
import io.sluice.http.route.Peer;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import org.junit.jupiter.api.Test;

/** Requests come to their endpoint, and whatever is wrong becomes a problem document. */
class RouterTest {
    private static final Peer NOBODY = action -> () -> {};

    private final HttpMetrics metrics = new HttpMetrics(new SimpleMeterRegistry());
    private final Router router = new Router(
            List.of(
                    Endpoint.of(
                                    HttpMethods.GET,
                                    "/things/{thing}",
                                    exchange -> CompletableFuture.completedFuture(Answers.json(Map.of(
                                            "thing",
                                            exchange.path("thing"),
                                            "how",
                                            exchange.query("how").orElse("-")))))
                            .with("how"),
                    Endpoint.of(HttpMethods.DELETE, "/things/{thing}", exchange -> {
                        throw Problem.of(ProblemKind.FORBIDDEN, "Things stay.").asException();
                    }),
                    Endpoint.of(
                            HttpMethods.GET,
                            "/broken",
                            exchange -> CompletableFuture.failedFuture(new IllegalStateException("a bug"))),
                    Endpoint.of(
                            HttpMethods.GET,
                            "/health/live",
                            exchange -> CompletableFuture.completedFuture(Answers.text(200, "alive"))),
                    Endpoint.of(HttpMethods.GET, "/busy", exchange -> {
                        throw new RejectedExecutionException();
                    })),
            metrics,
            host -> !"evil.example".equals(host),
            request -> CompletableFuture.completedFuture(null));

    private HttpResponse handle(HttpRequest request) {
        return router.handle(NOBODY, request).toCompletableFuture().join();
    }

    private static JsonNode json(HttpResponse response, int status) throws Exception {
        assertThat(response.status().intValue()).isEqualTo(status);
        return Json.MAPPER.readTree(
                ((HttpEntity.Strict) response.entity()).getData().toArray());
    }

    @Test
    void anEndpointIsToldItsVariablesAndParameters() throws Exception {
        assertThat(json(handle(HttpRequest.GET("/things/a%20b?how=well")), 200).toString())
                .contains("\"thing\":\"a b\"", "\"how\":\"well\"");
    }

    @Test
    void aHeadIsAGet() throws Exception {
        assertThat(handle(HttpRequest.create("/things/x").withMethod(HttpMethods.HEAD))
                        .status()
                        .intValue())
                .isEqualTo(200);
    }

    @Test
    void anUnknownPathIsNotFound() throws Exception {
        JsonNode problem = json(handle(HttpRequest.GET("/nope")), 404);

        assertThat(problem.toString()).isEqualTo("""
                {"type":"urn:sluice:problem:nothing-here","title":"There is nothing here","status":404,\
                "detail":"Nothing is served at \\"/nope\\".","instance":"/nope"}""");
    }

    @Test
    void anotherMethodIsNotAllowedAndTheRightOnesAreNamed() throws Exception {
        HttpResponse response = handle(HttpRequest.PUT("/things/x"));

        assertThat(json(response, 405).path("detail").asText())
                .isEqualTo("The method here is one of DELETE, GET, not PUT.");
        assertThat(response.getHeader("Allow").orElseThrow().value()).isEqualTo("DELETE, GET");
    }

    @Test
    void anUnknownParameterIsRefusedByName() throws Exception {
        assertThat(json(handle(HttpRequest.GET("/things/x?hwo=well")), 400)
                        .path("detail")
                        .asText())
                .isEqualTo("There is no parameter \"hwo\" here, only how.");
        assertThat(json(handle(HttpRequest.GET("/broken?x=1")), 400)
                        .path("detail")
                        .asText())
                .isEqualTo("There is no parameter \"x\" here, nor any other.");
    }

    @Test
    void aParameterThatIsGivenTwiceIsRefusedByName() throws Exception {
        assertThat(json(handle(HttpRequest.GET("/things/pen?how=a&how=b")), 400)
                        .path("detail")
                        .asText())
                .isEqualTo("The parameter how is given more than once.");
    }

    @Test
    void aProblemIsToldAsItIs() throws Exception {
        JsonNode problem = json(handle(HttpRequest.DELETE("/things/x")), 403);

        assertThat(problem.path("detail").asText()).isEqualTo("Things stay.");
        assertThat(metrics.failures.count()).isZero();
    }

    @Test
    void aBugCostsOneRequestAndTellsNothingOfTheInside() throws Exception {
        JsonNode problem = json(handle(HttpRequest.GET("/broken")), 500);

        assertThat(problem.path("detail").asText()).isEqualTo("The request has met a bug; the node's log has more.");
        assertThat(metrics.failures.count()).isEqualTo(1);
    }

    @Test
    void whoCallsTheNodeByAnotherNameIsToldSo() throws Exception {
        // Given
        RawHeader host = RawHeader.create("Host", "evil.example");

        // When
        JsonNode problem = json(handle(HttpRequest.GET("/things/x").addHeader(host)), 421);

        // Then
        assertThat(problem.path("type").asText()).isEqualTo("urn:sluice:problem:unknown-host");
        assertThat(problem.path("detail").asText())
                .isEqualTo(
                        "This node is not known as \"evil.example\": if it may be called so, name that in sluice.http.hosts.");
        assertThat(json(handle(HttpRequest.GET("/nope").addHeader(host)), 421)).isNotNull();
        assertThat(handle(HttpRequest.GET("/health/live").addHeader(host))
                        .status()
                        .intValue())
                .isEqualTo(200);
        assertThat(metrics.hostsRefused.count()).isEqualTo(2);
    }

    @Test
    void aQueueThatIsFullIsAskedAgainLater() throws Exception {
        HttpResponse response = handle(HttpRequest.GET("/busy"));

        assertThat(json(response, 503).path("type").asText()).endsWith(":busy");
        assertThat(response.getHeader("Retry-After").orElseThrow().value()).isEqualTo("1");
    }
}
