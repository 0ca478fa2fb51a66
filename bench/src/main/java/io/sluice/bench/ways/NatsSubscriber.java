/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A subscription of NATS over WebSocket: its line protocol in binary messages, which are pieces of a stream.
 *
 * <pre>
 *  server: INFO {...}   MSG subject sid size CRLF payload CRLF   PING   PONG   -ERR '...'
 *  client: CONNECT {...}   SUB subject sid   PUB subject size CRLF payload CRLF   PING   PONG
 * </pre>
 */
final class NatsSubscriber extends Subscriber {
    private static final String CONNECT =
            "CONNECT {\"verbose\":false,\"pedantic\":false,\"lang\":\"bench\",\"version\":\"1\",\"protocol\":1}\r\n";
    private static final byte[] PONG = line("PONG\r\n");

    private byte[] rest = {};

    private NatsSubscriber(Tally tally) {
        super(tally);
    }

    /** Connects and subscribes; {@link Tally#ready} counts it when the server has taken that. */
    static WebSocket subscribe(InetSocketAddress to, String subject, Tally tally) throws IOException {
        return connect(to, tally, "SUB " + subject + " 1\r\n");
    }

    /** A connection to publish on. Its answers need no more than this: errors are told to the tally. */
    static WebSocket publisher(InetSocketAddress to, Tally tally) throws IOException {
        return connect(to, tally, "");
    }

    private static WebSocket connect(InetSocketAddress to, Tally tally, String then) throws IOException {
        WebSocket socket = WebSocket.connect(to, "/", null, new NatsSubscriber(tally));
        socket.send(line(CONNECT + then + "PING\r\n"));
        return socket;
    }

    private static byte[] line(String text) {
        return WebSocket.frame(WebSocket.BINARY, text.getBytes(StandardCharsets.US_ASCII));
    }

    @Override
    public void message(WebSocket socket, byte[] bytes, int from, int to) {
        if (rest.length == 0) {
            int done = read(socket, bytes, from, to);
            rest = done == to ? rest : Arrays.copyOfRange(bytes, done, to);
            return;
        }
        byte[] both = Arrays.copyOf(rest, rest.length + to - from);
        System.arraycopy(bytes, from, both, rest.length, to - from);
        rest = Arrays.copyOfRange(both, read(socket, both, 0, both.length), both.length);
    }

    /** @return up to where everything was whole */
    private int read(WebSocket socket, byte[] bytes, int from, int to) {
        long now = System.nanoTime();
        int found = 0;
        int at = from;
        for (int end = endOfLine(bytes, at, to); end >= 0; end = endOfLine(bytes, at, to)) {
            int next = end + 2;
            if (bytes[at] == 'M') {
                next += size(bytes, end) + 2;
                if (next > to) {
                    break;
                }
                record(bytes, end + 2, now);
                found++;
            } else if (bytes[at] == 'P') {
                if (bytes[at + 1] == 'I') {
                    socket.send(PONG);
                } else {
                    tally().ready.increment();
                }
            } else if (bytes[at] == '-') {
                tally().failed(new String(bytes, at, end - at, StandardCharsets.US_ASCII));
            }
            at = next;
        }
        if (found > 0) {
            tally().delivered.add(found);
            tally().frames.increment();
        }
        return at;
    }

    private static int endOfLine(byte[] bytes, int from, int to) {
        for (int i = from; i < to - 1; i++) {
            if (bytes[i] == '\r' && bytes[i + 1] == '\n') {
                return i;
            }
        }
        return -1;
    }

    /** The last number of a line. */
    private static int size(byte[] bytes, int end) {
        int size = 0;
        int scale = 1;
        for (int i = end - 1; bytes[i] != ' '; i--) {
            size += (bytes[i] - '0') * scale;
            scale *= 10;
        }
        return size;
    }
}
