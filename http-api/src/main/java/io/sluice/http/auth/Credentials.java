/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.auth;

import akka.http.javadsl.model.HttpHeader;
import akka.http.javadsl.model.HttpRequest;
import akka.http.javadsl.model.headers.Cookie;
import akka.http.javadsl.model.headers.HttpCookiePair;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a request says of who sent it. Not printed: it is secret.
 *
 * @param authorization the header {@code Authorization}, such as {@code Bearer ...}
 * @param cookies by name; the first of each name
 */
public record Credentials(Optional<String> authorization, Map<String, String> cookies) {
    private static final String BEARER = "bearer ";

    public Credentials {
        cookies = Map.copyOf(cookies);
    }

    public static Credentials of(HttpRequest request) {
        Map<String, String> cookies = new LinkedHashMap<>();
        for (HttpHeader header : request.getHeaders()) {
            if (header instanceof Cookie cookie) {
                for (HttpCookiePair pair : cookie.getCookies()) {
                    cookies.putIfAbsent(pair.name(), pair.value());
                }
            }
        }
        return new Credentials(request.getHeader("Authorization").map(HttpHeader::value), cookies);
    }

    /** The token of {@code Authorization: Bearer}. */
    public Optional<String> bearer() {
        return authorization
                .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
                .map(value -> value.substring(BEARER.length()).trim());
    }

    @Override
    public String toString() {
        return "credentials";
    }
}
