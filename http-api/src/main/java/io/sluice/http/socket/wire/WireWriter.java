/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.wire;

import akka.util.ByteString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Puts the server's messages into frames: whole ones, without masks, the payload as it is. */
public final class WireWriter {
    private static final int FIN = 0x80;
    private static final int MAX_REASON_BYTES = 123;

    private WireWriter() {}

    public static ByteString message(boolean text, ByteString payload) {
        return frame(text ? WireReader.TEXT : WireReader.BINARY, payload);
    }

    public static ByteString ping() {
        return frame(WireReader.PING, ByteString.emptyByteString());
    }

    public static ByteString pong(byte[] payload) {
        return frame(WireReader.PONG, ByteString.fromArrayUnsafe(payload));
    }

    /** @param code {@link WireReader#NO_CODE} for none */
    public static ByteString close(int code, String reason) {
        if (code == WireReader.NO_CODE) {
            return frame(WireReader.CLOSE, ByteString.emptyByteString());
        }
        byte[] text = cut(reason.getBytes(StandardCharsets.UTF_8));
        byte[] payload = new byte[2 + text.length];
        payload[0] = (byte) (code >> 8);
        payload[1] = (byte) code;
        System.arraycopy(text, 0, payload, 2, text.length);
        return frame(WireReader.CLOSE, ByteString.fromArrayUnsafe(payload));
    }

    /** A control frame has 125 bytes; never half a character. */
    private static byte[] cut(byte[] utf8) {
        int length = utf8.length;
        if (length > MAX_REASON_BYTES) {
            length = MAX_REASON_BYTES;
            while ((utf8[length] & 0xc0) == 0x80) {
                length--;
            }
        }
        return length == utf8.length ? utf8 : Arrays.copyOf(utf8, length);
    }

    private static ByteString frame(int opcode, ByteString payload) {
        int length = payload.length();
        byte[] head;
        if (length < 126) {
            head = new byte[] {(byte) (FIN | opcode), (byte) length};
        } else if (length < 1 << 16) {
            head = new byte[] {(byte) (FIN | opcode), 126, (byte) (length >> 8), (byte) length};
        } else {
            head = new byte[] {
                (byte) (FIN | opcode),
                127,
                0,
                0,
                0,
                0,
                (byte) (length >> 24),
                (byte) (length >> 16),
                (byte) (length >> 8),
                (byte) length
            };
        }
        ByteString framed = ByteString.fromArrayUnsafe(head);
        return length == 0 ? framed : framed.concat(payload);
    }
}
