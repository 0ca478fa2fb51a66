/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.web;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.http.testing.Web;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The console as a browser gets it; what it does there, system-tests try in a real one. */
class ConsoleIT {
    @TempDir
    static Path data;

    private static Web web;

    @BeforeAll
    static void start() throws Exception {
        web = Web.start(data, Map.of());
    }

    @AfterAll
    static void stop() {
        web.close();
    }

    private static String header(HttpResponse<?> response, String name) {
        return response.headers().firstValue(name).orElse(null);
    }

    @Test
    void thePageIsAtTheRoot() throws Exception {
        HttpResponse<String> page = web.get("/");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=UTF-8");
        assertThat(page.body()).startsWith("<!doctype html>");
    }

    @Test
    void everyFileHasItsTypeAndComesUnderThePolicy() throws Exception {
        Map<String, String> types = Map.of(
                "js", "text/javascript; charset=UTF-8", "css", "text/css; charset=UTF-8", "svg", "image/svg+xml");
        for (String name : ConsoleRoutes.FILES) {
            HttpResponse<String> file = web.get("/console/" + name);

            assertThat(file.statusCode()).as(name).isEqualTo(200);
            assertThat(header(file, "Content-Type"))
                    .as(name)
                    .isEqualTo(types.get(name.substring(name.lastIndexOf('.') + 1)));
            assertThat(header(file, "Content-Security-Policy"))
                    .contains("default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'")
                    .doesNotContain("unsafe", "*");
            assertThat(header(file, "X-Content-Type-Options")).isEqualTo("nosniff");
        }
    }

    @Test
    void whoHasAFileIsToldThatItIsStillTheSame() throws Exception {
        // Given
        HttpResponse<String> first = web.get("/console/main.js");
        String tag = header(first, "ETag");
        assertThat(tag).matches("\"[0-9a-f]{24}\"");
        assertThat(header(first, "Cache-Control")).isEqualTo("no-cache");

        for (String known : new String[] {tag, "W/" + tag, "\"other\", " + tag, "*"}) {
            // When
            HttpResponse<String> again =
                    web.send(web.request("/console/main.js").header("If-None-Match", known));

            // Then
            assertThat(again.statusCode()).as(known).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(header(again, "ETag")).isEqualTo(tag);
        }
        assertThat(web.send(web.request("/console/main.js").header("If-None-Match", "\"other\""))
                        .statusCode())
                .isEqualTo(200);
        assertThat(header(web.get("/console/dom.js"), "ETag")).isNotEqualTo(tag);
    }

    @Test
    void whatIsNoFileOfTheConsoleIsNotServed() throws Exception {
        for (String path : new String[] {"/console/nope.js", "/console/..%2Fsluice.js", "/console/index.html"}) {
            Web.problem(web.get(path), 404, "nothing-here");
        }
        assertThat(web.get("/console/main.js?x=1").statusCode()).isEqualTo(400);
        assertThat(web.send("POST", "/", "{}").statusCode()).isEqualTo(405);
    }
}
