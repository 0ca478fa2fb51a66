/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import io.netty.buffer.ByteBuf;

/**
 * Answers one API straight from the bytes of the request: for those where record bytes must not be copied. Called on the
 * connection's event loop: never block.
 */
public non-sealed interface FrameHandler extends Api {
    /** Whether requests may be as large as {@code socket.request.max.bytes}; the others have the smaller limit of decoded requests. */
    boolean carriesRecords();

    /**
     * Takes the request.
     *
     * @param frame a direct buffer, its reader index after the request header; valid during this call, retain it to keep it
     * @param reply to be used exactly once, from any thread
     * @throws io.sluice.kafka.wire.MalformedRequestException closes the connection
     */
    void handle(RequestContext context, ByteBuf frame, Reply reply);
}
