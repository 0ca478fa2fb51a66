/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import java.util.Arrays;
import java.util.Optional;

/** How frames are written: what a subprotocol stands for. The maps are the same in both. */
public enum FrameFormat {
    /** Text messages. */
    JSON("sluice.v1.json"),
    /** Binary messages: RFC 8949. */
    CBOR("sluice.v1.cbor");

    private final String subprotocol;

    FrameFormat(String subprotocol) {
        this.subprotocol = subprotocol;
    }

    /** The format that a subprotocol stands for. */
    public static Optional<FrameFormat> of(String subprotocol) {
        return Arrays.stream(values())
                .filter(format -> format.subprotocol.equals(subprotocol))
                .findFirst();
    }

    /** What stands in {@code Sec-WebSocket-Protocol}. */
    public String subprotocol() {
        return subprotocol;
    }
}
