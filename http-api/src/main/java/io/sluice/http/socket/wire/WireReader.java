/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.wire;

import io.sluice.http.socket.frame.Utf8;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads what a client sends, in pieces of any size: fragments are put together, masks taken off, control frames passed on between fragments. A message
 * never takes more memory than it may be long, and between messages almost none is held. Not thread-safe.
 *
 * <pre>
 *   0                   1                   2                   3
 *   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *  +-+-+-+-+-------+-+-------------+-------------------------------+
 *  |F|R|R|R| opcode|M| length      | length of 126: 2 bytes more,  |
 *  |I|S|S|S|       |A| 0..125      | of 127: 8 bytes more          |
 *  |N|V|V|V|       |S| 126, 127    |                               |
 *  | |1|2|3|       |K|             |                               |
 *  +-+-+-+-+-------+-+-------------+-------------------------------+
 *  | mask: 4 bytes                                                 |
 *  +---------------------------------------------------------------+
 *  | payload: each byte XOR the mask's, in turn                    |
 *  +---------------------------------------------------------------+
 * </pre>
 */
public final class WireReader {
    /** RFC 6455: what is reported where a close frame has no code. */
    public static final int NO_CODE = 1005;

    static final int CONTINUATION = 0;
    static final int TEXT = 1;
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PING = 9;
    static final int PONG = 10;

    private static final int MAX_HEAD_BYTES = 14;
    private static final int MAX_CONTROL_BYTES = 125;
    private static final int FIRST_MESSAGE_BYTES = 256;
    private static final byte[] EMPTY = {};

    private final int maxMessageBytes;
    private final WireListener listener;

    private final byte[] head = new byte[MAX_HEAD_BYTES];
    private int headBytes;
    private boolean inPayload;

    private boolean fin;
    private int opcode;
    private int remaining;
    private int maskAt;
    private byte[] control = EMPTY;
    private int controlBytes;

    /** {@link #TEXT} or {@link #BINARY}; 0 between messages. */
    private int messageOpcode;

    private byte[] message = EMPTY;
    private int messageBytes;
    private boolean closed;

    public WireReader(int maxMessageBytes, WireListener listener) {
        this.maxMessageBytes = maxMessageBytes;
        this.listener = listener;
    }

    /** @throws WireException if the connection is to be closed; nothing may be read after it */
    public void read(ByteBuffer bytes) throws WireException {
        while (!closed && (bytes.hasRemaining() || (inPayload && remaining == 0))) {
            if (inPayload) {
                payload(bytes);
            } else {
                head[headBytes++] = bytes.get();
                if (headBytes >= 2 && headBytes == headLength()) {
                    beginFrame();
                }
            }
        }
    }

    private int headLength() {
        int length = head[1] & 0x7f;
        return 2 + (length == 126 ? 2 : length == 127 ? 8 : 0) + ((head[1] & 0x80) != 0 ? 4 : 0);
    }

    private void beginFrame() throws WireException {
        fin = (head[0] & 0x80) != 0;
        opcode = head[0] & 0x0f;
        if ((head[0] & 0x70) != 0) {
            throw broken("a reserved bit is set");
        }
        if ((head[1] & 0x80) == 0) {
            throw broken("a frame of a client must be masked");
        }
        long length = length();
        if (opcode >= CLOSE) {
            beginControl(length);
        } else {
            beginData(length);
        }
        remaining = (int) length;
        maskAt = headBytes - 4;
        inPayload = true;
    }

    private long length() throws WireException {
        int length = head[1] & 0x7f;
        if (length < 126) {
            return length;
        }
        long extended = 0;
        for (int i = 2; i < headBytes - 4; i++) {
            extended = extended << 8 | (head[i] & 0xff);
        }
        if (extended < 0) {
            throw broken("a length is negative");
        }
        return extended;
    }

