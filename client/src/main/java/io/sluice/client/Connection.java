/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The connection of a subscription, or of a producer: one {@link SocketLink} after the other. What an earlier one still says is not heard. All methods
 * but those of the link's owner are for the core's thread.
 */
final class Connection implements SocketLink.Owner {
    private final ClientSettings settings;
    private final Consumer<Runnable> post;
    private final ConnectionEvents events;
    private SocketLink link;
    private ScheduledFuture<?> silence;

    /**
     * A connection that is none yet.
     *
     * @param post brings an event to the core's thread, in order
     * @param events are told on that thread
     */
    Connection(ClientSettings settings, Consumer<Runnable> post, ConnectionEvents events) {
        this.settings = settings;
        this.post = post;
        this.events = events;
    }

    void connect(URI node) {
        link = new SocketLink(node, settings, settings.window().bytes(), this);
        link.connect();
    }

    void send(ClientFrame frame) {
        if (link != null) {
            link.send(ClientFrameWriter.write(frame));
        }
    }

    void disconnect() {
        if (silence != null) {
            silence.cancel(false);
            silence = null;
        }
        if (link != null) {
            link.close();
            link = null;
        }
    }

    // --- from the link, on threads of the JDK

    @Override
    public void onOpened(SocketLink from) {
        ifCurrent(from, () -> {
            long ms = settings.silence().toMillis();
            silence = settings.timer().scheduleAtFixedRate(() -> watch(from), ms, ms, TimeUnit.MILLISECONDS);
            events.onOpened();
        });
    }

    /** On the timer's thread: an event that waits behind a slow subscriber would find a silence that is not the node's. */
    private void watch(SocketLink from) {
        if (from.wasSilent()) {
            onLost(from, "nothing was heard for " + settings.silence().toMillis() + " ms");
        }
    }

    @Override
    public void onFrame(SocketLink from, ServerFrame frame, int bytes) {
        post.accept(() -> {
            if (link == from) {
                events.onFrame(frame);
            }
            from.consumed(bytes);
        });
    }

    @Override
    public void onLost(SocketLink from, String reason) {
        ifCurrent(from, () -> events.onLost(reason));
    }

    @Override
    public void onRefused(SocketLink from, String code, String message) {
        ifCurrent(from, () -> events.onRefused(code, message));
    }

    private void ifCurrent(SocketLink from, Runnable event) {
        post.accept(() -> {
            if (link == from) {
                event.run();
            }
        });
    }
}
