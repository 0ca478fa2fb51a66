/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorRefResolver;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Props;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import io.sluice.actors.group.GroupAccess;
import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupResponse;
import io.sluice.cluster.membership.Leaderships;
import io.sluice.cluster.membership.Peers;
import io.sluice.cluster.membership.RelayMeters;
import io.sluice.cluster.membership.SaidOnce;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.log.ErrorCode;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Brings requests to the coordinators of consumer groups, on this node or another, and answers those that come from other nodes. Each is brought to one coordinator, once:
 * who is told that it is not the right one asks again.
 */
public final class GroupRelay extends AbstractOnMessageBehavior<GroupRelay.Command> {
    private static final String NAME = "group-relay";
    private static final Duration TICK = Duration.ofMillis(200);

    /** What the relay is told. */
    public sealed interface Command permits GroupMessage, Ask, Taken, Answered, BrokerGone, Tick {}

    private record Ask(Pending<?> pending) implements Command {}

    /** Nobody waits for the answer any more. */
    private record Taken(Pending<?> pending) implements Command {}

    /** What a coordinator of this node says to another node. */
    private record Answered(Asker asker, byte[] bytes) implements Command {}

    private record BrokerGone(int broker) implements Command {}

    private enum Tick implements Command {
        INSTANCE
    }

    /** Who asks what. */
    private record Asker(int broker, long id) {}

    /** One that this node asks. */
    private static final class Pending<R extends GroupResponse> {
        private final GroupRequest<R> request;
        private final CompletableFuture<R> future = new CompletableFuture<>();
        private final Consumer<R> reply = future::complete;
        private long ticksLeft;
        private int broker = -1;
        private long id = -1;

        Pending(GroupRequest<R> request, int timeoutMs) {
            this.request = request;
            this.ticksLeft = 1 + timeoutMs / TICK.toMillis();
        }

        void fail(ErrorCode error) {
            future.complete(request.failed(error));
        }

        void answer(byte[] bytes) {
            future.complete(GroupCodec.decodeAnswer(request, bytes));
        }

        void submitTo(GroupCoordinators coordinators) {
            coordinators.submit(request, reply);
        }

        void abandonAt(GroupCoordinators coordinators) {
            coordinators.abandon(request, reply);
        }
    }

    /** One that another node asks. */
    private static final class Serving<R extends GroupResponse> {
        private final GroupRequest<R> request;
        private final Consumer<R> reply;

        Serving(GroupRequest<R> request, Asker asker, ActorRef<Command> relay) {
            this.request = request;
            this.reply = answer -> relay.tell(new Answered(asker, GroupCodec.encodeAnswer(request, answer)));
        }

        byte[] tooLarge() {
            return GroupCodec.encodeAnswer(request, request.failed(ErrorCode.MESSAGE_TOO_LARGE));
        }

        void submitTo(GroupCoordinators coordinators) {
            coordinators.submit(request, reply);
        }

        void abandonAt(GroupCoordinators coordinators) {
            coordinators.abandon(request, reply);
        }
    }

    /**
     * What the relay works with.
     *
     * @param coordinators those of this node
     * @param makeTopic has {@code __consumer_offsets} made
     */
    public record Parts(
            GroupCoordinators coordinators,
            Supplier<? extends MetadataImage> image,
            Leaderships leaderships,
            Peers peers,
            Runnable makeTopic,
            Limits limits,
            RelayMeters meters) {}

    /**
     * How much a relay takes.
     *
     * @param requests {@code sluice.group.relay.requests.max}: of this node, that wait for an answer at one time; more are refused with {@code COORDINATOR_NOT_AVAILABLE}
     * @param messageBytes {@code sluice.group.relay.message.max.bytes}: of a request or an answer, which have to fit a frame of the remoting; {@code MESSAGE_TOO_LARGE}
     */
    public record Limits(int requests, int messageBytes) {}

