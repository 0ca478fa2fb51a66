/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A WebSocket server by hand, that can also do what no server should: answer a handshake with a refusal, end a connection in the middle of a frame, send
 * fragments, pings, text. Frames are read and written with Jackson, so that a fault of the client's own codec does not cancel out.
 */
final class FakeServer implements AutoCloseable {
    static final ObjectMapper CBOR = new ObjectMapper(new CBORFactory());
    private static final String ACCEPT_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    /** What the server does. Calls about one connection come one at a time, from its thread. */
    interface Script {
        /** @return the status of the answer; 101 to go on */
        default int onHandshake(String path, Map<String, String> headers) {
            return 101;
        }

        default void onOpen(Connection connection) throws IOException {}

        void onFrame(Connection connection, JsonNode frame) throws IOException;

        default void onClose(Connection connection) {}
    }

    private final ServerSocket listener;
    private final Script script;
    private final Set<Connection> open = ConcurrentHashMap.newKeySet();
    final AtomicInteger accepted = new AtomicInteger();

    FakeServer(Script script) {
        try {
            this.listener = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.script = script;
        daemon("fake-server", this::accept);
    }

    private static void daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        thread.start();
    }

    String address() {
        return "http://127.0.0.1:" + listener.getLocalPort();
    }

    String socketAddress() {
        return "ws://127.0.0.1:" + listener.getLocalPort() + "/v1/subscribe";
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                accepted.incrementAndGet();
                daemon("fake-connection", () -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        Connection connection = null;
        try (socket) {
            socket.setTcpNoDelay(true);
            connection = new Connection(socket);
            if (connection.handshake()) {
                open.add(connection);
                script.onOpen(connection);
                connection.read();
            }
        } catch (EOFException | SocketException e) {
            // the client went away, or the script cut it
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            if (connection != null && open.remove(connection)) {
                script.onClose(connection);
            }
        }
    }

    /** Ends every connection as a killed process does. */
    void cutAll() {
        open.forEach(Connection::cut);
    }

    int openConnections() {
        return open.size();
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        cutAll();
    }

    /** One client. */
    final class Connection {
        private final Socket socket;
        private final DataInputStream in;
        private final OutputStream out;
        String path;
        /** The script's own. */
        volatile Object state;

        private Connection(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
            this.out = socket.getOutputStream();
        }

        private boolean handshake() throws IOException {
            path = line().split(" ", 3)[1];
            Map<String, String> headers = new HashMap<>();
            for (String line = line(); !line.isEmpty(); line = line()) {
                int colon = line.indexOf(':');
                headers.put(
                        line.substring(0, colon).toLowerCase(Locale.ROOT),
                        line.substring(colon + 1).trim());
            }
            int status = script.onHandshake(path, headers);
            if (status != 101) {
                write(("HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
                return false;
            }
            write(("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                            + "Sec-WebSocket-Accept: " + accept(headers.get("sec-websocket-key")) + "\r\n"
                            + "Sec-WebSocket-Protocol: " + headers.get("sec-websocket-protocol") + "\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            return true;
        }

        private static String accept(String key) {
            try {
                return Base64.getEncoder()
                        .encodeToString(MessageDigest.getInstance("SHA-1")
                                .digest((key + ACCEPT_SUFFIX).getBytes(StandardCharsets.US_ASCII)));
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        private String line() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int c = in.readUnsignedByte(); c != '\n'; c = in.readUnsignedByte()) {
                if (c != '\r') {
                    line.append((char) c);
                }
            }
            return line.toString();
        }

        private void read() throws IOException {
            for (; ; ) {
                int first = in.readUnsignedByte();
                int length = in.readUnsignedByte() & 0x7f;
                if (length == 126) {
                    length = in.readUnsignedShort();
                } else if (length == 127) {
                    length = (int) in.readLong();
                }
                byte[] mask = in.readNBytes(4);
                byte[] payload = in.readNBytes(length);
                if (payload.length < length) {
                    throw new EOFException();
                }
                for (int i = 0; i < length; i++) {
                    payload[i] ^= mask[i & 3];
                }
                int opcode = first & 15;
                if (opcode == 8) {
                    frame(8, payload);
                    return;
                } else if (opcode == 2) {
                    script.onFrame(this, CBOR.readTree(payload));
                }
            }
        }

        void send(JsonNode frame) throws IOException {
            frame(2, CBOR.writeValueAsBytes(frame));
        }

        void sendText(String text) throws IOException {
            frame(1, text.getBytes(StandardCharsets.UTF_8));
        }

        void ping() throws IOException {
            frame(9, new byte[] {1});
        }

        void close(int code, String reason) throws IOException {
            byte[] text = reason.getBytes(StandardCharsets.UTF_8);
            byte[] payload = new byte[2 + text.length];
            payload[0] = (byte) (code >> 8);
            payload[1] = (byte) code;
            System.arraycopy(text, 0, payload, 2, text.length);
            frame(8, payload);
        }

        /** In pieces of a size. */
        void sendFragments(JsonNode frame, int size) throws IOException {
            byte[] payload = CBOR.writeValueAsBytes(frame);
            for (int from = 0; from < payload.length; from += size) {
                int to = Math.min(payload.length, from + size);
                int opcode = from == 0 ? 2 : 0;
                write(framed(to == payload.length, opcode, Arrays.copyOfRange(payload, from, to)));
            }
        }

        /** Ends the connection when so much of the frame was sent. */
        void sendAndCut(JsonNode frame, double part) throws IOException {
            byte[] whole = framed(true, 2, CBOR.writeValueAsBytes(frame));
            write(Arrays.copyOf(whole, (int) (whole.length * part)));
            cut();
        }

        void cut() {
            try {
                socket.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private void frame(int opcode, byte[] payload) throws IOException {
            write(framed(true, opcode, payload));
        }

        void sendRaw(byte[] payload) throws IOException {
            frame(2, payload);
        }

        private byte[] framed(boolean fin, int opcode, byte[] payload) {
            int length = payload.length;
            int head = length < 126 ? 2 : length < 1 << 16 ? 4 : 10;
            byte[] framed = new byte[head + length];
            framed[0] = (byte) ((fin ? 0x80 : 0) | opcode);
            framed[1] = (byte) (head == 2 ? length : head == 4 ? 126 : 127);
            for (int i = 0; i < head - 2; i++) {
                framed[head - 1 - i] = i < 4 ? (byte) (length >>> (8 * i)) : 0;
            }
            System.arraycopy(payload, 0, framed, head, length);
            return framed;
        }

        private synchronized void write(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }
    }
}