    private void beginControl(long length) throws WireException {
        if (opcode > PONG) {
            throw broken("unknown opcode " + opcode);
        }
        if (!fin || length > MAX_CONTROL_BYTES) {
            throw broken("a control frame must be whole and have at most " + MAX_CONTROL_BYTES + " bytes");
        }
        control = length == 0 ? EMPTY : new byte[(int) length];
        controlBytes = 0;
    }

    private void beginData(long length) throws WireException {
        if (opcode > BINARY) {
            throw broken("unknown opcode " + opcode);
        }
        if (opcode == CONTINUATION && messageOpcode == 0) {
            throw broken("a continuation of no message");
        }
        if (opcode != CONTINUATION && messageOpcode != 0) {
            throw broken("a new message before the last was whole");
        }
        if (length > maxMessageBytes - messageBytes) {
            throw new WireException(CloseCode.TOO_BIG, "a message may have " + maxMessageBytes + " bytes");
        }
        if (opcode != CONTINUATION) {
            messageOpcode = opcode;
        }
    }

    private void payload(ByteBuffer bytes) throws WireException {
        int count = Math.min(remaining, bytes.remaining());
        byte[] to = opcode >= CLOSE ? control : room(count);
        int at = opcode >= CLOSE ? controlBytes : messageBytes;
        bytes.get(to, at, count);
        for (int i = 0; i < count; i++) {
            to[at + i] ^= head[maskAt + (i & 3)];
        }
        turnMask(count);
        if (opcode >= CLOSE) {
            controlBytes += count;
        } else {
            messageBytes += count;
        }
        remaining -= count;
        if (remaining == 0) {
            inPayload = false;
            headBytes = 0;
            endFrame();
        }
    }

    /** The next piece of the payload begins with the next byte of the mask. */
    private void turnMask(int count) {
        for (int turn = count & 3; turn > 0; turn--) {
            byte first = head[maskAt];
            System.arraycopy(head, maskAt + 1, head, maskAt, 3);
            head[maskAt + 3] = first;
        }
    }

    private byte[] room(int more) {
        int needed = messageBytes + more;
        if (needed > message.length) {
            int doubled = Math.max(message.length * 2, FIRST_MESSAGE_BYTES);
            message = Arrays.copyOf(message, Math.max(needed, Math.min(doubled, maxMessageBytes)));
        }
        return message;
    }

    private void endFrame() throws WireException {
        switch (opcode) {
            case CLOSE -> endClose();
            case PING -> listener.onPing(control);
            case PONG -> listener.onPong();
            default -> {
                if (fin) {
                    endMessage();
                }
            }
        }
    }

    private void endMessage() throws WireException {
        boolean text = messageOpcode == TEXT;
        byte[] whole = message.length == messageBytes ? message : Arrays.copyOf(message, messageBytes);
        message = EMPTY;
        messageBytes = 0;
        messageOpcode = 0;
        if (text && !Utf8.isValid(whole, 0, whole.length)) {
            throw new WireException(CloseCode.INVALID_PAYLOAD, "a text must be UTF-8");
        }
        listener.onMessage(text, whole);
    }

    private void endClose() throws WireException {
        closed = true;
        if (controlBytes == 0) {
            listener.onClose(NO_CODE, "");
            return;
        }
        if (controlBytes == 1) {
            throw broken("half a close code");
        }
        int code = (control[0] & 0xff) << 8 | (control[1] & 0xff);
        if (!CloseCode.isAllowed(code)) {
            throw broken("close code " + code + " must not be sent");
        }
        if (!Utf8.isValid(control, 2, controlBytes - 2)) {
            throw new WireException(CloseCode.INVALID_PAYLOAD, "the reason of a close must be UTF-8");
        }
        listener.onClose(code, new String(control, 2, controlBytes - 2, StandardCharsets.UTF_8));
    }

    private static WireException broken(String what) {
        return new WireException(CloseCode.PROTOCOL_ERROR, what);
    }
}
