/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.regex.Pattern;

/** JSON as all routes read and write it. */
public final class Json {
    /** One text is one value: what follows it is an error. Thread-safe. */
    public static final ObjectMapper MAPPER = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    /** For values that follow each other in one text; in UTF-8 and nothing else, as JSON between systems is (RFC 8259), so that a place in it is a place in its bytes. Thread-safe. */
    public static final ObjectMapper SEQUENCES = new JsonMapper(
            JsonFactory.builder().disable(JsonFactory.Feature.CHARSET_DETECTION).build());

    /** Where an object began that has no end: Jackson says it in words that are about its settings. */
    private static final Pattern START = Pattern.compile(" \\(start marker at [^)]*\\)[^)]*\\)");

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
        return START.matcher(line < 0 ? message : message.substring(0, line)).replaceAll("") + where;
    }
}
