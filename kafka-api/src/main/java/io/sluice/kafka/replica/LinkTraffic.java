/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import java.util.List;

/**
 * What travels by a {@link BrokerLink}. On its event loop.
 *
 * @param <A> an answer as it is read from a response
 */
interface LinkTraffic<A> {
    /** What is sent. */
    interface Request {
        /** With its length. */
        int sizeInBytes();

        void write(ByteBuf out, int correlationId);
    }

    /** Whether any question has no answer yet. */
    boolean isAsking();

    /** Whether the next request has something to say. */
    boolean hasNews();

    /** The next request, with what is new, as much as {@link BrokerLink#take} gives. */
    Request request(LinkRequest head);

    /** @throws MalformedRequestException unless it is an answer */
    A read(WireReader in);

    /** All answers of one response. Their records are a part of the frame, which is released afterwards. */
    void answered(ByteBuf frame, List<A> answers);

    /**
     * The broker can't be reached, or the connection has broken: what was asked has no answer.
     *
     * @param outageBegins false if this was told already
     * @return whether the link shall try again by itself, after a pause; otherwise it does so for the next question
     */
    boolean interrupted(String reason, boolean outageBegins);

    /** The outage that {@link #interrupted} told of is over. */
    void goesOn();

    /** The connection has ended, and the broker has forgotten all questions: there is nothing left that could be cancelled. */
    void ended();

    /** The link is closed for good. */
    void closed();
}
