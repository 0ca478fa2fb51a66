/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import akka.event.LoggingAdapter;
import akka.http.ParsingErrorHandler;
import akka.http.javadsl.model.HttpResponse;
import akka.http.scaladsl.model.ErrorInfo;
import akka.http.scaladsl.model.StatusCode;
import akka.http.scaladsl.settings.ServerSettings;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import java.util.Map;

/**
 * Answers what does not become a request: no HTTP, or a part of it that is too long. It is a problem document as all errors are, without the path, which is
 * not known. Akka HTTP takes it by name ({@code akka.http.server.parsing.error-handler}), as an object of Scala's.
 */
public final class RefusedByParser extends ParsingErrorHandler {
    /** Where Akka looks for the object. */
    public static final RefusedByParser MODULE$ = new RefusedByParser();

    private static final int URI_TOO_LONG = 414;
    private static final int HEADER_TOO_LARGE = 431;

    private RefusedByParser() {}

    @Override
    public HttpResponse handle(StatusCode status, ErrorInfo error, LoggingAdapter log, ServerSettings settings) {
        String limit =
                switch (status.intValue()) {
                    case URI_TOO_LONG -> " (sluice.http.uri.max.bytes)";
                    case HEADER_TOO_LARGE -> " (sluice.http.header.max.bytes)";
                    default -> "";
                };
        String summary = error.summary().isEmpty() ? status.reason() : error.summary();
        String sentence = summary.replaceAll("\\p{Cntrl}", "?") + limit + ".";
        return Answers.problem(
                        new Problem(ProblemKind.BAD_REQUEST, sentence, Map.of("status", status.intValue())), null)
                .withStatus(status.intValue());
    }
}
