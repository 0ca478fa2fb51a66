/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import akka.stream.FlowShape;
import akka.stream.stage.AbstractInHandler;
import akka.stream.stage.AsyncCallback;
import akka.util.ByteString;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SubscriptionControl;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionException;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.http.socket.frame.FrameCodec;
import io.sluice.http.socket.frame.FrameError;
import io.sluice.http.socket.frame.FrameException;
import io.sluice.http.socket.frame.ServerFrame;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a {@link SocketSession}: subscriptions are fused with the socket. Frames with records are made one at a time, when the socket takes bytes.
 */
final class SocketLogic extends WireLogic {
    private static final Logger LOG = LoggerFactory.getLogger(SocketLogic.class);

    private enum Timer {
        PROGRESS
    }

    private final Subscriptions subscriptions;
    private final Sockets sockets;
    private final FrameCodec codec;

    private final Queue<SocketEffect> effects = new ArrayDeque<>();
    private final Map<String, Running> running = new HashMap<>();
    private final SocketSession session;
    private AsyncCallback<Began> began;
    private AsyncCallback<Runnable> later;

    private int counted;
    private long countedCredit;
    private int countedLacking;
    private boolean progressScheduled;

    /**
     * Where a subscription began, or what its group has given it begins.
     *
     * @param assignment which one it is of; late news of one before are of no use
     */
    private record Began(Running running, int assignment, Positions positions) {}

    SocketLogic(
            FlowShape<ByteString, ByteString> shape,
            Subscriptions subscriptions,
            Sockets sockets,
            FrameCodec codec,
            InetAddress address) {
        super(shape, sockets, codec.format(), sockets.options().maxFrameBytes(), address);
        this.subscriptions = subscriptions;
        this.sockets = sockets;
        this.codec = codec;
        this.session = new SocketSession(sockets.options(), effects::add);
    }

    @Override
    public void preStart() {
        began = createAsyncCallback(this::onBegan);
        later = createAsyncCallback(Runnable::run);
        super.preStart();
    }

    @Override
    public void postStop() {
        super.postStop();
        sockets.subscriptionsChanged(-counted, -countedCredit, -countedLacking);
    }

    @Override
    void onMessage(byte[] message) {
        try {
            session.onFrame(codec.read(message));
        } catch (FrameException e) {
            session.onMalformed(e);
        }
    }

    @Override
    void onDemand() {
        session.onDemand();
    }

    @Override
    void onKeepAlive() {
        session.onKeepAlive();
    }

    @Override
    void onStop(Sockets.Stop why) {
        session.onStop(why.reason(), why.to(WebSocketRoute.SUBSCRIBE));
    }

    @Override
    void onClosing() {
        running.values().forEach(Running::cancel);
        running.clear();
    }

    @Override
    void onStepped() {
        count();
        if (!progressScheduled && !isClosing() && session.wantsProgress()) {
            progressScheduled = true;
            scheduleOnce(Timer.PROGRESS, sockets.options().progressInterval());
        }
    }

    private void count() {
        int now = session.subscriptions();
        long credit = session.recordCredit();
        int lacking = session.lackingCredit();
        if (now != counted || credit != countedCredit || lacking != countedLacking) {
            sockets.subscriptionsChanged(now - counted, credit - countedCredit, lacking - countedLacking);
            counted = now;
            countedCredit = credit;
            countedLacking = lacking;
        }
    }

    @Override
    void onOtherTimer(Object timer) {
        progressScheduled = false;
        session.onProgressDue();
        step();
    }

