/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Answers one API with the generated message classes. Called on the connection's event loop: never block; the stage may complete on
 * any thread. A stage that fails (or an exception) becomes {@code UNKNOWN_SERVER_ERROR} where the response has a top-level error
 * code, else the connection is closed; both write one log line.
 *
 * @param <Q> the request
 * @param <R> the response
 */
public non-sealed interface ApiHandler<Q extends ApiMessage, R extends ApiMessage> extends Api {
    CompletionStage<R> handle(RequestContext context, Q request);

    /**
     * Whether an answer may wait for other clients, maybe for hours. When the connection of such a request ends before its answer is there, its memory is
     * given back (what is left of it belongs to somebody who has a limit of its own) and its stage is cancelled.
     */
    default boolean waitsForOthers() {
        return false;
    }
}
