/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.Response;

/** The place of one request's response in its connection's order. */
final class ResponseSlot implements Reply {
    private final Connection connection;
    private int reservedBytes;
    private Response response;
    private String closeReason;
    private Runnable giveUp;

    /** Set on the event loop only. */
    boolean done;

    ResponseSlot(Connection connection, int reservedBytes) {
        this.connection = connection;
        this.reservedBytes = reservedBytes;
    }

    Connection connection() {
        return connection;
    }

    /** The bytes that are reserved for this request; they are the caller's to give back, and 0 from then on. */
    int takeReservedBytes() {
        int bytes = reservedBytes;
        reservedBytes = 0;
        return bytes;
    }

    /** Null if there is nothing to send, or it was taken already. */
    Response takeResponse() {
        Response taken = response;
        response = null;
        return taken;
    }

    /** Null unless the connection is to be closed instead of an answer. */
    String closeReason() {
        return closeReason;
    }

    @Override
    public void send(Response ready) {
        this.response = ready;
        comeHome();
    }

    @Override
    public void nothing() {
        comeHome();
    }

    @Override
    public void close(String reason) {
        this.closeReason = reason;
        comeHome();
    }

    @Override
    public void whenGone(Runnable action) {
        giveUp = action;
    }

    /** The connection has ended. */
    void gone() {
        if (giveUp != null) {
            giveUp.run();
        }
    }

    private void comeHome() {
        LoopContext loop = connection.loop();
        if (loop.eventLoop.inEventLoop()) {
            connection.answered(this);
        } else {
            loop.answered(this);
        }
    }
}
