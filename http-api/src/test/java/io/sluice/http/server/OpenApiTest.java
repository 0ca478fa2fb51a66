/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.sluice.cluster.Node;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.http.auth.Authenticator;
import io.sluice.http.auth.Tickets;
import io.sluice.http.openapi.OpenApiRoutes;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Json;
import io.sluice.http.route.MemoryBudget;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.socket.SocketOptions;
import io.sluice.http.socket.Sockets;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The OpenAPI file and the table of routes say the same: paths, methods, parameters; and the page about HTTP names them too. */
class OpenApiTest {
    private static final Path PAGE = Path.of("..", "docs", "http.md");

    /** A node that only has settings. */
    private static final Node NODE = (Node) Proxy.newProxyInstance(
            Node.class.getClassLoader(), new Class<?>[] {Node.class}, (proxy, method, arguments) -> {
                assertThat(method.getName()).isEqualTo("settings");
                return BrokerSettings.defaults();
            });

    private static List<Endpoint> endpoints() {
        return AllRoutes.of(new HttpServices(
                NODE,
                null,
                null,
                null,
                new MemoryBudget(1),
                new Sockets(SocketOptions.DEFAULTS, new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                Authenticator.NONE,
                new Tickets(1, Duration.ofSeconds(1), InstantSource.system()),
                null,
                null,
                null,
                null,
                Runnable::run,
                InstantSource.system(),
                new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)));
    }

    private static JsonNode file() throws IOException {
        return Json.MAPPER.readTree(OpenApiRoutes.file());
    }

    @Test
    void everyRouteIsDescribedAndNothingElse() throws Exception {
        // Given
        Map<String, Set<String>> routes = new TreeMap<>();
        for (Endpoint endpoint : endpoints()) {
            Set<String> parameters = new TreeSet<>();
            endpoint.path().variables().forEach(name -> parameters.add("path " + name));
            endpoint.query().forEach(name -> parameters.add("query " + name));
            routes.put(endpoint.method().value() + " " + endpoint.path(), parameters);
        }

        // When
        Map<String, Set<String>> described = new TreeMap<>();
        file().path("paths")
                .properties()
                .forEach(path -> path.getValue().properties().forEach(operation -> {
                    Set<String> parameters = new TreeSet<>();
                    operation
                            .getValue()
                            .path("parameters")
                            .forEach(parameter ->
                                    parameters.add(parameter.path("in").asText() + " "
                                            + parameter.path("name").asText()));
                    described.put(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey(), parameters);
                }));

        // Then
        assertThat(described).isEqualTo(routes);
    }

    @Test
    void everyReferenceLeadsSomewhereAndEveryOperationHasItsName() throws Exception {
        JsonNode file = file();
        assertThat(file.path("openapi").asText()).isEqualTo("3.1.0");
        assertThat(file.findValuesAsText("$ref")).isNotEmpty().allSatisfy(reference -> assertThat(
                        file.at(reference.substring(1)).isMissingNode())
                .as(reference)
                .isFalse());
        assertThat(file.path("paths").findValuesAsText("operationId"))
                .hasSize(endpoints().size())
                .doesNotHaveDuplicates();
        assertThat(file.findValues("responses")).allSatisfy(responses -> assertThat(
                        responses.at("/default/content").has("application/problem+json"))
                .isTrue());
    }

    @Test
    void thePageAboutHttpNamesEveryRouteAndEveryProblem() throws Exception {
        String page = Files.readString(PAGE);

        for (Endpoint endpoint : endpoints()) {
            assertThat(page).contains("`" + endpoint.method().value() + " " + endpoint.path() + "`");
        }
        for (ProblemKind kind : ProblemKind.values()) {
            assertThat(page).contains("| `" + kind.slug() + "` | " + kind.status() + " |");
        }
    }
}
