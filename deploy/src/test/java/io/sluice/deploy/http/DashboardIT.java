/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.sluice.deploy.testing.SluiceBroker;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard and the alert rules ask for nothing that a broker does not count. */
class DashboardIT {
    private static final Path FOLDER = Path.of("grafana");
    private static final Pattern METRIC = Pattern.compile("\\bsluice_[a-z0-9_]+");
    private static final Pattern SAMPLE = Pattern.compile("(?m)^([a-z][a-z0-9_]+)[ {]");

    @TempDir
    private static Path data;

    private static Set<String> published;

    @BeforeAll
    static void scrape() throws Exception {
        Rest rest = new Rest();
        try (SluiceBroker broker = SluiceBroker.builder()
                .dataDirectory(data)
                .config("sluice.group.lag.interval.ms", "50")
                .start()) {
            rest.ask(broker, "POST", "/v1/topics", "{\"name\": \"orders\"}", 201);
            Rest.await("a group has an offset")
                    .untilAsserted(() -> rest.ask(
                            broker,
                            "POST",
                            "/v1/groups/billing/offsets",
                            "{\"topic\": \"orders\", \"to\": \"latest\"}",
                            200));
            published = Rest.await("lag is published")
                    .until(
                            () -> names(
                                    rest.send(broker, "GET", "/metrics", null).body()),
                            names -> names.contains("sluice_group_lag_records"));
        }
    }

    private static Set<String> names(String metrics) {
        return SAMPLE.matcher(metrics).results().map(sample -> sample.group(1)).collect(Collectors.toSet());
    }

    @AfterAll
    static void forget() {
        published = null;
    }

    @Test
    void theDashboardUsesNamesThatExist() throws Exception {
        JsonNode dashboard = new ObjectMapper()
                .readTree(FOLDER.resolve("sluice-dashboard.json").toFile());
        List<String> expressions = dashboard.path("panels").findValuesAsText("expr");
        List<String> queries = dashboard.path("templating").findValuesAsText("definition");

        assertThat(expressions).hasSizeGreaterThan(20);
        assertExist(expressions);
        assertExist(queries);
    }

    @Test
    void theAlertsUseNamesThatExistAndSayWhatIsWrong() throws Exception {
        JsonNode rules = new ObjectMapper(new YAMLFactory())
                .readTree(FOLDER.resolve("sluice-alerts.yaml").toFile())
                .at("/groups/0/rules");

        assertThat(rules.size()).isGreaterThan(5);
        assertExist(rules.findValuesAsText("expr"));
        for (JsonNode rule : rules) {
            assertThat(rule.at("/annotations/summary").asText())
                    .as(rule.path("alert").asText())
                    .isNotEmpty();
            assertThat(rule.at("/labels/severity").asText()).isIn("warning", "critical");
        }
    }

    private static void assertExist(List<String> expressions) {
        for (String expression : expressions) {
            Set<String> used = new HashSet<>();
            Matcher metric = METRIC.matcher(expression);
            while (metric.find()) {
                used.add(metric.group());
            }
            assertThat(used).as(expression).isNotEmpty().isSubsetOf(published);
        }
    }
}
