/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import static io.sluice.http.testing.Web.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.actors.partition.FolderRemoval;
import io.sluice.http.testing.Web;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** A real node for the tests of a class, with limits that they can meet. */
final class RestNode implements BeforeAllCallback, AfterAllCallback {
    private Path data;
    private Web web;

    @Override
    public void beforeAll(ExtensionContext context) throws Exception {
        data = Files.createTempDirectory("sluice-rest-").resolve("data");
        web = Web.start(
                data,
                Map.of(
                        "sluice.http.request.max.bytes", "2000000",
                        "sluice.http.read.max.bytes", "20000",
                        "sluice.http.wait.max.ms", "60000"));
    }

    @Override
    public void afterAll(ExtensionContext context) throws Exception {
        if (web != null) {
            web.close();
        }
        FolderRemoval.remove(data);
    }

    Web web() {
        return web;
    }

    void create(String name, int partitions) throws Exception {
        json(web.send("POST", "/v1/topics", "{\"name\": \"" + name + "\", \"partitions\": " + partitions + "}"), 201);
    }

    /** The results of a JSON body of records. */
    JsonNode produce(String topic, String json) throws Exception {
        return json(web.send("POST", "/v1/topics/" + topic + "/records", json), 200)
                .path("results");
    }

    /** A page of partition 0; {@code query} is empty or begins with a question mark. */
    JsonNode page(String topic, String query) throws Exception {
        return json(web.get("/v1/topics/" + topic + "/partitions/0/records" + query), 200);
    }
}
