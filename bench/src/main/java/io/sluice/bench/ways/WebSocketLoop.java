/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * One thread that reads any number of {@link WebSocket}s. It reads all that have something, then rests for {@code pauseNs}: with hundreds of sockets
 * that get a record each millisecond, reading each record by itself would take the processor from the server on the same machine. What is measured
 * as delivery includes this rest.
 */
final class WebSocketLoop implements AutoCloseable {
    private static final int BUFFER_BYTES = 1 << 20;
    private static final long SELECT_MS = 100;

    private final Selector selector;
    private final long pauseNs;
    private final Queue<WebSocket> added = new ConcurrentLinkedQueue<>();
    private final Thread thread;
    private ByteBuffer in = ByteBuffer.allocate(BUFFER_BYTES);
    private volatile boolean stopped;
    private volatile Throwable failure;

    WebSocketLoop(long pauseNs) throws IOException {
        this.pauseNs = pauseNs;
        selector = Selector.open();
        thread = new Thread(this::run, "sockets");
        thread.setDaemon(true);
        thread.start();
    }

    /** Reads it from now on. */
    void add(WebSocket socket) {
        added.add(socket);
        selector.wakeup();
    }

    /** Throws what has ended the thread. */
    void check() {
        if (failure != null) {
            throw new IllegalStateException("the sockets' thread failed", failure);
        }
    }

    private void run() {
        try {
            while (!stopped) {
                selector.select(key -> read((WebSocket) key.attachment()), SELECT_MS);
                for (WebSocket socket = added.poll(); socket != null; socket = added.poll()) {
                    socket.channel().configureBlocking(false);
                    socket.channel().register(selector, SelectionKey.OP_READ, socket);
                    read(socket); // something may have come with the handshake
                }
                if (pauseNs > 0) {
                    LockSupport.parkNanos(pauseNs);
                }
            }
        } catch (IOException | RuntimeException e) {
            failure = e;
        }
    }

    @SuppressWarnings("ByteBufferBackingArray")
    private void read(WebSocket socket) {
        in.clear();
        int rest = socket.takeRest(in);
        int got;
        try {
            got = socket.channel().read(in);
        } catch (IOException e) {
            socket.lost(e.getMessage());
            return;
        }
        if (got < 0) {
            socket.lost("ended");
            return;
        }
        if (got + rest == 0) {
            return;
        }
        boolean full = !in.hasRemaining();
        socket.arrived(in.array(), in.position());
        if (full) {
            in = ByteBuffer.allocate(in.capacity() * 2); // a frame may be larger than it; the next begins with more
        }
    }

    @Override
    public void close() {
        stopped = true;
        selector.wakeup();
        try {
            thread.join();
            selector.close();
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
