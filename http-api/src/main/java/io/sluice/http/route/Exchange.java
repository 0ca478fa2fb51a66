/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import akka.http.javadsl.model.HttpRequest;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** One request, taken apart. */
public final class Exchange {
    private final HttpRequest request;
    private final Peer peer;
    private final Map<String, String> path;
    private final Map<String, String> query;

    /**
     * @param path variables of the path
     * @param query parameters, none of them unknown to the endpoint
     */
    public Exchange(HttpRequest request, Peer peer, Map<String, String> path, Map<String, String> query) {
        this.request = request;
        this.peer = peer;
        this.path = path;
        this.query = query;
    }

    public HttpRequest request() {
        return request;
    }

    /** Whom the answer goes to. */
    public Peer peer() {
        return peer;
    }

    /** A variable of the endpoint's path. */
    public String path(String name) {
        return path.get(name);
    }

    /** A variable of the path that is a number from 0 on. */
    public int pathNumber(String name, ProblemKind otherwise) {
        String text = path.get(name);
        if (!text.matches("\\d{1,9}")) {
            throw Problem.of(
                            otherwise,
                            "The " + name + " in the path is " + Problem.quoted(text) + ", which is no number.")
                    .asException();
        }
        return Integer.parseInt(text);
    }

    public Optional<String> query(String name) {
        return Optional.ofNullable(query.get(name));
    }

    /** A whole number in the query. */
    public long query(String name, long otherwise, long min, long max) {
        String text = query.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // told below
        }
        throw wrong(name, text, "a whole number from " + min + " to " + max);
    }

    public boolean query(String name, boolean otherwise) {
        return query(name, otherwise ? Flag.TRUE : Flag.FALSE) == Flag.TRUE;
    }

    private enum Flag {
        TRUE,
        FALSE
    }

    /** One of the constants of an enumeration, in lower case. */
    public <E extends Enum<E>> E query(String name, E otherwise) {
        String text = query.get(name);
        if (text == null) {
            return otherwise;
        }
        E[] all = otherwise.getDeclaringClass().getEnumConstants();
        for (E constant : all) {
            if (Words.of(constant).equals(text)) {
                return constant;
            }
        }
        throw wrong(name, text, Arrays.stream(all).map(Words::of).collect(Collectors.joining(" or ")));
    }

    private static ProblemException wrong(String name, String text, String must) {
        return Problem.of(
                        ProblemKind.BAD_PARAMETER,
                        "The parameter " + name + " is " + Problem.quoted(text) + ", it must be " + must + ".")
                .asException();
    }
}
