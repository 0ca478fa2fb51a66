/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import io.sluice.cluster.membership.Leaderships;
import io.sluice.cluster.membership.Peers;
import io.sluice.cluster.membership.RelayMeters;
import io.sluice.cluster.membership.SaidOnce;
import io.sluice.log.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Brings requests to the controller where it is, on this node or another, and answers those that come from other nodes. A request waits
 * while there is no controller, and is sent again when the controller moves or stays silent: a question that the same controller has
 * already is not asked twice, but one that the controller before it has decided may be, as it may with Kafka's clients.
 */
public final class ControllerRelay extends AbstractOnMessageBehavior<ControllerRelay.Command> {
    private static final String NAME = "controller-relay";
    private static final Duration TICK = Duration.ofMillis(100);

    /** Ticks without an answer after which a question is sent again. */
    private static final int SILENT_TICKS_MAX = 50;

    /** Answers that are kept for those who did not get them. */
    private static final int REMEMBERED_MAX = 128;

    private static final byte[] NOTHING = {};

    /** What the relay is told. */
    public sealed interface Command permits RelayMessage, Ask, Decided, Own {}

    private record Ask(Pending<?> pending) implements Command {}

    /** What this node's controller says. */
    private record Decided(Asker asker, long offset, Object answer, byte[] bytes) implements Command {}

    private enum Own implements Command {
        CONTROLLER_MOVED,
        TICK
    }

    /** Who asks what. */
    private record Asker(int broker, long id) {}

    private record Remembered(long offset, byte[] bytes) {}

    /** One that this node asks. */
    private static final class Pending<R> {
        private final ControllerRequest<R> request;
        private final CompletableFuture<ControllerDirectory.Answer<R>> future = new CompletableFuture<>();
        private long ticksLeft;
        private int asked = -1;
        private ActorRef<ControllerCommand> askedHere;
        private int silentTicks;
        private byte[] bytes;

        Pending(ControllerRequest<R> request, int timeoutMs) {
            this.request = request;
            this.ticksLeft = 1 + timeoutMs / TICK.toMillis();
        }

        @SuppressWarnings("unchecked") // the controller answers each request with its own answer type
        void answer(Object value, long offset) {
            future.complete(new ControllerDirectory.Answer<>((R) value, offset));
        }

        void answer(byte[] encoded, long offset) {
            answer(ControllerCodec.decodeAnswer(request, encoded), offset);
        }

        void refuse(ErrorCode error, String message) {
            future.complete(new ControllerDirectory.Answer<>(request.refused(error, message), -1));
        }
    }

    /**
     * What the relay works with.
     *
     * @param metadataTopic the controller is where its partition 0 is led
     * @param waitingMax {@code sluice.controller.requests.max}: requests of this node that wait at one time
     */
    public record Parts(
            ControllerDirectory directory,
            Leaderships leaderships,
            Peers peers,
            UUID metadataTopic,
            int waitingMax,
            RelayMeters meters) {}

    private final Parts parts;
    private final TimerScheduler<Command> timers;
    private final ActorRefResolver resolver;
    private final Map<Long, Pending<?>> pending = new LinkedHashMap<>();
    private final Pieces questions = new Pieces();
    private final Pieces answers = new Pieces();
    private final Map<Asker, ActorRef<ControllerCommand>> deciding = new HashMap<>();
    private final Map<Asker, Remembered> remembered = new LinkedHashMap<>();
    private final SaidOnce unknownSaid = new SaidOnce();
    private long nextId = UUID.randomUUID().getMostSignificantBits();

    private ControllerRelay(ActorContext<Command> context, TimerScheduler<Command> timers, Parts parts) {
        super(context);
        this.parts = parts;
        this.timers = timers;
        this.resolver = ActorRefResolver.get(context.getSystem());
        ActorRef<Command> self = context.getSelf();
        parts.leaderships().onChange((topicId, partition, leader) -> {
            if (topicId.equals(parts.metadataTopic())) {
                self.tell(Own.CONTROLLER_MOVED);
            }
        });
    }