    private final Parts parts;
    private final TimerScheduler<Command> timers;
    private final ActorRefResolver resolver;
    private final Map<Long, Pending<?>> pending = new HashMap<>();
    private final Map<Asker, Serving<?>> serving = new HashMap<>();
    private final SaidOnce unknownSaid = new SaidOnce();
    private final SaidOnce largeSaid = new SaidOnce();
    private long nextId = UUID.randomUUID().getMostSignificantBits();

    private GroupRelay(ActorContext<Command> context, TimerScheduler<Command> timers, Parts parts) {
        super(context);
        this.parts = parts;
        this.timers = timers;
        this.resolver = ActorRefResolver.get(context.getSystem());
        ActorRef<Command> self = context.getSelf();
        parts.peers().onGone(broker -> self.tell(new BrokerGone(broker)));
    }

    /** Starts the relay of this node: there is one. */
    public static GroupAccess start(ActorSystem<?> system, Parts parts) {
        ActorRef<Command> relay = system.systemActorOf(
                Behaviors.<Command>withTimers(
                        timers -> Behaviors.setup(context -> new GroupRelay(context, timers, parts))),
                NAME,
                Props.empty());
        return new GroupAccess() {
            @Override
            public <R extends GroupResponse> CompletableFuture<R> ask(GroupRequest<R> request, int timeoutMs) {
                Pending<R> one = new Pending<>(request, timeoutMs);
                relay.tell(new Ask(one));
                CompletableFuture<R> unused = one.future.whenComplete((answer, taken) -> {
                    if (one.future.isCancelled()) {
                        relay.tell(new Taken(one));
                    }
                });
                return one.future;
            }
        };
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        if (message instanceof Ask ask) {
            onAsk(ask.pending());
        } else if (message instanceof GroupMessage.Question question) {
            onQuestion(new Asker(question.from(), question.id()), question.bytes());
        } else if (message instanceof GroupMessage.Answer answer) {
            onAnswer(answer);
        } else if (message instanceof Answered answered) {
            onAnswered(answered);
        } else if (message instanceof GroupMessage.Cancel cancel) {
            abandon(new Asker(cancel.from(), cancel.id()));
        } else if (message instanceof Taken taken) {
            onTaken(taken.pending());
        } else if (message instanceof BrokerGone gone) {
            onGone(gone.broker());
        } else {
            onTick();
        }
        parts.meters().waiting.setRelease(pending.size());
        return this;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal == PostStop.instance()) {
            pending.values().forEach(one -> one.fail(ErrorCode.COORDINATOR_NOT_AVAILABLE));
            pending.clear();
        }
        return this;
    }

    // ---- what this node asks

    private void onAsk(Pending<?> one) {
        if (one.future.isDone()) {
            return;
        }
        MetadataImage.TopicInfo topic =
                parts.image().get().topic(GroupCoordinators.TOPIC).orElse(null);
        if (topic == null) {
            parts.makeTopic().run();
            one.fail(ErrorCode.COORDINATOR_NOT_AVAILABLE);
            return;
        }
        int partition = GroupCoordinators.partitionOf(
                one.request.groupId(), topic.partitions().size());
        int broker = parts.leaderships().leader(topic.id(), partition).broker();
        one.broker = broker;
        if (broker == parts.peers().self()) {
            // Its own coordinator answers for itself; the time limit is kept all the same.
            keep(one);
            one.submitTo(parts.coordinators());
        } else {
            forward(one, broker);
        }
    }

    private void forward(Pending<?> one, int broker) {
        Optional<ActorRef<Command>> relay = relayOf(broker);
        if (relay.isEmpty()) {
            one.fail(ErrorCode.COORDINATOR_NOT_AVAILABLE);
            return;
        } else if (pending.size() >= parts.limits().requests()) {
            parts.meters().refused.increment();
            one.fail(ErrorCode.COORDINATOR_NOT_AVAILABLE);
            return;
        }
        byte[] bytes = GroupCodec.encode(one.request);
        if (isTooLarge(one.request, bytes)) {
            one.fail(ErrorCode.MESSAGE_TOO_LARGE);
            return;
        }
        keep(one);
        relay.get().tell(new GroupMessage.Question(parts.peers().self(), one.id, bytes));
    }

    private boolean isTooLarge(GroupRequest<?> request, byte[] bytes) {
        int max = parts.limits().messageBytes();
        if (bytes.length <= max) {
            return false;
        }
        parts.meters().tooLarge.increment();
        if (largeSaid.first(request.groupId())) {
            getContext()
                    .getLog()
                    .warn(
                            "group {}: {} bytes are too many to pass between nodes, sluice.group.relay.message.max.bytes={}: {}",
                            request.groupId(),
                            bytes.length,
                            max,
                            request.getClass().getSimpleName());
        }
        return true;
    }

    private void keep(Pending<?> one) {
        one.id = nextId++;
        pending.put(one.id, one);
        if (pending.size() == 1) {
            timers.startTimerWithFixedDelay(Tick.INSTANCE, TICK);
        }
    }

    private void onAnswer(GroupMessage.Answer answer) {
        Pending<?> one = pending.get(answer.id());
        if (one == null || one.broker != answer.from()) {
            return;
        }
        pending.remove(answer.id());
        try {
            one.answer(answer.bytes());
        } catch (RuntimeException unknown) {
            one.fail(ErrorCode.UNKNOWN_SERVER_ERROR);
            say(answer.from(), unknown);
        }
    }

    private void onTaken(Pending<?> one) {
        if (pending.remove(one.id) == null) {
            return;
        }
        if (one.broker == parts.peers().self()) {
            one.abandonAt(parts.coordinators());
        } else {
            relayOf(one.broker)
                    .ifPresent(relay ->
                            relay.tell(new GroupMessage.Cancel(parts.peers().self(), one.id)));
        }
    }

    private void onTick() {
        for (Pending<?> one : List.copyOf(pending.values())) {
            if (one.future.isDone()) {
                pending.remove(one.id);
            } else if (--one.ticksLeft <= 0) {
                onTaken(one);
                one.fail(ErrorCode.REQUEST_TIMED_OUT);
            }
        }
        if (pending.isEmpty()) {
            timers.cancel(Tick.INSTANCE);
        }
    }

    private void onGone(int broker) {
        pending.values().removeIf(one -> {
            boolean lost = one.broker == broker;
            if (lost) {
                one.fail(ErrorCode.NOT_COORDINATOR);
            }
            return lost;
        });
        serving.keySet().stream()
                .filter(asker -> asker.broker() == broker)
                .toList()
                .forEach(this::abandon);
    }

    // ---- what other nodes ask

    private void onQuestion(Asker asker, byte[] bytes) {
        try {
            Serving<?> one =
                    new Serving<>(GroupCodec.decode(bytes), asker, getContext().getSelf());
            serving.put(asker, one);
            one.submitTo(parts.coordinators());
        } catch (RuntimeException unknown) {
            say(asker.broker(), unknown);
        }
    }

    private void abandon(Asker asker) {
        Serving<?> one = serving.remove(asker);
        if (one != null) {
            one.abandonAt(parts.coordinators());
        }
    }

    private void onAnswered(Answered answered) {
        Asker asker = answered.asker();
        Serving<?> one = serving.remove(asker);
        if (one == null) {
            return;
        }
        byte[] bytes = isTooLarge(one.request, answered.bytes()) ? one.tooLarge() : answered.bytes();
        relayOf(asker.broker())
                .ifPresent(relay ->
                        relay.tell(new GroupMessage.Answer(parts.peers().self(), asker.id(), bytes)));
    }

    private void say(int broker, RuntimeException unknown) {
        if (unknownSaid.first(broker + " " + unknown.getMessage())) {
            getContext()
                    .getLog()
                    .warn(
                            "what broker {} says about groups can't be understood and is dropped: {}",
                            broker,
                            unknown.getMessage());
        }
    }

    private Optional<ActorRef<Command>> relayOf(int broker) {
        return parts.peers().address(broker).map(address -> resolver.resolveActorRef(address + "/system/" + NAME));
    }
}
