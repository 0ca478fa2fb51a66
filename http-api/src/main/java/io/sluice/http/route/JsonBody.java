/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import akka.util.ByteString;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A body that is one JSON object; whatever is not as it is wanted becomes a problem. */
public final class JsonBody {
    private static final String JSON = "application/json";

    /** What Akka HTTP calls it. */
    private static final String NO_TYPE = "none/none";

    private final JsonNode object;

    private JsonBody(JsonNode object) {
        this.object = object;
    }

    /**
     * The media type of a request's body, without parameters: one of those that are allowed. A page of another site can't send them without being asked for
     * permission first, which is why nothing else is taken.
     */
    public static String mediaType(Exchange exchange, String... allowed) {
        String type = exchange.request().entity().getContentType().mediaType().toString();
        int parameters = type.indexOf(';');
        String bare = (parameters < 0 ? type : type.substring(0, parameters)).trim();
        if (!List.of(allowed).contains(bare)) {
            throw Problem.of(
                            ProblemKind.WRONG_MEDIA_TYPE,
                            "The Content-Type must be " + String.join(" or ", allowed)
                                    + (bare.equals(NO_TYPE) ? ", and there is none." : ", not " + bare + "."))
                    .asException();
        }
        return bare;
    }

    /** @param members all that there may be */
    public static JsonBody parse(Exchange exchange, ByteString bytes, String... members) {
        mediaType(exchange, JSON);
        JsonNode node = parse(bytes);
        if (!node.isObject()) {
            throw bad("The body must be a JSON object.");
        }
        Iterator<String> names = node.fieldNames();
        while (names.hasNext()) {
            String name = names.next();
            if (!List.of(members).contains(name)) {
                throw bad("The body has a member " + Problem.quoted(name) + "; only " + String.join(", ", members)
                        + " are known.");
            }
        }
        return new JsonBody(node);
    }

    private static JsonNode parse(ByteString bytes) {
        try {
            JsonNode node = Json.MAPPER.readTree(bytes.toArray());
            return node == null ? Json.MAPPER.missingNode() : node;
        } catch (JsonProcessingException e) {
            throw bad("The body is no JSON: " + Json.fault(e) + ".");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** A body that is wrong. */
    public static ProblemException bad(String sentence) {
        return Problem.of(ProblemKind.BAD_BODY, sentence).asException();
    }

    public boolean has(String member) {
        return object.has(member);
    }

    /** A member of any kind; a missing one is a missing node. */
    public JsonNode node(String member) {
        return object.path(member);
    }

    /** A text that must be there. */
    public String text(String member) {
        JsonNode value = object.path(member);
        if (!value.isTextual()) {
            throw bad("The member " + member + " of the body must be a text.");
        }
        return value.textValue();
    }

    /** A whole number. */
    public int number(String member, int otherwise, int min, int max) {
        JsonNode value = object.path(member);
        if (value.isMissingNode()) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToInt() || value.intValue() < min || value.intValue() > max) {
            throw bad("The member " + member + " of the body must be a whole number from " + min + " to " + max + ".");
        }
        return value.intValue();
    }

    /** Texts by name; numbers and booleans may be given as such, and null stays. */
    public Map<String, String> texts(String member) {
        JsonNode value = object.path(member);
        Map<String, String> texts = new LinkedHashMap<>();
        if (value.isMissingNode()) {
            return texts;
        }
        if (!value.isObject()) {
            throw bad("The member " + member + " of the body must be an object.");
        }
        value.properties().forEach(entry -> {
            if (entry.getValue().isContainerNode()) {
                throw bad("The value of " + Problem.quoted(entry.getKey()) + " must be a text, a number or a boolean.");
            }
            texts.put(
                    entry.getKey(),
                    entry.getValue().isNull() ? null : entry.getValue().asText());
        });
        return texts;
    }
}