    /** Starts the relay of this node: there is one. */
    public static ControllerAccess start(ActorSystem<?> system, Parts parts) {
        ActorRef<Command> relay = system.systemActorOf(
                Behaviors.<Command>withTimers(
                        timers -> Behaviors.setup(context -> new ControllerRelay(context, timers, parts))),
                NAME,
                akka.actor.typed.Props.empty());
        return new ControllerAccess() {
            @Override
            public <R> CompletionStage<ControllerDirectory.Answer<R>> ask(ControllerRequest<R> request, int timeoutMs) {
                Pending<R> one = new Pending<>(request, timeoutMs);
                relay.tell(new Ask(one));
                return one.future;
            }
        };
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        if (message instanceof Ask ask) {
            onAsk(ask.pending());
        } else if (message instanceof RelayMessage.Question question) {
            questions.add(question).ifPresent(bytes -> onQuestion(new Asker(question.from(), question.id()), bytes));
        } else if (message instanceof RelayMessage.Answer answer) {
            answers.add(answer).ifPresent(bytes -> onAnswer(answer, bytes));
        } else if (message instanceof Decided decided) {
            onDecided(decided);
        } else if (message == Own.CONTROLLER_MOVED) {
            onMoved();
        } else {
            onTick();
        }
        parts.meters().waiting.setRelease(pending.size());
        return this;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal == PostStop.instance()) {
            pending.values().forEach(one -> one.refuse(ErrorCode.NOT_CONTROLLER, "the node stops"));
            pending.clear();
        }
        return this;
    }

    private void onAsk(Pending<?> one) {
        if (pending.size() >= parts.waitingMax()) {
            parts.meters().refused.increment();
            one.refuse(
                    ErrorCode.REQUEST_TIMED_OUT,
                    "too many requests wait for the controller (sluice.controller.requests.max): try again");
            return;
        }
        long id = nextId++;
        pending.put(id, one);
        if (pending.size() == 1) {
            timers.startTimerWithFixedDelay(Own.TICK, TICK);
        }
        dispatch(id, one);
    }

    private int controller() {
        return parts.directory().isHere()
                ? parts.peers().self()
                : parts.leaderships().leader(parts.metadataTopic(), 0).broker();
    }

    private <R> void dispatch(long id, Pending<R> one) {
        int controller = controller();
        one.asked = -1;
        one.silentTicks = 0;
        if (controller == parts.peers().self()) {
            ActorRef<ControllerCommand> here = parts.directory().current();
            if (here == null) {
                return;
            }
            one.asked = controller;
            one.askedHere = here;
            decide(new Asker(controller, id), one.request, false);
        } else if (controller >= 0 && !forward(controller, id, one)) {
            pending.remove(id);
        }
    }

    /** @return false if it can't be forwarded at all */
    private boolean forward(int controller, long id, Pending<?> one) {
        Optional<ActorRef<Command>> relay = relayOf(controller);
        if (relay.isEmpty()) {
            return true;
        }
        if (one.bytes == null) {
            one.bytes = ControllerCodec.encode(one.request);
        }
        if (one.bytes.length > Pieces.MESSAGE_BYTES_MAX) {
            parts.meters().tooLarge.increment();
            one.refuse(
                    ErrorCode.INVALID_REQUEST,
                    "a request of " + one.bytes.length + " bytes is too large for a controller on another node");
            return false;
        }
        one.asked = controller;
        int pieces = Pieces.count(one.bytes);
        for (int piece = 0; piece < pieces; piece++) {
            relay.get()
                    .tell(new RelayMessage.Question(
                            parts.peers().self(), id, piece, pieces, Pieces.piece(one.bytes, piece)));
        }
        return true;
    }

    private <R> void decide(Asker asker, ControllerRequest<R> request, boolean encode) {
        ActorRef<Command> self = getContext().getSelf();
        parts.directory()
                .askHere(request)
                .thenAccept(answer -> self.tell(new Decided(
                        asker,
                        answer.offset(),
                        answer.value(),
                        encode ? ControllerCodec.encodeAnswer(request, answer.value()) : NOTHING)));
    }

    private void onQuestion(Asker asker, byte[] bytes) {
        Remembered before = remembered.get(asker);
        if (before != null) {
            tell(asker, before.offset(), before.bytes());
            return;
        }
        ActorRef<ControllerCommand> here = parts.directory().current();
        if (here == null) {
            tell(asker, -1, NOTHING);
        } else if (!here.equals(deciding.put(asker, here))) {
            try {
                decide(asker, ControllerCodec.decode(bytes), true);
            } catch (RuntimeException unknown) {
                deciding.remove(asker);
                if (unknownSaid.first(asker.broker() + " " + unknown.getMessage())) {
                    getContext()
                            .getLog()
                            .warn(
                                    "requests of broker {} to the controller can't be understood and are dropped: {}",
                                    asker.broker(),
                                    unknown.getMessage());
                }
            }
        }
    }

    private void onDecided(Decided decided) {
        Asker asker = decided.asker();
        if (asker.broker() == parts.peers().self()) {
            Pending<?> one = pending.get(asker.id());
            if (one != null && one.asked == asker.broker()) {
                finish(asker.id(), one, decided.offset(), () -> one.answer(decided.answer(), decided.offset()));
            }
            return;
        }
        deciding.remove(asker);
        if (decided.offset() >= 0) {
            remembered.put(asker, new Remembered(decided.offset(), decided.bytes()));
            if (remembered.size() > REMEMBERED_MAX) {
                remembered.remove(remembered.keySet().iterator().next());
            }
        }
        tell(asker, decided.offset(), decided.offset() >= 0 ? decided.bytes() : NOTHING);
    }

    private void tell(Asker asker, long offset, byte[] bytes) {
        relayOf(asker.broker()).ifPresent(relay -> {
            int pieces = Pieces.count(bytes);
            for (int piece = 0; piece < pieces; piece++) {
                relay.tell(new RelayMessage.Answer(
                        parts.peers().self(), asker.id(), piece, pieces, offset, Pieces.piece(bytes, piece)));
            }
        });
    }

    private void onAnswer(RelayMessage.Answer answer, byte[] bytes) {
        Pending<?> one = pending.get(answer.id());
        if (one == null || one.asked != answer.from()) {
            return;
        }
        finish(answer.id(), one, answer.offset(), () -> {
            try {
                one.answer(bytes, answer.offset());
            } catch (RuntimeException unknown) {
                one.refuse(ErrorCode.UNKNOWN_SERVER_ERROR, "the controller's answer can't be understood");
            }
        });
    }

    /** Where no controller was there to decide, the question waits for the next try. */
    private void finish(long id, Pending<?> one, long offset, Runnable answer) {
        if (offset < 0) {
            one.asked = -1;
        } else {
            pending.remove(id);
            answer.run();
        }
    }

    private void onMoved() {
        int controller = controller();
        for (Map.Entry<Long, Pending<?>> one : List.copyOf(pending.entrySet())) {
            if (one.getValue().asked != controller) {
                dispatch(one.getKey(), one.getValue());
            }
        }
    }

    private void onTick() {
        List<Map.Entry<Long, Pending<?>>> all = new ArrayList<>(pending.entrySet());
        for (Map.Entry<Long, Pending<?>> entry : all) {
            Pending<?> one = entry.getValue();
            if (--one.ticksLeft <= 0) {
                pending.remove(entry.getKey());
                one.refuse(ErrorCode.REQUEST_TIMED_OUT, "the controller has not answered in time");
            } else if (isLost(one)) {
                dispatch(entry.getKey(), one);
            }
        }
        if (pending.isEmpty()) {
            timers.cancel(Own.TICK);
        }
    }

    /** Nobody has the question, or nobody will answer it. */
    private boolean isLost(Pending<?> one) {
        if (one.asked == parts.peers().self()) {
            return !one.askedHere.equals(parts.directory().current());
        }
        return one.asked == -1 || ++one.silentTicks >= SILENT_TICKS_MAX;
    }

    private Optional<ActorRef<Command>> relayOf(int broker) {
        return parts.peers().address(broker).map(address -> resolver.resolveActorRef(address + "/system/" + NAME));
    }
}
