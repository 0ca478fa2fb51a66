/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static io.sluice.http.testing.Web.json;
import static io.sluice.http.testing.Web.problem;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.http.testing.Web;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reading over REST. Every test has a topic of its own. */
class RestReadingIT {
    @RegisterExtension
    static final RestNode NODE = new RestNode();

    private final Web web = NODE.web();

    @Test
    void whatIsWrittenIsReadFromAnyOffset() throws Exception {
        NODE.create("written", 1);

        JsonNode results =
                NODE.produce("written", "[{\"key\": \"a\", \"value\": \"1\"}, {\"value\": \"2\"}, {\"key\": \"c\"}]");

        assertThat(results.toString())
                .isEqualTo(
                        "[{\"partition\":0,\"offset\":0},{\"partition\":0,\"offset\":1},{\"partition\":0,\"offset\":2}]");
        JsonNode all = NODE.page("written", "");
        assertThat(all.path("records").findValuesAsText("value")).containsExactly("1", "2", "null");
        assertThat(all.at("/records/0/key").asText()).isEqualTo("a");
        assertThat(all.at("/records/0/timestamp").asLong()).isPositive();
        assertThat(all.path("next").asLong()).isEqualTo(3);
        assertThat(all.path("end").asLong()).isEqualTo(3);
        JsonNode second = NODE.page("written", "?offset=1&limit=1");
        assertThat(second.path("records").findValuesAsText("value")).containsExactly("2");
        assertThat(second.path("next").asLong()).isEqualTo(2);
        assertThat(NODE.page("written", "?offset=latest").path("records")).isEmpty();
        assertThat(NODE.page("written", "?offset=3").path("next").asLong()).isEqualTo(3);
        JsonNode beyond =
                problem(web.get("/v1/topics/written/partitions/0/records?offset=4"), 416, "offset-out-of-range");
        assertThat(beyond.path("end").asLong()).isEqualTo(3);
    }

    @Test
    void aReadMayBeginAtATime() throws Exception {
        NODE.create("timed", 1);
        NODE.produce("timed", "[{\"timestamp\": 1000}, {\"timestamp\": 2000}, {\"timestamp\": 3000}]");

        assertThat(NODE.page("timed", "?offset=timestamp:1500")
                        .at("/records/0/offset")
                        .asLong())
                .isEqualTo(1);
        assertThat(NODE.page("timed", "?offset=timestamp:9000").path("next").asLong())
                .isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "/v1/topics/empty/partitions/1/records | 404 | unknown-partition",
                "/v1/topics/empty/partitions/x/records | 404 | unknown-partition",
                "/v1/topics/unknown/partitions/0/records | 404 | unknown-topic",
                "/v1/topics/empty/partitions/0/records?offset=1 | 416 | offset-out-of-range",
                "/v1/topics/empty/partitions/0/records?offset=-1 | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?offset=soon | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?limit=0 | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?wait=99999999 | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?ofset=1 | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0/records?isolation=none | 400 | bad-parameter",
                "/v1/topics/empty/partitions/0 | 404 | nothing-here",
            })
    void aReadThatCanNotBeIsAProblem(String path, int status, String slug) throws Exception {
        web.send("POST", "/v1/topics", "{\"name\": \"empty\"}");

        problem(web.get(path), status, slug);
    }

    @Test
    void aReaderMayWaitForWhatComes() throws Exception {
        NODE.create("awaited", 1);
        HttpClient client = HttpClient.newHttpClient();
        CompletableFuture<HttpResponse<String>> waiting = client.sendAsync(
                web.request("/v1/topics/awaited/partitions/0/records?wait=60000")
                        .build(),
                BodyHandlers.ofString());
        Awaitility.await().until(() -> web.metric("sluice.http.waits") == 1);
        assertThat(waiting).isNotDone();

        NODE.produce("awaited", "[{\"value\": \"here\"}]");

        JsonNode page = json(waiting.get(30, TimeUnit.SECONDS), 200);
        assertThat(page.path("records").findValuesAsText("value")).containsExactly("here");
        Awaitility.await().until(() -> web.metric("sluice.http.waits") == 0);
    }

    @Test
    void whoWaitsInVainGetsAnEmptyPage() throws Exception {
        NODE.create("quiet", 1);

        JsonNode page = NODE.page("quiet", "?wait=100");

        assertThat(page.path("records")).isEmpty();
        assertThat(page.path("next").asLong()).isZero();
    }

    @Test
    void whoGoesAwayWhileHeWaitsIsForgotten() throws Exception {
        NODE.create("left", 1);
        try (Socket socket = new Socket(
                InetAddress.getLoopbackAddress(), web.server.address().getPort())) {
            socket.getOutputStream()
                    .write("GET /v1/topics/left/partitions/0/records?wait=60000 HTTP/1.1\r\nHost: x\r\n\r\n"
                            .getBytes(StandardCharsets.US_ASCII));
            Awaitility.await().until(() -> web.metric("sluice.http.waits") == 1);
        }
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> web.metric("sluice.http.waits") == 0);
    }
}
