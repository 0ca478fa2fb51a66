/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.http.socket.frame.ServerFrame;
import io.sluice.http.socket.wire.CloseCode;

/** What {@link SocketSession} wants done, in this order. */
public sealed interface SocketEffect {
    /** Run a subscription; answer with {@code onOpened} or {@code onEnded}. */
    record Open(String id, SubscriptionRequest request) implements SocketEffect {}

    /** Ask the subscription for one event more; answer with {@code onEvent} when it comes. */
    record Pull(String id) implements SocketEffect {}

    /** End the subscription that was opened last under this id; nothing more is said about it. */
    record Cancel(String id) implements SocketEffect {}

    /** Commit for the subscription's group; answer with {@code onCommitted}. */
    record Commit(String id, Positions positions) implements SocketEffect {}

    /** Send a frame. */
    record Send(ServerFrame frame) implements SocketEffect {}

    /** Send all records of a batch. */
    record SendBatch(ServerFrame.Records frame, DecodedBatch batch) implements SocketEffect {}

    /** Close the socket, after what was sent. Nothing comes after it. */
    record Close(CloseCode code, String reason) implements SocketEffect {}
}
