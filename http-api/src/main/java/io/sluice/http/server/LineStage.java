/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.server;

import akka.Done;
import akka.NotUsed;
import akka.japi.Pair;
import akka.stream.Attributes;
import akka.stream.FlowShape;
import akka.stream.Graph;
import akka.stream.Inlet;
import akka.stream.Outlet;
import akka.stream.SubscriptionWithCancelException;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Source;
import akka.stream.stage.AbstractGraphStageWithMaterializedValue;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.GraphStageLogic;
import akka.util.ByteString;
import java.net.InetAddress;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * One TCP connection from its first byte to its last. Whatever it speaks runs within it: first HTTP, and after a response of 101 something else.
 *
 * <pre>
 *            +------------------------------ line ------------------------------+
 *   bytes -> | in  ->  to  -> [ HTTP, until a 101 | WebSocket ] -> from  -> out | -> bytes
 *            +------------------------------------------------------------------+
 * </pre>
 *
 * <p><b>Design note:</b> Akka HTTP can switch protocols by itself, but its twenty-odd stages, with a parser that has a cache of its own, then stay as long as the
 * connection does: some 20 kB, of which a WebSocket that is open for days needs nothing. Here they end with the 101 and are gone.
 *
 * <p>Backpressure: bytes are asked for when the protocol asks for some, and taken from it when the connection takes some. Once the protocol takes no
 * more, what comes is thrown away until it has said its last: a connection with bytes that nobody has read is reset, and the client would not see the answer.
 */
