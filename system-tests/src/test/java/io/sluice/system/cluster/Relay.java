/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Passes connections on to a port of a node, through a gate in each direction.
 *
 * <p>It behaves as the port itself would: where nobody listens behind it, it refuses too. During a cut it neither refuses nor tells that a connection has
 * ended; so it takes connections then, for the kernel can't be asked not to answer.
 */
final class Relay implements AutoCloseable {
    private static final int LOOK_AGAIN_MS = 50;
    private static final int CHUNK_BYTES = 64 * 1024;
    private static final int BACKLOG = 50;

    private final InetSocketAddress here;
    private final InetSocketAddress there;
    private final Gate forth;
    private final Gate back;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private volatile ServerSocket listening;

    private Relay(InetSocketAddress here, InetSocketAddress there, Gate forth, Gate back) {
        this.here = here;
        this.there = there;
        this.forth = forth;
        this.back = back;
    }

    static Relay start(InetSocketAddress here, InetSocketAddress there, Gate forth, Gate back) {
        var relay = new Relay(here, there, forth, back);
        relay.thread("listens", relay::listen);
        return relay;
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private void thread(String name, Work work) {
        var thread = new Thread(
                () -> {
                    try {
                        work.run();
                    } catch (IOException e) {
                        System.out.println(Thread.currentThread().getName() + ": " + e);
                    } catch (InterruptedException ended) {
                        Thread.currentThread().interrupt();
                    }
                },
                "relay " + here + " " + name);
        thread.setDaemon(true);
        thread.start();
    }

    private boolean isCut() {
        return forth.isShut() || back.isShut();
    }

    private void listen() throws IOException, InterruptedException {
        do {
            if (isCut() || isThere()) {
                takeConnections();
            }
        } while (!closed.await(LOOK_AGAIN_MS, TimeUnit.MILLISECONDS));
    }

    private boolean isThere() {
        try (var probe = new Socket()) {
            probe.connect(there);
            return true;
        } catch (IOException refused) {
            return false;
        }
    }

    /** Until the port behind refuses, or this is closed. */
    private void takeConnections() throws IOException {
        try (var server = new ServerSocket()) {
            server.setReuseAddress(true);
            server.bind(here, BACKLOG);
            listening = server;
            while (closed.getCount() > 0) {
                Socket taken = server.accept();
                thread("connects", () -> connect(taken, server));
            }
        } catch (SocketException e) {
            if (e instanceof BindException) {
                throw e;
            } // else it was closed, by close or by who found that the port behind refuses
        }
    }

    private void connect(Socket taken, ServerSocket server) throws IOException, InterruptedException {
        var onward = new Socket();
        open.add(taken);
        open.add(onward);
        try {
            forth.pass();
            back.pass();
            onward.connect(there);
            taken.setTcpNoDelay(true);
            onward.setTcpNoDelay(true);
        } catch (IOException refused) {
            server.close();
            end(taken, onward);
            return;
        }
        var running = new AtomicInteger(2);
        thread("forth", () -> pump(taken, onward, forth, running));
        thread("back", () -> pump(onward, taken, back, running));
    }

    /** One direction of a connection. Whichever way it ends, the other end does not hear of it during a cut. */
    private void pump(Socket from, Socket to, Gate gate, AtomicInteger running)
            throws IOException, InterruptedException {
        byte[] chunk = new byte[CHUNK_BYTES];
        boolean broken = false;
        try {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
                gate.pass();
                out.write(chunk, 0, count);
            }
            gate.pass();
            to.shutdownOutput();
        } catch (IOException e) {
            broken = true;
            forth.pass();
            back.pass();
        }
        if (running.decrementAndGet() == 0 || broken) {
            end(from, to);
        }
    }

    private void end(Socket one, Socket other) throws IOException {
        open.remove(one);
        open.remove(other);
        one.close();
        other.close();
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            if (listening != null) {
                listening.close();
            }
            for (Socket socket : open) {
                socket.close();
            }
        } catch (IOException e) {
            System.out.println("closing a relay: " + e);
        }
    }
}