    @Override
    void perform() {
        for (SocketEffect effect = effects.poll(); effect != null; effect = effects.poll()) {
            if (effect instanceof SocketEffect.SendBatch send) {
                sendFramed(codec.onWire(send.frame(), send.batch()));
            } else if (effect instanceof SocketEffect.Pull pull) {
                Running subscription = running.get(pull.id());
                if (subscription != null) {
                    subscription.inlet.pull();
                }
            } else if (effect instanceof SocketEffect.Send send) {
                if (send.frame() instanceof ServerFrame.Error) {
                    sockets.wrong();
                }
                send(codec.write(send.frame()));
            } else if (effect instanceof SocketEffect.Open open) {
                open(open.id(), open.request());
            } else if (effect instanceof SocketEffect.Commit commit) {
                commit(commit.id(), commit.positions());
            } else if (effect instanceof SocketEffect.Cancel cancel) {
                Running subscription = running.remove(cancel.id());
                if (subscription != null) {
                    subscription.cancel();
                }
            } else if (effect instanceof SocketEffect.Close close) {
                close(close.code().code(), close.reason());
            }
        }
    }

    // --- subscriptions

    /** A subscription of the engine, fused with the socket. */
    private final class Running {
        private final String id;
        private final SubSinkInlet<SubscriptionEvent> inlet = new SubSinkInlet<>("subscription");
        private SubscriptionControl control;
        private int assignment;
        private boolean over;

        private Running(String id) {
            this.id = id;
            inlet.setHandler(new AbstractInHandler() {
                @Override
                public void onPush() {
                    SubscriptionEvent event = inlet.grab();
                    if (!over) {
                        session.onEvent(id, event);
                        step();
                    }
                }

                @Override
                public void onUpstreamFinish() {
                    ended(FrameError.ENDED.name(), "the subscription has ended");
                }

                @Override
                public void onUpstreamFailure(Throwable failure) {
                    failed(failure);
                }
            });
        }

        /** In order with the elements, which reach this stage as callbacks too. */
        private void reassigned(CompletionStage<Positions> begins) {
            later.invoke(() -> {
                if (over) {
                    return;
                }
                int mine = ++assignment;
                session.onReassigned(id);
                begins.thenAccept(positions -> began.invoke(new Began(this, mine, positions)));
            });
        }

        private void cancel() {
            over = true;
            inlet.cancel();
        }

        private void failed(Throwable failure) {
            if (failure instanceof SubscriptionException known) {
                ended(known.code().name(), known.getMessage());
            } else {
                LOG.error("subscription failed", failure);
                ended(FrameError.INTERNAL_ERROR.name(), "a fault of the server; its log says more");
            }
        }

        private void ended(String code, String message) {
            if (!over) {
                over = true;
                running.remove(id);
                session.onEnded(id, code, message);
                step();
            }
        }
    }

    private void open(String id, SubscriptionRequest request) {
        Running subscription = new Running(id);
        running.put(id, subscription);
        try {
            subscription.control = subscriptions
                    .subscribe(request)
                    .to(subscription.inlet.sink())
                    .run(subFusingMaterializer());
            subscription.control.onReassigned(subscription::reassigned);
            subscription.control.started().thenAccept(positions -> began.invoke(new Began(subscription, 0, positions)));
        } catch (RuntimeException e) {
            subscription.failed(e);
        }
    }

    private void commit(String id, Positions positions) {
        Running subscription = running.get(id);
        if (subscription == null || subscription.control == null) {
            return;
        }
        subscription
                .control
                .commit(positions)
                .whenComplete((done, failure) -> later.invoke(() -> {
                    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
                    if (cause == null) {
                        session.onCommitted(id, positions, null, null);
                    } else if (cause instanceof SubscriptionException known) {
                        session.onCommitted(id, positions, known.code().name(), known.getMessage());
                    } else {
                        session.onCommitted(
                                id,
                                positions,
                                SubscriptionException.Code.COMMIT_REFUSED.name(),
                                "the group did not answer in time");
                    }
                    step();
                }));
    }

    /** A start that fails also fails the stream, which is told to the inlet. */
    private void onBegan(Began start) {
        if (!start.running().over && start.assignment() == start.running().assignment) {
            session.onOpened(start.running().id, start.positions());
            step();
        }
    }
}