final class LineStage
        extends AbstractGraphStageWithMaterializedValue<FlowShape<ByteString, ByteString>, CompletionStage<Done>> {
    private static final ByteString SWITCHING = ByteString.fromString("HTTP/1.1 101 ");

    private final Inlet<ByteString> in = Inlet.create("line.in");
    private final Outlet<ByteString> out = Outlet.create("line.out");
    private final FlowShape<ByteString, ByteString> shape = FlowShape.of(in, out);
    private final Flow<ByteString, ByteString, NotUsed> http;
    private final Lines lines;
    private final InetAddress address;

    /** @param http finds its {@link Line.On} among its attributes */
    LineStage(Flow<ByteString, ByteString, NotUsed> http, Lines lines, InetAddress address) {
        this.http = http;
        this.lines = lines;
        this.address = address;
    }

    @Override
    public FlowShape<ByteString, ByteString> shape() {
        return shape;
    }

    /** The value is completed when the connection is over. */
    @Override
    public Pair<GraphStageLogic, CompletionStage<Done>> createLogicAndMaterializedValuePair(Attributes inherited) {
        Logic logic = new Logic();
        return Pair.create(logic, logic.over);
    }

    private final class Logic extends GraphStageLogic implements Line, Lines.Open {
        private final CompletableFuture<Done> over = new CompletableFuture<>();
        private AsyncCallback<Done> abort;
        private Protocol protocol;
        private Graph<FlowShape<ByteString, ByteString>, ?> next;
        private volatile Runnable finish;
        private volatile int movedAt;

        /** For a protocol that has not asked for it yet. */
        private ByteString held;

        private boolean peerFinished;

        Logic() {
            super(shape);
            setHandler(in, new Incoming());
            setHandler(out, new Outgoing());
        }

        // --- for whoever speaks over it

        @Override
        public InetAddress address() {
            return address;
        }

        @Override
        public void becomes(Graph<FlowShape<ByteString, ByteString>, ?> other) {
            next = other;
        }

        @Override
        public void onFinish(Runnable action) {
            finish = action;
        }

        // --- for the server, from any thread

        @Override
        public int movedAt() {
            return movedAt;
        }

        @Override
        public void finish() {
            Runnable action = finish;
            if (action != null) {
                action.run();
            }
        }

        @Override
        public void abort() {
            abort.invoke(Done.getInstance());
        }

        private void moved() {
            int now = lines.now();
            if (movedAt != now) {
                movedAt = now;
            }
        }

        // --- life

        @Override
        public void preStart() {
            abort = createAsyncCallback(done -> completeStage());
            movedAt = lines.now();
            protocol = new Protocol();
            protocol.begin(http.addAttributes(Attributes.apply(new Line.On(this))));
            lines.opened(this);
        }

        @Override
        public void postStop() {
            protocol.leave(null);
            lines.closed(this);
            over.complete(Done.getInstance());
        }

        private void change() {
            Protocol before = protocol;
            Graph<FlowShape<ByteString, ByteString>, ?> after = next;
            next = null;
            finish = null;
            protocol = new Protocol();
            before.leave(null);
            protocol.begin(after);
        }

        private final class Incoming extends AbstractInHandler {
            @Override
            public void onPush() {
                moved();
                ByteString bytes = grab(in);
                if (protocol.to.isClosed()) {
                    pull(in);
                } else if (protocol.to.isAvailable()) {
                    protocol.to.push(bytes);
                } else {
                    held = bytes;
                }
            }

            @Override
            public void onUpstreamFinish() {
                peerFinished = true;
                if (held == null) {
                    protocol.to.complete();
                }
            }

            @Override
            public void onUpstreamFailure(Throwable failure) {
                protocol.leave(failure);
                failStage(failure);
            }
        }

        private final class Outgoing extends AbstractOutHandler {
            @Override
            public void onPull() {
                protocol.wanted();
            }

            @Override
            public void onDownstreamFinish(Throwable cause) {
                protocol.leave(cause instanceof SubscriptionWithCancelException.NonFailureCancellation ? null : cause);
                completeStage();
            }
        }

        /** What the connection speaks: some stages of their own. Once it is not spoken any more, whatever they say is not heard. */
        private final class Protocol {
            private final SubSourceOutlet<ByteString> to = new SubSourceOutlet<>("line.to");
            private final SubSinkInlet<ByteString> from = new SubSinkInlet<>("line.from");

            void begin(Graph<FlowShape<ByteString, ByteString>, ?> stages) {
                to.setHandler(new AbstractOutHandler() {
                    @Override
                    public void onPull() {
                        if (isSpoken()) {
                            give();
                        }
                    }

                    @Override
                    public void onDownstreamFinish(Throwable cause) {
                        if (isSpoken()) {
                            held = null;
                            give();
                        }
                    }
                });
                from.setHandler(new AbstractInHandler() {
                    @Override
                    public void onPush() {
                        ByteString bytes = from.grab();
                        if (isSpoken()) {
                            take(bytes);
                        }
                    }

                    @Override
                    public void onUpstreamFinish() {
                        if (isSpoken()) {
                            completeStage();
                        }
                    }

                    @Override
                    public void onUpstreamFailure(Throwable failure) {
                        if (isSpoken()) {
                            failStage(failure);
                        }
                    }
                });
                Source.fromGraph(to.source()).via(stages).to(from.sink()).run(subFusingMaterializer());
                if (isAvailable(out)) {
                    wanted();
                }
            }

            private boolean isSpoken() {
                return protocol == this;
            }

            /** @param failure null if it was none */
            void leave(Throwable failure) {
                if (!to.isClosed() && failure != null) {
                    to.fail(failure);
                } else if (!to.isClosed()) {
                    to.complete();
                }
                if (!from.isClosed()) {
                    from.cancel();
                }
            }

            void wanted() {
                if (!from.isClosed() && !from.hasBeenPulled()) {
                    from.pull();
                }
            }

            private void give() {
                if (held != null) {
                    ByteString bytes = held;
                    held = null;
                    to.push(bytes);
                    if (peerFinished) {
                        to.complete();
                    }
                } else if (!peerFinished && !hasBeenPulled(in) && !isClosed(in)) {
                    pull(in);
                }
            }

            private void take(ByteString bytes) {
                moved();
                push(out, bytes);
                if (next != null && bytes.take(SWITCHING.size()).equals(SWITCHING)) {
                    change();
                }
            }
        }
    }
}
