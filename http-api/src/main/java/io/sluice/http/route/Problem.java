/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A problem document (RFC 9457), in which every error is told:
 *
 * <pre>
 *   {"type": "urn:sluice:problem:unknown-topic", "title": "There is no such topic", "status": 404,
 *    "detail": "There is no topic \"nope\".", "instance": "/v1/topics/nope"}
 * </pre>
 *
 * @param detail one sentence about this very request
 * @param more members of its own, after the others
 */
public record Problem(ProblemKind kind, String detail, Map<String, Object> more) {
    /** The document's media type. */
    public static final String MEDIA_TYPE = "application/problem+json";

    private static final Set<String> MEMBERS = Set.of("type", "title", "status", "detail", "instance");

    private static final int QUOTED_LENGTH_MAX = 100;

    public static Problem of(ProblemKind kind, String detail) {
        return new Problem(kind, detail, Map.of());
    }

    /** Something that came from outside, for a sentence: in quotes, cut where it is long, and without control characters. */
    public static String quoted(String text) {
        String cut = text.length() <= QUOTED_LENGTH_MAX ? text : text.substring(0, QUOTED_LENGTH_MAX) + "...";
        return "\"" + cut.replaceAll("\\p{Cntrl}", "?") + "\"";
    }

    /** A document that another node has sent; empty if it is none. */
    public static Optional<Problem> read(JsonNode document) {
        String type = document.path("type").asText();
        for (ProblemKind kind : ProblemKind.values()) {
            if (kind.type().equals(type)) {
                Map<String, Object> more = new LinkedHashMap<>();
                document.properties().forEach(member -> {
                    if (!MEMBERS.contains(member.getKey())) {
                        more.put(member.getKey(), member.getValue());
                    }
                });
                return Optional.of(new Problem(kind, document.path("detail").asText(), more));
            }
        }
        return Optional.empty();
    }

    public ProblemException asException() {
        return new ProblemException(this);
    }

    /**
     * The members of the document, in their order.
     *
     * @param instance the path of the request; null if it is not known
     */
    public Map<String, Object> document(String instance) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", kind.type());
        document.put("title", kind.title());
        document.put("status", kind.status());
        document.put("detail", detail);
        if (instance != null) {
            document.put("instance", instance);
        }
        document.putAll(more);
        return document;
    }
}
