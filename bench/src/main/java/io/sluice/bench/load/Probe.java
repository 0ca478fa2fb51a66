/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.load;

import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code HOST:PORT SECONDS}: asks for metadata (version 1, no topics) on a bare socket until a broker is listed; prints the
 * epoch milliseconds of that answer. A bare socket, since a client library would take longer to start than the broker.
 */
public final class Probe {
    private static final short METADATA = 3;
    private static final short VERSION = 1;
    private static final int CORRELATION_ID = 7;
    private static final byte[] CLIENT_ID = "probe".getBytes(StandardCharsets.US_ASCII);
    private static final int CONNECT_TIMEOUT_MS = 500;
    private static final int ANSWER_TIMEOUT_MS = 2_000;
    private static final long PAUSE_NS = 5_000_000L;

    private Probe() {}

    /** Entry point. */
    public static void main(String[] args) {
        int colon = args[0].lastIndexOf(':');
        var to = new InetSocketAddress(args[0].substring(0, colon), Integer.parseInt(args[0].substring(colon + 1)));
        long end = System.nanoTime() + Long.parseLong(args[1]) * 1_000_000_000L;
        System.out.println("ready");
        while (System.nanoTime() < end) {
            if (answers(to)) {
                System.out.println(InstantSource.system().millis());
                return;
            }
            LockSupport.parkNanos(PAUSE_NS);
        }
        System.exit(1);
    }

    private static boolean answers(InetSocketAddress to) {
        try (Socket socket = new Socket()) {
            socket.connect(to, CONNECT_TIMEOUT_MS);
            socket.setSoTimeout(ANSWER_TIMEOUT_MS);
            socket.setTcpNoDelay(true);
            var out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
            out.writeInt(2 + 2 + 4 + 2 + CLIENT_ID.length + 4);
            out.writeShort(METADATA);
            out.writeShort(VERSION);
            out.writeInt(CORRELATION_ID);
            out.writeShort(CLIENT_ID.length);
            out.write(CLIENT_ID);
            out.writeInt(0); // no topics
            out.flush();
            var in = new DataInputStream(socket.getInputStream());
            int size = in.readInt();
            return size > 0 && in.readInt() == CORRELATION_ID && in.readInt() > 0;
        } catch (IOException e) {
            return false; // not up yet
        }
    }
}
