/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One connection to a node, over the JDK's WebSocket: frames out in order, frames in decoded. What is not consumed yet is bounded: beyond the read-ahead
 * nothing is read from the socket. Tells its owner once how it ended, from threads of the JDK.
 */
final class SocketLink implements WebSocket.Listener {
    static final String SUBPROTOCOL = "sluice.v1.cbor";

    private static final int NORMAL_CLOSE = 1000;
    private static final long CLOSE_MS = 2_000;
    private static final int KEPT_BUFFER_BYTES = 2 << 20;

    /** Who is told. */
    interface Owner {
        void onOpened(SocketLink link);

        /** @param bytes to be given to {@link #consumed} when the frame was dealt with */
        void onFrame(SocketLink link, ServerFrame frame, int bytes);

        /** Another try might do. */
        void onLost(SocketLink link, String reason);

        /** Another try would end the same. */
        void onRefused(SocketLink link, String code, String message);
    }

    private final URI node;
    private final ClientSettings settings;
    private final long readAheadBytes;
    private final Owner owner;
    private final AtomicBoolean ended = new AtomicBoolean();

    private final AtomicLong unconsumed = new AtomicLong();
    private final AtomicBoolean held = new AtomicBoolean();
    private final LinkProbe probe = new LinkProbe();
    private volatile boolean heard = true;

    private volatile WebSocket socket;
    private volatile CompletableFuture<WebSocket> connecting;
    private CompletableFuture<?> sent = CompletableFuture.completedFuture(null);
    private CompletableFuture<?> pinged = CompletableFuture.completedFuture(null);

    private byte[] message = {};
    private int messageBytes;

    SocketLink(URI node, ClientSettings settings, long readAheadBytes, Owner owner) {
        this.node = node;
        this.settings = settings;
        this.readAheadBytes = readAheadBytes;
        this.owner = owner;
    }

    void connect() {
        WebSocket.Builder builder = settings.http()
                .newWebSocketBuilder()
                .subprotocols(SUBPROTOCOL)
                .connectTimeout(settings.connectTimeout());
        settings.headers().forEach(builder::header);
        connecting = builder.buildAsync(node, this);
        CompletableFuture<?> unused = connecting.whenComplete((opened, error) -> {
            if (error != null) {
                connectFailed(error);
            }
        });
    }

    private void connectFailed(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        if (cause instanceof CancellationException) {
            lost("cancelled");
        } else if (cause instanceof WebSocketHandshakeException refused && refused.getResponse() != null) {
            int status = refused.getResponse().statusCode();
            String message = node + " answers HTTP " + status;
            if (status == 429 || status >= 500) {
                lost(message);
            } else {
                refused(SluiceException.REFUSED, message);
            }
        } else {
            lost("no connection to " + node + ": " + cause);
        }
    }

    @Override
    public void onOpen(WebSocket opened) {
        socket = opened;
        if (ended.get()) {
            opened.abort();
        } else if (!SUBPROTOCOL.equals(opened.getSubprotocol())) {
            refused(SluiceException.PROTOCOL_ERROR, node + " does not speak " + SUBPROTOCOL);
            opened.abort();
        } else {
            owner.onOpened(this);
            opened.request(1);
        }
    }

    // --- in

