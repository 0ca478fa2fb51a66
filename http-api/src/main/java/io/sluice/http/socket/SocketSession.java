/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.RecordFilter;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.http.filter.Filter;
import io.sluice.http.filter.FilterSyntaxException;
import io.sluice.http.socket.frame.ClientFrame;
import io.sluice.http.socket.frame.FrameError;
import io.sluice.http.socket.frame.FrameException;
import io.sluice.http.socket.frame.From;
import io.sluice.http.socket.frame.ServerFrame;
import io.sluice.http.socket.wire.CloseCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * What one socket means: frames and events in, effects out. No clock, no stream, no bytes. Several subscriptions share the socket in turn; what goes wrong
 * in one leaves the others alone.
 *
 * <p><b>Backpressure.</b> An event is pulled from the engine only while its subscription has credit, and at most one a subscription waits here; a frame with
 * records is made only when the socket takes one ({@link #onDemand}). So a client that grants no credit, or does not read, costs one event a
 * subscription at most. Not thread-safe.
 */
public final class SocketSession {
    /** The largest number that JavaScript counts exactly to. */
    static final long MAX_CREDIT = (1L << 53) - 1;

    /** What tools show of a member of a group. */
    private static final String GROUP_CLIENT = "websocket";

    private final SocketOptions options;
    private final Consumer<SocketEffect> effects;

    /** The one that was served longest ago first. */
    private final Map<String, SocketSubscription> subscriptions = new LinkedHashMap<>();

    private boolean closed;

    public SocketSession(SocketOptions options, Consumer<SocketEffect> effects) {
        this.options = options;
        this.effects = effects;
    }

    /** Subscriptions that live. */
    public int subscriptions() {
        return subscriptions.size();
    }

    /** Records that the client has room for and was not sent, of all subscriptions. */
    public long recordCredit() {
        long credit = 0;
        for (SocketSubscription subscription : subscriptions.values()) {
            credit += subscription.recordCredit();
        }
        return credit;
    }

    /** Subscriptions that wait for credit. */
    public int lackingCredit() {
        int lacking = 0;
        for (SocketSubscription subscription : subscriptions.values()) {
            lacking += subscription.lacksCredit() ? 1 : 0;
        }
        return lacking;
    }

    /** A message that was no frame. */
    public void onMalformed(FrameException malformed) {
        error(malformed.id(), FrameError.MALFORMED_FRAME, malformed.getMessage(), false);
    }

    /** A frame of the client. */
    public void onFrame(ClientFrame frame) {
        if (closed) {
            return;
        }
        if (frame instanceof ClientFrame.Subscribe subscribe) {
            subscribe(subscribe);
            return;
        }
        SocketSubscription subscription = subscriptions.get(frame.id());
        if (subscription == null) {
            error(frame.id(), FrameError.UNKNOWN_SUBSCRIPTION, "no subscription has this id", false);
        } else if (frame instanceof ClientFrame.Credit credit) {
            credit(subscription, credit.grant());
        } else if (frame instanceof ClientFrame.Seek seek) {
            seek(subscription, seek.positions());
        } else if (frame instanceof ClientFrame.Pause) {
            pause(subscription);
        } else if (frame instanceof ClientFrame.Resume) {
            resume(subscription);
        } else if (frame instanceof ClientFrame.Unsubscribe) {
            unsubscribe(subscription);
        } else {
            commit(subscription, ((ClientFrame.Commit) frame).positions());
        }
    }

    private void subscribe(ClientFrame.Subscribe frame) {
        String id = frame.id();
        if (subscriptions.containsKey(id)) {
            error(id, FrameError.DUPLICATE_SUBSCRIPTION, "a subscription with this id lives", false);
            return;
        }
        if (subscriptions.size() >= options.maxSubscriptions()) {
            error(
                    id,
                    FrameError.TOO_MANY_SUBSCRIPTIONS,
                    "a socket may have " + options.maxSubscriptions() + " (sluice.websocket.subscriptions.max)",
                    true);
            return;
        }
        try {
            RecordFilter filter = frame.filter() == null ? RecordFilter.ALL : Filter.parse(frame.filter());
            open(frame, start(frame.from()), filter);
        } catch (FilterSyntaxException e) {
            error(id, FrameError.INVALID_FILTER, e.getMessage(), true);
        }
    }

    private static StartPosition start(From from) {
        if (from instanceof From.Group group) {
            return new StartPosition.Group(group.group(), group.otherwise(), group.autoCommit(), GROUP_CLIENT);
        }
        return ((From.At) from).position();
    }

    private void open(ClientFrame.Subscribe frame, StartPosition from, RecordFilter filter) {
        SocketSubscription subscription = new SocketSubscription(
                frame,
                new SubscriptionRequest(
                        frame.topics(),
                        from,
                        frame.isolation(),
                        filter,
                        frame.policy(),
                        SubscriptionRequest.DEFAULT_BUFFER));
        subscriptions.put(frame.id(), subscription);
        effects.accept(new SocketEffect.Open(frame.id(), subscription.opening()));
        pull(subscription);
    }

    private void credit(SocketSubscription subscription, ClientFrame.Grant grant) {
        if (subscription.grant(grant)) {
            pull(subscription);
        } else {
            error(
                    subscription.id(),
                    FrameError.CREDIT_OVERFLOW,
                    "more than " + MAX_CREDIT + " can't be counted; nothing was granted",
                    false);
        }
    }

    private void commit(SocketSubscription subscription, Positions positions) {
        if (subscription.isOfGroup()) {
            effects.accept(new SocketEffect.Commit(subscription.id(), positions));
        } else {
            error(
                    subscription.id(),
                    FrameError.UNSUPPORTED,
                    "commit: the subscription is of no group; keep the positions and resume with from.offsets",
                    false);
        }
    }

    /** @param code null if the group has them now */
    public void onCommitted(String id, Positions positions, String code, String message) {
        if (closed) {
            return;
        }
        if (code == null) {
            send(new ServerFrame.Committed(id, positions));
        } else {
            send(new ServerFrame.Error(id, code, message, false));
        }
    }

    private void seek(SocketSubscription subscription, Positions to) {
        if (subscription.isOfGroup()) {
            error(
                    subscription.id(),
                    FrameError.UNSUPPORTED,
                    "seek: a member of a group goes on where the group is",
                    false);
            return;
        }
        if (subscription.state() == SocketSubscription.State.OPENING) {
            // which partitions it has is not known yet
            subscription.seekWhenOpen(to);
            return;
        }
        if (!move(subscription, to)) {
            return;
        }
        if (subscription.state() == SocketSubscription.State.PAUSED) {
            send(new ServerFrame.Subscribed(subscription.id(), subscription.positions()));
        } else {
            reopen(subscription);
        }
    }

    private boolean move(SocketSubscription subscription, Positions to) {
        PartitionName unknown = subscription.unknown(to);
        if (unknown == null) {
            subscription.move(to);
            return true;
        }
        error(
                subscription.id(),
                FrameError.MALFORMED_FRAME,
                "positions: the subscription does not have partition " + unknown.partition() + " of topic '"
                        + unknown.topic() + "'",
                false);
        return false;
    }

    private void reopen(SocketSubscription subscription) {
        effects.accept(new SocketEffect.Cancel(subscription.id()));
        effects.accept(new SocketEffect.Open(subscription.id(), subscription.opening()));
    }

    private void pause(SocketSubscription subscription) {
        if (subscription.isOfGroup()) {
            // it stays a member, and asks for nothing
            subscription.hold(true);
        } else if (subscription.state() == SocketSubscription.State.OPENING) {
            subscription.pauseWhenOpen(true);
        } else if (subscription.state() == SocketSubscription.State.OPEN) {
            subscription.paused();
            effects.accept(new SocketEffect.Cancel(subscription.id()));
        }
    }

    private void resume(SocketSubscription subscription) {
        if (subscription.isOfGroup()) {
            if (subscription.hold(false) && subscription.state() == SocketSubscription.State.OPEN) {
                if (!subscription.isReassigned()) {
                    send(new ServerFrame.Subscribed(subscription.id(), subscription.positions()));
                }
                pull(subscription);
            }
        } else if (subscription.state() == SocketSubscription.State.OPENING) {
            subscription.pauseWhenOpen(false);
        } else if (subscription.state() == SocketSubscription.State.PAUSED) {
            effects.accept(new SocketEffect.Open(subscription.id(), subscription.opening()));
        }
    }

    private void unsubscribe(SocketSubscription subscription) {
        subscriptions.remove(subscription.id());
        if (subscription.state() != SocketSubscription.State.PAUSED) {
            effects.accept(new SocketEffect.Cancel(subscription.id()));
        }
    }

    /** The group has spread its partitions anew: events from now on are of the new ones. {@link #onOpened} tells where these begin. */
    public void onReassigned(String id) {
        SocketSubscription subscription = subscriptions.get(id);
        if (subscription != null && subscription.state() == SocketSubscription.State.OPEN) {
            subscription.reassigned();
        }
    }

    /** The subscription runs, and begins there. */
    public void onOpened(String id, Positions began) {
        SocketSubscription subscription = subscriptions.get(id);
        if (subscription != null && subscription.isReassigned()) {
            // told in its place among the records
            subscription.assigned(began);
            return;
        }
        if (subscription == null || subscription.state() != SocketSubscription.State.OPENING) {
            return;
        }
        subscription.opened(began);
        Positions seek = subscription.takeSeekWhenOpen();
        if (seek != null && move(subscription, seek)) {
            reopen(subscription);
            return;
        }
        send(new ServerFrame.Subscribed(id, subscription.positions()));
        if (subscription.pauseWhenOpen()) {
            subscription.pauseWhenOpen(false);
            pause(subscription);
        } else {
            pull(subscription);
        }
    }

    /** What was pulled. */
    public void onEvent(String id, SubscriptionEvent event) {
        SocketSubscription subscription = subscriptions.get(id);
        if (subscription != null && subscription.takesEvents()) {
            subscription.arrived(event);
            pull(subscription);
        }
    }

    /** The subscription is over, or could not begin. */
    public void onEnded(String id, String code, String message) {
        if (subscriptions.remove(id) != null) {
            send(new ServerFrame.Error(id, code, message, true));
        }
    }

    /** The socket takes a frame: at most one is sent. */
    public void onDemand() {
        for (SocketSubscription subscription : subscriptions.values()) {
            SocketEffect next = subscription.next(options.maxRecordsBytes());
            if (next != null) {
                effects.accept(next);
                pull(subscription);
                // to the end of the queue
                subscriptions.remove(subscription.id());
                subscriptions.put(subscription.id(), subscription);
                return;
            }
        }
    }

    /** Whether a subscription has gone on without a word: {@link #onProgressDue} is wanted after a while. */
    public boolean wantsProgress() {
        for (SocketSubscription subscription : subscriptions.values()) {
            if (subscription.hasMoved()) {
                return true;
            }
        }
        return false;
    }

    /** Time to say how far subscriptions are that delivered nothing; the next demand does. */
    public void onProgressDue() {
        subscriptions.values().forEach(SocketSubscription::progressDue);
    }

    /** Time for a sign of life of every subscription, whether it has moved or not: a page sees no pings. The next demand gives it. */
    public void onKeepAlive() {
        subscriptions.values().forEach(SocketSubscription::signDue);
    }

    /**
     * The node stops.
     *
     * @param to addresses of nodes that go on
     */
    public void onStop(String reason, List<String> to) {
        if (closed) {
            return;
        }
        closed = true;
        subscriptions.values().stream()
                .filter(subscription -> subscription.state() != SocketSubscription.State.PAUSED)
                .forEach(subscription -> effects.accept(new SocketEffect.Cancel(subscription.id())));
        subscriptions.clear();
        send(new ServerFrame.Bye(reason, true, to));
        effects.accept(new SocketEffect.Close(CloseCode.GOING_AWAY, reason));
    }

    private void pull(SocketSubscription subscription) {
        if (subscription.wantsEvent()) {
            effects.accept(new SocketEffect.Pull(subscription.id()));
        }
    }

    private void error(String id, FrameError code, String message, boolean fatal) {
        send(new ServerFrame.Error(id, code.name(), message, fatal));
    }

    private void send(ServerFrame frame) {
        effects.accept(new SocketEffect.Send(frame));
    }
}
