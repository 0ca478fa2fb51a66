/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.locks.LockSupport;

/**
 * A client's end of a WebSocket (RFC 6455), as cheap as can be, since it shares the machine with the server: no queue, no copies but one. Connecting
 * blocks; afterwards a {@link WebSocketLoop} reads, and any thread sends.
 *
 * <p>A message that comes in fragments is handed on by the fragment: Sluice does not send any, and NATS' messages are pieces of a stream anyway.
 */
final class WebSocket implements AutoCloseable {
    /** What arrives; called by the loop's thread. */
    interface Listener {
        /** A whole message, or a fragment of one: {@code bytes[from, to)}, good until this returns. */
        void message(WebSocket socket, byte[] bytes, int from, int to);

        /** The connection is over, though nobody here has closed it. */
        void lost(WebSocket socket, String why);
    }

    static final int TEXT = 1;
    static final int BINARY = 2;
    private static final int CLOSE = 8;
    private static final int PING = 9;
    private static final int PONG = 10;
    private static final int FIN = 0x80;
    private static final int MASKED = 0x80;
    private static final int LENGTH_16 = 126;
    private static final int LENGTH_64 = 127;
    /** Masks are against proxies; a server that measures can't tell that it is always the same. */
    private static final byte[] MASK = {0x37, (byte) 0xfa, 0x21, 0x3d};

    private static final byte[] NOTHING = {};
    private static final long SEND_WITHIN_NS = 10_000_000_000L;
    private static final long SEND_AGAIN_NS = 50_000;
    private static final int MAX_RESPONSE_BYTES = 8192;

    private final SocketChannel channel;
    private final Listener listener;
    /** The beginning of a frame whose end has not arrived. */
    private byte[] rest;

    private volatile boolean closed;

    private WebSocket(SocketChannel channel, Listener listener, byte[] rest) {
        this.channel = channel;
        this.listener = listener;
        this.rest = rest;
    }

    /** @param protocol the subprotocol to ask for; null for none */
    static WebSocket connect(InetSocketAddress to, String path, String protocol, Listener listener) throws IOException {
        SocketChannel channel = SocketChannel.open(to);
        channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
        String request = "GET " + path + " HTTP/1.1\r\nHost: " + to.getHostString() + ":" + to.getPort()
                + "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
                + (protocol == null ? "" : "Sec-WebSocket-Protocol: " + protocol + "\r\n") + "\r\n";
        channel.write(ByteBuffer.wrap(request.getBytes(StandardCharsets.US_ASCII)));
        ByteBuffer in = ByteBuffer.allocate(MAX_RESPONSE_BYTES);
        while (in.hasRemaining() && channel.read(in) >= 0) {
            String answer = new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1);
            int end = answer.indexOf("\r\n\r\n");
            if (end >= 0) {
                if (!answer.startsWith("HTTP/1.1 101")) {
                    throw new IOException("refused: " + answer);
                }
                byte[] rest = Arrays.copyOfRange(in.array(), end + 4, in.position());
                return new WebSocket(channel, listener, rest);
            }
        }
        throw new IOException("no answer to the handshake");
    }

    SocketChannel channel() {
        return channel;
    }

    /** A whole message as it goes over the wire, masked. */
    static byte[] frame(int opcode, byte[] payload) {
        int length = payload.length;
        int head = length < LENGTH_16 ? 2 : length < 1 << 16 ? 4 : 10;
        byte[] frame = new byte[head + MASK.length + length];
        frame[0] = (byte) (FIN | opcode);
        if (head == 2) {
            frame[1] = (byte) (MASKED | length);
        } else if (head == 4) {
            frame[1] = (byte) (MASKED | LENGTH_16);
            frame[2] = (byte) (length >> 8);
            frame[3] = (byte) length;
        } else {
            frame[1] = (byte) (MASKED | LENGTH_64);
            ByteBuffer.wrap(frame).putLong(2, length);
        }
        System.arraycopy(MASK, 0, frame, head, MASK.length);
        for (int i = 0; i < length; i++) {
            frame[head + MASK.length + i] = (byte) (payload[i] ^ MASK[i & 3]);
        }
        return frame;
    }

    /** One that the server did not ask for: says that somebody is there. */
    void pong() {
        send(frame(PONG, new byte[0]));
    }

    /** Sends what {@link #frame} has made. Blocks until the socket has taken it. */
    synchronized void send(byte[] frame) {
        ByteBuffer out = ByteBuffer.wrap(frame);
        long end = System.nanoTime() + SEND_WITHIN_NS;
        try {
            while (out.hasRemaining()) {
                if (channel.write(out) == 0) {
                    if (System.nanoTime() > end) {
                        throw new IOException("the server does not read");
                    }
                    LockSupport.parkNanos(SEND_AGAIN_NS);
                }
            }
        } catch (IOException e) {
            if (!closed) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Called by the loop: what was kept, to be read behind. */
    int takeRest(ByteBuffer into) {
        int length = rest.length;
        into.put(rest);
        rest = NOTHING;
        return length;
    }

    /** Hands on all frames that are there whole, and keeps what is left. */
    void arrived(byte[] bytes, int end) {
        int at = 0;
        for (int next = frameAt(bytes, at, end); next >= 0; next = frameAt(bytes, at, end)) {
            at = next;
        }
        rest = at == end ? NOTHING : Arrays.copyOfRange(bytes, at, end);
    }

    /** @return where the next frame begins; -1 if this one is not there whole */
    private int frameAt(byte[] bytes, int at, int end) {
        if (end - at < 2) {
            return -1;
        }
        int length = bytes[at + 1] & 0x7f;
        int from = at + 2;
        if (length == LENGTH_16) {
            from += 2;
            length = end < from ? 0 : twoBytes(bytes, at + 2);
        } else if (length == LENGTH_64) {
            from += 8;
            length = end < from ? 0 : (int) ByteBuffer.wrap(bytes).getLong(at + 2);
        }
        if (end < from || end - from < length) {
            return -1;
        }
        int to = from + length;
        switch (bytes[at] & 0x0f) {
            case PING -> send(frame(PONG, Arrays.copyOfRange(bytes, from, to)));
            case PONG -> {}
            case CLOSE ->
                lost(
                        length < 2
                                ? "closed"
                                : "closed: " + twoBytes(bytes, from) + " "
                                        + new String(bytes, from + 2, length - 2, StandardCharsets.UTF_8));
            default -> listener.message(this, bytes, from, to);
        }
        return to;
    }

    private static int twoBytes(byte[] bytes, int at) {
        return ((bytes[at] & 0xff) << 8) | (bytes[at + 1] & 0xff);
    }

    void lost(String why) {
        if (!closed) {
            close();
            listener.lost(this, why);
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
