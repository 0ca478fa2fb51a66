/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.wire;

/** Is told what {@link WireReader} has read. */
public interface WireListener {
    /** @param payload a whole message; the receiver's own. Of a text: valid UTF-8 */
    void onMessage(boolean text, byte[] payload);

    /** To be answered with a pong of the same payload. */
    void onPing(byte[] payload);

    void onPong();

    /** @param code {@link WireReader#NO_CODE} if the peer gave none. Nothing is read behind a close */
    void onClose(int code, String reason);
}
