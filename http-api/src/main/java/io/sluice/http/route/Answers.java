/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import akka.http.javadsl.model.ContentType;
import akka.http.javadsl.model.ContentTypes;
import akka.http.javadsl.model.HttpEntities;
import akka.http.javadsl.model.HttpResponse;
import akka.http.javadsl.model.headers.RawHeader;
import java.nio.charset.StandardCharsets;

/** Makes responses. */
public final class Answers {
    private static final ContentType PROBLEM = ContentTypes.parse(Problem.MEDIA_TYPE);
    private static final String RETRY_AFTER_SECONDS = "1";

    private Answers() {}

    /** 200, with a value as JSON. */
    public static HttpResponse json(Object value) {
        return json(200, value);
    }

    public static HttpResponse json(int status, Object value) {
        return bytes(status, ContentTypes.APPLICATION_JSON, Json.bytes(value));
    }

    public static HttpResponse text(int status, String text) {
        return bytes(status, ContentTypes.TEXT_PLAIN_UTF8, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Some bytes of a kind. */
    public static HttpResponse bytes(int status, ContentType type, byte[] bytes) {
        return HttpResponse.create().withStatus(status).withEntity(HttpEntities.create(type, bytes));
    }

    /** A status alone. */
    public static HttpResponse nothing(int status) {
        return HttpResponse.create().withStatus(status);
    }

    /** @param instance the path of the request; null if it is not known */
    public static HttpResponse problem(Problem problem, String instance) {
        HttpResponse response = bytes(problem.kind().status(), PROBLEM, Json.bytes(problem.document(instance)));
        return problem.kind().isPassing()
                ? response.addHeader(RawHeader.create("Retry-After", RETRY_AFTER_SECONDS))
                : response;
    }
}
