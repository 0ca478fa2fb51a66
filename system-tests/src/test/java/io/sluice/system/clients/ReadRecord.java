/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A record as a consumer reported it.
 *
 * @param timestampMs null if the client does not tell
 * @param headers null if the client does not tell
 */
record ReadRecord(
        int partition,
        long offset,
        @Nullable String key,
        @Nullable String value,
        @Nullable Long timestampMs,
        @Nullable Map<String, String> headers) {

    /** Where in the topic it is: partition and offset. */
    record Place(int partition, long offset) {}

    Place place() {
        return new Place(partition, offset);
    }

    /** Reads the line that the programs of {@code system-tests/clients} print. */
    static ReadRecord fromJson(JsonNode line) {
        Map<String, String> headers = new LinkedHashMap<>();
        line.get("h")
                .properties()
                .forEach(h -> headers.put(h.getKey(), h.getValue().asText()));
        return new ReadRecord(
                line.get("p").asInt(),
                line.get("o").asLong(),
                text(line.get("k")),
                text(line.get("v")),
                line.get("t").asLong(),
                headers);
    }

    static @Nullable String text(JsonNode node) {
        return node.isNull() ? null : node.asText();
    }
}
