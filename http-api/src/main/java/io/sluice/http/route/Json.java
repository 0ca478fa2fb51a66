/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;

/** JSON as all routes read and write it. */
public final class Json {
    /** One text is one value: what follows it is an error. Thread-safe. */
    public static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** For values that follow each other in one text. Thread-safe. */
    public static final ObjectMapper SEQUENCES = new JsonMapper();

    private Json() {}

    /** A value of maps, lists, texts, numbers and JSON nodes, as UTF-8. */
    public static byte[] bytes(Object value) {
        try {
            return MAPPER.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("can't be written as JSON: " + value.getClass(), e);
        }
    }

    /** What is wrong with a text that is not the JSON that was wanted, in a few words: without the text itself, which may be long. */
    public static String fault(JsonProcessingException e) {
        String where = e.getLocation() == null
                ? ""
                : " (line " + e.getLocation().getLineNr() + ", column "
                        + e.getLocation().getColumnNr() + ")";
        String message = e.getOriginalMessage();
        int line = message.indexOf('\n');
        return (line < 0 ? message : message.substring(0, line)) + where;
    }
}
