/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

/** The way back for one request. Exactly one of the first three methods is called, once, from any thread. Responses leave in request order. */
public interface Reply {
    void send(Response response);

    /** The request has no response (Produce with {@code acks=0}); those after it may go on. */
    void nothing();

    /** Closes the connection, with a line in the log that says why. */
    void close(String reason);

    /**
     * What to do if the connection ends before the answer is there: nobody waits for it any more, so that a wait should be given up. To
     * be called on the connection's event loop, at most once; it is run there, too. The request must be answered nevertheless.
     */
    void whenGone(Runnable giveUp);
}
