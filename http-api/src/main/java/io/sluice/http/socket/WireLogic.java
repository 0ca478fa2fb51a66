/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import akka.stream.FlowShape;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.TimerGraphStageLogic;
import akka.util.ByteString;
import io.sluice.http.socket.frame.FrameFormat;
import io.sluice.http.socket.wire.CloseCode;
import io.sluice.http.socket.wire.WireException;
import io.sluice.http.socket.wire.WireListener;
import io.sluice.http.socket.wire.WireReader;
import io.sluice.http.socket.wire.WireWriter;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One WebSocket inside its connection's stream, whatever it is for: the wire, signs of life, and the end. One thread at a time.
 *
 * <p><b>Backpressure.</b> Messages that may wait are asked for when the socket takes bytes ({@link #onDemand}), one at a time up to what one write takes. Answers and pongs wait
 * in a queue, and while that is long, or {@link #wantsMore} is false, the client is not read.
 */
abstract class WireLogic extends TimerGraphStageLogic {
    private static final Logger LOG = LoggerFactory.getLogger(WireLogic.class);

    /** Answers that wait; beyond them nothing more is read. */
    private static final int MAX_WAITING = 64;

    /** For the peer's close frame, once ours was sent. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);

    /**
     * What a client that broke the protocol sends is thrown away for so long before the connection is closed: bytes that nobody reads would reset it, and the client
     * would never see the close frame.
     */
    private static final Duration LINGER = Duration.ofMillis(500);

    /** What is given to the socket at once, unless one message is more: each time costs a message between actors and a call of the system. */
    private static final int PUSH_BYTES = 64 << 10;

    private enum Timer {
        KEEP_ALIVE,
        CLOSE
    }

    private final Inlet<ByteString> in;
    private final Outlet<ByteString> out;
    private final Sockets sockets;
    private final FrameFormat format;
    private final boolean text;

    private final Queue<ByteString> waiting = new ArrayDeque<>();
    private final WireReader reader;
    private final Membership membership;
    private AsyncCallback<Sockets.Stop> stop;

    private boolean heard = true;
    private boolean pinged;
    private boolean closing;
    private boolean closeTaken;
    private boolean peerClosed;
    private boolean broken;

    /** @param maxMessageBytes of the client's messages */
    WireLogic(
            FlowShape<ByteString, ByteString> shape,
            Sockets sockets,
            FrameFormat format,
            int maxMessageBytes,
            InetAddress address) {
        super(shape);
        this.in = shape.in();
        this.out = shape.out();
        this.sockets = sockets;
        this.format = format;
        this.text = format == FrameFormat.JSON;
        this.reader = new WireReader(maxMessageBytes, new Heard());
        this.membership = new Membership(address);
        setHandler(in, new Incoming());
        setHandler(out, new Outgoing());
    }

    // --- what it is for

    /** A message of the client, of the right kind. */
    abstract void onMessage(byte[] message);

    /** The socket takes a message, and none waits: at most one may be sent. */
    abstract void onDemand();

    /** Does what was decided meanwhile. Called in each step, before anything is sent. */
    abstract void perform();

    /** Each step ends with it. */
    abstract void onStepped();

    /** The node stops. */
    abstract void onStop(Sockets.Stop why);

    /** Nothing is taken in or sent any more: whatever runs is to end. */
    abstract void onClosing();

    /** A timer that is not the wire's. */
    abstract void onOtherTimer(Object timer);

    /** A sign of life is due that pages see: they don't see pings. */
    void onKeepAlive() {}

    /** Whether the client may be read on. */
    boolean wantsMore() {
        return true;
    }

    // --- what it may use

    /** Nothing follows a close frame. */
    final void send(ByteString message) {
        if (closing) {
            return;
        }
        sendFramed(WireWriter.message(text, message));
    }

    /** The same of a message that is in its frame already. */
    final void sendFramed(ByteString framed) {
        if (closing) {
            return;
        }
        sockets.sent(framed.length());
        waiting.add(framed);
    }

    /** Sends a close frame after what waits; the second is not sent. */
    final void close(int code, String reason) {
        if (closing) {
            return;
        }
        closing = true;
        onClosing();
        waiting.add(WireWriter.close(code, reason));
        scheduleOnce(Timer.CLOSE, CLOSE_TIMEOUT);
    }

    final boolean isClosing() {
        return closing;
    }

    /** After everything that happens: does what is to be done, then gives the socket and the client what they may have. */
    final void step() {
        perform();
        if (isAvailable(out)) {
            ByteString next = next();
            if (next.nonEmpty()) {
                push(out, next);
                closeTaken = closing && waiting.isEmpty();
            }
        }
        if (closeTaken && peerClosed) {
            completeStage();
            return;
        }
        if (waiting.size() < MAX_WAITING && (wantsMore() || closing) && !hasBeenPulled(in) && !isClosed(in)) {
            pull(in);
        }
        onStepped();
    }

    /** What waits, and what is there for the asking. */
    private ByteString next() {
        ByteString next = ByteString.emptyByteString();
        while (next.length() < PUSH_BYTES) {
            if (waiting.isEmpty() && !closing) {
                onDemand();
                perform();
            }
            if (waiting.isEmpty()
                    || (next.nonEmpty() && next.length() + waiting.element().length() > PUSH_BYTES)) {
                break;
            }
            next = next.concat(waiting.remove());
        }
        return next;
    }

    // --- the connection

    @Override
    public void preStart() {
        stop = createAsyncCallback(why -> {
            onStop(why);
            step();
        });
        if (!sockets.opened(membership)) {
            close(CloseCode.TRY_AGAIN_LATER.code(), "too many connections");
        }
        scheduleAtFixedRate(
                Timer.KEEP_ALIVE,
                sockets.options().keepAlive(),
                sockets.options().keepAlive());
        step();
    }

    @Override
    public void postStop() {
        onClosing();
        sockets.closed(membership);
    }

    private final class Membership implements Sockets.Open {
        private final InetAddress address;

        private Membership(InetAddress address) {
            this.address = address;
        }

        @Override
        public void stop(Sockets.Stop why) {
            stop.invoke(why);
        }

        @Override
        public InetAddress address() {
            return address;
        }
    }

    private final class Incoming extends AbstractInHandler {
        @Override
        public void onPush() {
            heard = true;
            ByteString pushed = grab(in);
            if (!broken) {
                read(pushed);
            }
            step();
        }

        private void read(ByteString pushed) {
            try {
                for (ByteBuffer bytes : pushed.getByteBuffers()) {
                    reader.read(bytes);
                }
            } catch (WireException e) {
                sockets.wrong();
                broken = true;
                close(e.code().code(), e.getMessage());
                scheduleOnce(Timer.CLOSE, LINGER);
            }
        }

        @Override
        public void onUpstreamFinish() {
            completeStage();
        }

        @Override
        public void onUpstreamFailure(Throwable failure) {
            LOG.debug("connection lost", failure);
            completeStage();
        }
    }

    private final class Outgoing extends AbstractOutHandler {
        @Override
        public void onPull() {
            step();
        }
    }

    private final class Heard implements WireListener {
        @Override
        public void onMessage(boolean isText, byte[] payload) {
            if (closing) {
                return;
            }
            if (isText != text) {
                sockets.wrong();
                close(
                        CloseCode.UNSUPPORTED_DATA.code(),
                        format.subprotocol() + " takes " + (text ? "text" : "binary") + " messages only");
                return;
            }
            sockets.received();
            WireLogic.this.onMessage(payload);
            perform();
        }

        @Override
        public void onPing(byte[] payload) {
            if (!closing) {
                waiting.add(WireWriter.pong(payload));
            }
        }

        @Override
        public void onPong() {
            // it lives
        }

        @Override
        public void onClose(int code, String reason) {
            close(code, "");
            peerClosed = true;
        }
    }

    @Override
    public void onTimer(Object timer) {
        if (timer == Timer.CLOSE) {
            completeStage();
        } else if (timer == Timer.KEEP_ALIVE) {
            keepAlive();
        } else {
            onOtherTimer(timer);
        }
    }

    private void keepAlive() {
        if (!heard && pinged && hasBeenPulled(in)) {
            LOG.debug("no sign of life since the last ping");
            completeStage();
            return;
        }
        pinged = true;
        heard = false;
        if (!closing && waiting.isEmpty()) {
            waiting.add(WireWriter.ping());
        }
        onKeepAlive();
        step();
    }
}
