/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

/** The way back for one request. Exactly one of the methods is called, once, from any thread. Responses leave in request order. */
public interface Reply {
    void send(Response response);

    /** The request has no response (Produce with {@code acks=0}); those after it may go on. */
    void nothing();

    /** Closes the connection, with a line in the log that says why. */
    void close(String reason);
}
