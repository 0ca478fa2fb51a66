/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import io.sluice.http.filter.Expression.Constant;
import io.sluice.http.filter.Expression.Literal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds places in the JSON of a value in one pass over its tokens, without building a tree: what no path leads through is skipped, and the pass ends
 * once everything was found. A path is a list of names (String) and indexes (Integer). Of a name that an object has twice the first counts. Thread-safe.
 */
final class JsonFields {
    private static final int MAX_DEPTH = 500;

    /** Digits of a number beyond which it counts as not there. */
    private static final int MAX_DIGITS = 1000;

    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(MAX_DEPTH)
                    .maxNumberLength(MAX_DIGITS)
                    .build())
            .disable(JsonFactory.Feature.CHARSET_DETECTION)
            .build();

    /** Paths that begin alike share nodes. */
    private static final class Node {
        private final Map<Object, Node> children = new HashMap<>();
        private int slot = -1;
    }

    /** Gathers the paths of a filter. */
    static final class Builder {
        private final Node root = new Node();
        private int slots;

        /** The place of a path in what {@link JsonFields#find} returns. */
        int slot(List<Object> path) {
            Node node = root;
            for (Object step : path) {
                node = node.children.computeIfAbsent(step, s -> new Node());
            }
            if (node.slot < 0) {
                node.slot = slots++;
            }
            return node.slot;
        }

        JsonFields build() {
            return new JsonFields(root, slots);
        }
    }

    private final Node root;
    private final int slots;

    private JsonFields(Node root, int slots) {
        this.root = root;
        this.slots = slots;
    }

    /** What stands at each path; null where nothing does, all null where the value is no JSON. */
    Literal[] find(ByteBuffer value) {
        Literal[] found = new Literal[slots];
        if (value == null) {
            return found;
        }
        try (JsonParser in = parser(value)) {
            if (in.nextToken() != null) {
                visit(in, root, new Search(found));
            }
            return found;
        } catch (JsonProcessingException | NumberFormatException e) {
            return new Literal[slots];
        } catch (IOException e) {
            throw new UncheckedIOException("an array of bytes can always be read", e);
        }
    }

    private static final class Search {
        private final Literal[] found;
        private int missing;

        Search(Literal[] found) {
            this.found = found;
            this.missing = found.length;
        }

        void put(int slot, Literal literal) {
            if (found[slot] == null) {
                found[slot] = literal;
                missing--;
            }
        }
    }

    /** The value's buffer is shared: its position stays. */
    private static JsonParser parser(ByteBuffer value) throws IOException {
        if (value.hasArray()) {
            return FACTORY.createParser(value.array(), value.arrayOffset() + value.position(), value.remaining());
        }
        byte[] bytes = new byte[value.remaining()];
        value.get(value.position(), bytes);
        return FACTORY.createParser(bytes);
    }

    /** At the first token of what the node stands for; leaves at its last, unless all was found. */
    private static void visit(JsonParser in, Node node, Search search) throws IOException {
        if (node.slot >= 0) {
            search.put(node.slot, literal(in));
        }
        if (search.missing == 0) {
            return;
        }
        if (node.children.isEmpty()) {
            in.skipChildren();
        } else if (in.currentToken() == JsonToken.START_OBJECT) {
            while (search.missing > 0 && in.nextToken() == JsonToken.FIELD_NAME) {
                Node child = node.children.get(in.currentName());
                in.nextToken();
                visitOrSkip(in, child, search);
            }
        } else if (in.currentToken() == JsonToken.START_ARRAY) {
            int index = 0;
            while (search.missing > 0 && in.nextToken() != JsonToken.END_ARRAY) {
                visitOrSkip(in, node.children.get(index++), search);
            }
        }
    }

    private static void visitOrSkip(JsonParser in, Node child, Search search) throws IOException {
        if (child == null) {
            in.skipChildren();
        } else {
            visit(in, child, search);
        }
    }

    private static Literal literal(JsonParser in) throws IOException {
        return switch (in.currentToken()) {
            case VALUE_STRING -> new Expression.Text(in.getText());
            case VALUE_NUMBER_INT ->
                in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                        ? new Expression.Number(0, new BigDecimal(in.getBigIntegerValue()))
                        : new Expression.Number(in.getLongValue(), null);
            case VALUE_NUMBER_FLOAT -> number(in.getDecimalValue());
            case VALUE_TRUE -> Constant.TRUE;
            case VALUE_FALSE -> Constant.FALSE;
            case VALUE_NULL -> Constant.NULL;
            default -> Constant.STRUCTURE;
        };
    }

    /** Numbers are equal by value: 1, 1.0 and 1e0. */
    static Expression.Number number(BigDecimal decimal) {
        // longValueExact would write out 1e1000000000
        return Math.abs((long) decimal.precision() - decimal.scale()) > 20 || decimal.scale() > 40
                ? new Expression.Number(0, decimal)
                : Expression.Number.of(decimal);
    }
}
