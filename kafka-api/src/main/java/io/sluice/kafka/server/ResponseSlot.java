/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.Response;

/** The place of one request's response in its connection's order. */
final class ResponseSlot implements Reply {
    private final Connection connection;
    private final int reservedBytes;
    private Response response;
    private String closeReason;

    /** Set on the event loop only. */
    boolean done;

    ResponseSlot(Connection connection, int reservedBytes) {
        this.connection = connection;
        this.reservedBytes = reservedBytes;
    }

    Connection connection() {
        return connection;
    }

    int reservedBytes() {
        return reservedBytes;
    }

    /** Null if there is nothing to send. */
    Response response() {
        return response;
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

    private void comeHome() {
        LoopContext loop = connection.loop();
        if (loop.eventLoop.inEventLoop()) {
            connection.answered(this);
        } else {
            loop.answered(this);
        }
    }
}
