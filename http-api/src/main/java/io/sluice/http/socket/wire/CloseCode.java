/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.wire;

/** Close codes of RFC 6455, section 7.4.1, as far as the server sends them. */
public enum CloseCode {
    /** All is well. */
    NORMAL(1000),
    /** The node stops. */
    GOING_AWAY(1001),
    /** The peer broke RFC 6455. */
    PROTOCOL_ERROR(1002),
    /** Text on a binary subprotocol, or the other way round. */
    UNSUPPORTED_DATA(1003),
    /** A text that is not UTF-8. */
    INVALID_PAYLOAD(1007),
    /** The peer does what it may not. */
    POLICY_VIOLATION(1008),
    /** A message beyond {@code sluice.websocket.frame.max.bytes}. */
    TOO_BIG(1009),
    /** A fault of the server. */
    INTERNAL_ERROR(1011),
    /** {@code sluice.websocket.connections.max} was reached between the handshake and now. */
    TRY_AGAIN_LATER(1013);

    private final int code;

    CloseCode(int code) {
        this.code = code;
    }

    public int code() {
        return code;
    }

    /** Whether a peer may send it (section 7.4.2; 1012 to 1014 were registered later). */
    static boolean isAllowed(int code) {
        return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014) || (code >= 3000 && code <= 4999);
    }
}