    @Override
    public CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        heard();
        int more = data.remaining();
        if (more > settings.maxFrameBytes() - messageBytes) {
            refused(SluiceException.PROTOCOL_ERROR, "a frame of more than " + settings.maxFrameBytes() + " bytes");
            from.abort();
            return null;
        }
        if (more > message.length - messageBytes) {
            message = Arrays.copyOf(message, Math.max(messageBytes + more, message.length * 2));
        }
        data.get(message, messageBytes, more);
        messageBytes += more;
        if (last) {
            frame(from);
        } else {
            from.request(1);
        }
        return null;
    }

    private void frame(WebSocket from) {
        int bytes = messageBytes;
        messageBytes = 0;
        try {
            ServerFrame frame = ServerFrameReader.read(message, bytes);
            if (frame != null && !ended.get()) {
                unconsumed.addAndGet(bytes);
                owner.onFrame(this, frame, bytes);
            }
        } catch (CborException e) {
            refused(SluiceException.PROTOCOL_ERROR, "a frame of " + node + " can't be read: " + e.getMessage());
            from.abort();
            return;
        }
        if (message.length > KEPT_BUFFER_BYTES) {
            message = new byte[0];
        }
        held.set(true);
        readOn();
    }

    /** A frame was dealt with. */
    void consumed(int bytes) {
        unconsumed.addAndGet(-bytes);
        readOn();
    }

    private void readOn() {
        WebSocket open = socket;
        if (open != null && unconsumed.get() < readAheadBytes && held.compareAndSet(true, false)) {
            open.request(1);
        }
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
        refused(SluiceException.PROTOCOL_ERROR, node + " sent text on " + SUBPROTOCOL);
        from.abort();
        return null;
    }

    /** The pong is the JDK's. */
    @Override
    public CompletionStage<?> onPing(WebSocket from, ByteBuffer data) {
        heard();
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onPong(WebSocket from, ByteBuffer data) {
        heard = true;
        probe.onPong();
        from.request(1);
        return null;
    }

    private void heard() {
        heard = true;
        if (probe.onMessage()) {
            later(this::probe, probe.waitMs());
        }
    }

    /** On the timer's thread. */
    private void probe() {
        if (ended.get()) {
            return;
        }
        if (probe.tick(!held.get()) && pinged.isDone()) {
            pinged = socket.sendPing(ByteBuffer.allocate(0));
            lostIfFailed(pinged);
        }
        long waitMs = probe.waitMs();
        if (waitMs > 0) {
            later(this::probe, waitMs);
        }
    }

    private void later(Runnable work, long ms) {
        try {
            ScheduledFuture<?> unused = settings.timer().schedule(work, ms, TimeUnit.MILLISECONDS);
        } catch (RejectedExecutionException e) {
            // a client that was closed needs no timer
            abort();
        }
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int code, String reason) {
        String message = node + " closed the connection with " + code + (reason.isEmpty() ? "" : ": " + reason);
        switch (code) {
            // what this side sent is to blame, and would be sent again
            case 1002, 1003, 1007, 1008, 1009 -> refused(SluiceException.PROTOCOL_ERROR, message);
            default -> lost(message);
        }
        return null;
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        lost("connection to " + node + " lost: " + error);
    }

    /** Whether nothing was heard since this was asked last, though it was listened. */
    boolean wasSilent() {
        boolean was = heard;
        heard = false;
        return !was && !held.get();
    }

    // --- out

    /** From one thread at a time, after it was opened. */
    void send(byte[] frame) {
        sent = sent.thenCompose(before -> socket.sendBinary(ByteBuffer.wrap(frame), true));
        lostIfFailed(sent);
    }

    private void lostIfFailed(CompletableFuture<?> sending) {
        CompletableFuture<?> unused = sending.whenComplete((done, error) -> {
            if (error != null) {
                lost("connection to " + node + " lost: " + error);
            }
        });
    }

    /** Says good-bye. Nothing is told any more. */
    void close() {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        WebSocket open = socket;
        if (open == null) {
            CompletableFuture<WebSocket> pending = connecting;
            if (pending != null) {
                pending.cancel(true);
            }
            return;
        }
        CompletableFuture<?> unused = sent.thenCompose(before -> open.sendClose(NORMAL_CLOSE, ""))
                .whenComplete((done, error) -> {
                    if (error != null) {
                        open.abort();
                        return;
                    }
                    // the close frame of the other side is behind what it had sent
                    open.request(Long.MAX_VALUE);
                    later(open::abort, CLOSE_MS);
                });
    }

    /** Ends it at once. */
    void abort() {
        ended.set(true);
        WebSocket open = socket;
        if (open != null) {
            open.abort();
        }
    }

    private void lost(String reason) {
        if (ended.compareAndSet(false, true)) {
            owner.onLost(this, reason);
        }
    }

    private void refused(String code, String message) {
        if (ended.compareAndSet(false, true)) {
            owner.onRefused(this, code, message);
        }
    }
}
