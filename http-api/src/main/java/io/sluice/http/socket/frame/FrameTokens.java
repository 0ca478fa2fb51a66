/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;

/** Takes single values from a frame, or says at which path something else was expected: {@code credit.records: expected ..., got a string}. */
final class FrameTokens {
    /** The largest number that JavaScript counts exactly to. */
    static final long MAX_NUMBER = (1L << 53) - 1;

    private static final int QUOTED_LENGTH = 40;
    private static final int PATH_LENGTH = 120;

    private static final Pattern CONTROL = Pattern.compile("[\\p{Cntrl}\\x{2028}\\x{2029}]");

    /** A value that can't be taken. */
    static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        private Wrong(String message) {
            super(message, null, false, false);
        }
    }

    private final JsonParser in;

    FrameTokens(JsonParser in) {
        this.in = in;
    }

    /** @param path empty for the frame */
    Wrong wrong(String path, String what) {
        return new Wrong(path.isEmpty() ? what : cut(path, PATH_LENGTH) + ": " + what);
    }

    Wrong expected(String path, String what) throws IOException {
        return wrong(path, "expected " + what + ", got " + describe());
    }

    String string(String path, int minLength, int maxLength) throws IOException, Wrong {
        if (in.currentToken() != JsonToken.VALUE_STRING) {
            throw expected(path, "a string");
        }
        String text = in.getText();
        if (text.length() < minLength || text.length() > maxLength) {
            throw wrong(
                    path,
                    text.isEmpty()
                            ? "expected a string that is not empty"
                            : "expected at most " + maxLength + " characters, got " + text.length());
        }
        return text;
    }

    long number(String path, long max) throws IOException, Wrong {
        if (in.currentToken() != JsonToken.VALUE_NUMBER_INT
                || in.getNumberType() == JsonParser.NumberType.BIG_INTEGER
                || in.getLongValue() < 0
                || in.getLongValue() > max) {
            throw expected(path, "a whole number from 0 to " + max);
        }
        return in.getLongValue();
    }

    <T> T choice(String path, Map<String, T> choices) throws IOException, Wrong {
        T chosen = in.currentToken() == JsonToken.VALUE_STRING ? choices.get(in.getText()) : null;
        if (chosen == null) {
            throw expected(path, "one of " + String.join(", ", new TreeSet<>(choices.keySet())));
        }
        return chosen;
    }

    void expectObject(String path, String what) throws IOException, Wrong {
        if (in.currentToken() != JsonToken.START_OBJECT) {
            throw expected(path, what);
        }
    }

    void expectArray(String path) throws IOException, Wrong {
        if (in.currentToken() != JsonToken.START_ARRAY) {
            throw expected(path, "an array");
        }
    }

    /** The token as one reads it. */
    String describe() throws IOException {
        JsonToken token = in.currentToken();
        if (token == null) {
            return "nothing";
        }
        return switch (token) {
            case START_OBJECT -> "an object";
            case START_ARRAY -> "an array";
            case VALUE_STRING -> "'" + cut(in.getText(), QUOTED_LENGTH) + "'";
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> cut(in.getText(), QUOTED_LENGTH);
            case VALUE_TRUE -> "true";
            case VALUE_FALSE -> "false";
            case VALUE_NULL -> "null";
            case VALUE_EMBEDDED_OBJECT -> "a byte string";
            default -> "something else";
        };
    }

    /** A short text of a client in a message. */
    static String line(String text) {
        return cut(text, QUOTED_LENGTH);
    }

    /** What a client sent goes back to it, but not at any length, and as one line. */
    private static String cut(String text, int length) {
        String line = text.length() <= length ? text : text.substring(0, length) + "...";
        return CONTROL.matcher(line).replaceAll("?");
    }
}
