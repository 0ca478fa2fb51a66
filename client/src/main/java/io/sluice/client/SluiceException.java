/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.Objects;

/** What a node refused, or what ended a subscription or a producer. */
public final class SluiceException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** No connection, as often as was tried. */
    public static final String CONNECTION_LOST = "CONNECTION_LOST";

    /** The node refused the connection for a reason that another try does not change. */
    public static final String REFUSED = "REFUSED";

    /** The node sent what the protocol does not allow. */
    public static final String PROTOCOL_ERROR = "PROTOCOL_ERROR";

    /** The {@link SluiceClient} was closed. */
    public static final String CLOSED = "CLOSED";

    /** The node said good-bye, and not to come back. */
    public static final String BYE = "BYE";

    private final String code;
    private final transient Positions positions;

    SluiceException(String code, String message) {
        this(code, message, Positions.NONE);
    }

    SluiceException(String code, String message, Positions positions) {
        super(code + ": " + message);
        this.code = Objects.requireNonNull(code, "code");
        this.positions = positions;
    }

    /** For programs: one of this class, or of the tables in docs/websocket.md. */
    public String code() {
        return code;
    }

    /** Of a subscription: behind the last record that was delivered, to go on there. Empty if it never began. */
    public Positions positions() {
        return positions == null ? Positions.NONE : positions;
    }
}
