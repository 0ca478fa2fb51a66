/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static io.sluice.http.testing.Web.json;
import static io.sluice.http.testing.Web.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.http.testing.Web;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An offset that the log here does not have may be in that of a later leader: only who is sure that there is none says that it is wrong. */
class DoubtfulOffsetIT {
    private static final String BEYOND = "/v1/topics/orders/partitions/0/records?offset=7";

    @TempDir
    Path data;

    private Web web;
    private HttpServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void oneRecord() throws Exception {
        web = Web.start(data, Map.of());
        json(web.send("POST", "/v1/topics", "{\"name\": \"orders\", \"partitions\": 1}"), 201);
        json(web.send("POST", "/v1/topics/orders/records", "[{\"value\": \"a\"}]"), 200);
    }

    @AfterEach
    void close() {
        if (server != null) {
            server.close();
        }
        web.close();
    }

    /** An object that answers some calls itself, by their names. */
    @SuppressWarnings("unchecked")
    private static <T> T instead(Class<T> type, T real, Map<String, Function<Object[], Object>> answers) {
        return (T) Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, arguments) -> {
            Function<Object[], Object> own = answers.get(method.getName());
            return own != null ? own.apply(arguments) : call(real, method, arguments);
        });
    }

    private static Object call(Object real, Method method, Object[] arguments) throws Throwable {
        try {
            return method.invoke(real, arguments);
        } catch (InvocationTargetException thrown) {
            throw thrown.getCause();
        }
    }

    /** Serves a node on which this is asked of the leader's replica. */
    private void serve(Map<String, Function<Object[], Object>> answers) throws Exception {
        Node node = instead(
                Node.class,
                web.node,
                Map.of(
                        "leader",
                        partition -> instead(
                                PartitionHandle.class,
                                web.node.leader((UUID) partition[0], (int) partition[1]),
                                answers)));
        server = HttpServer.start(
                node,
                web.node.actorSystem(),
                web.node::health,
                HttpOptions.of(
                        web.node.settings(), "127.0.0.1", 0, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    }

    @SuppressWarnings("unchecked")
    private static Function<Object[], Object> answer(boolean leads) {
        return arguments -> {
            ((Consumer<Boolean>) arguments[0]).accept(leads);
            return null;
        };
    }

    private HttpResponse<String> get(String path) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(
                                "http://127.0.0.1:" + server.address().getPort() + path))
                        .build(),
                BodyHandlers.ofString());
    }

    @Test
    void aLeaderThatIsSureSaysThatTheOffsetIsWrong() throws Exception {
        serve(Map.of("confirmLeads", answer(true)));
        JsonNode wrong = problem(get(BEYOND), 416, "offset-out-of-range");
        assertThat(wrong.path("end").asLong()).isEqualTo(1);
    }

    @Test
    void aLeaderThatHasBeenReplacedSaysThatItLeadsNoMore() throws Exception {
        serve(Map.of("confirmLeads", answer(false)));
        problem(get(BEYOND), 503, "no-leader");
    }

    @Test
    void aLeaderThatIsCutOffSaysSoBeforeLong() throws Exception {
        serve(Map.of("confirmLeads", nobodyAnswers -> null));
        problem(get(BEYOND + "&wait=1000"), 503, "no-leader");
    }

    @Test
    void aFollowerThatIsBehindDoesNotSpeakForTheLeader() throws Exception {
        serve(Map.of("leads", asked -> false, "confirmLeads", answer(true)));
        problem(get(BEYOND), 503, "no-leader");
    }

    @Test
    void whatIsThereIsReadWithoutAQuestion() throws Exception {
        serve(Map.of("confirmLeads", answer(false)));
        assertThat(json(get("/v1/topics/orders/partitions/0/records?offset=0"), 200)
                        .path("records"))
                .hasSize(1);
        assertThat(json(get("/v1/topics/orders/partitions/0/records?offset=1"), 200)
                        .path("records"))
                .isEmpty();
        assertThat(json(get("/v1/topics/orders/partitions/0/records?offset=latest&wait=1"), 200)
                        .path("records"))
                .isEmpty();
    }
}
