/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

/** A client's frame that can't be taken. The message names the field and what was expected there. */
public final class FrameException extends Exception {
    private static final long serialVersionUID = 1L;
    private final String id;

    /** @param id of the subscription that the frame names; null where that was not read */
    public FrameException(String id, String message) {
        super(message, null, false, false);
        this.id = id;
    }

    public String id() {
        return id;
    }
}
