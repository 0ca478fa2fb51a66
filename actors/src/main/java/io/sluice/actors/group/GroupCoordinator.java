/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import io.sluice.actors.DispatcherNames;
import io.sluice.actors.group.core.GroupShard;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The coordinator of the groups that one {@code __consumer_offsets} partition keeps: a thin shell around a {@link GroupShard}. It runs at the
 * partition's leader and lives as long as the leadership.
 *
 * <p>It first loads the partition, on a dispatcher that may block; requests meanwhile are answered {@code COORDINATOR_LOAD_IN_PROGRESS}. Then
 * every request goes to the shard, whose events are appended (several requests' together while an append is under way) and whose answers
 * are given when their events are committed. If an append fails the shard is thrown away and loaded again, so what clients were
 * told and what is in the log never differ.
 */
final class GroupCoordinator extends AbstractOnMessageBehavior<GroupCoordinator.Command> {
    private static final Duration RELOAD_DELAY_MIN = Duration.ofMillis(100);
    private static final Duration RELOAD_DELAY_MAX = Duration.ofSeconds(5);
    private static final Duration APPEND_RETRY_DELAY = Duration.ofMillis(20);
    /** A timer that is later than this tells of a process that stood still. */
    private static final long STALL_MS = 2_000;

    private static final Duration STALL_GRACE = Duration.ofSeconds(3);
    private static final short ACKS_ALL = -1;
    private static final long NO_TICK = Long.MAX_VALUE;

    sealed interface Command {}

    /** A command that is answered, once; equal only to itself. */
    abstract static sealed class Question implements Command {
        abstract void refuse(ErrorCode error);
    }

    /** A request to one group. */
    static final class Ask<R extends GroupResponse> extends Question {
        private final GroupRequest<R> request;
        private final Consumer<? super R> reply;

        Ask(GroupRequest<R> request, Consumer<? super R> reply) {
            this.request = request;
            this.reply = reply;
        }

        @Override
        void refuse(ErrorCode error) {
            reply.accept(request.failed(error));
        }
    }

    /** What groups are there? */
    static final class ListGroups extends Question {
        private final Set<String> states;
        private final Set<String> types;
        private final Consumer<GroupResponse.Listed> reply;

        ListGroups(Set<String> states, Set<String> types, Consumer<GroupResponse.Listed> reply) {
            this.states = states;
            this.types = types;
            this.reply = reply;
        }

        @Override
        void refuse(ErrorCode error) {
            reply.accept(new GroupResponse.Listed(error, List.of()));
        }
    }

    /** Topics are gone. */
    record TopicsDeleted(Collection<String> topics) implements Command {}

    /** Nobody waits any more for the answer to a request that may wait for other members. */
    record Abandoned(GroupRequest<?> request, Consumer<?> reply) implements Command {}

    private record LoadEnded(ShardLoader loader, boolean complete, Throwable failure) implements Command {}

    private record AppendEnded(AppendResult result, int term) implements Command {}

    private enum LoadMore implements Command {
        INSTANCE
    }

    private enum Reload implements Command {
        INSTANCE
    }

    private enum RetryAppend implements Command {
        INSTANCE
    }

    private enum Tick implements Command {
        INSTANCE
    }

    private final GroupSettings settings;
    private final GroupMetrics metrics;
    private final PartitionHandle partition;
    private final InstantSource clock;
    private final TimerScheduler<Command> timers;
    private final Executor loadExecutor;
    private final CoordinatorInbox inbox;
    private final EventLog eventLog;
    private final DataWaiter waiter;
    private final Set<String> topicsDeletedMeanwhile = new HashSet<>();
    /** Null unless loading. */
    private ShardLoader loader;
    /** Null while loading. */
    private GroupShard shard;
    /** Counts the shards: what an earlier one has under way doesn't matter any more. */
    private int term;
    /** On its way into the log; null if nothing is. */
    private ByteBuffer batch;

    private long batchDeadlineMs;
    private Duration reloadDelay = RELOAD_DELAY_MIN;
    private long tickAtMs = NO_TICK;
    private boolean stalled;

    private GroupCoordinator(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            CoordinatorInbox inbox,
            GroupSettings settings,
            GroupMetrics metrics,
            PartitionHandle partition,
            InstantSource clock) {
        super(context);
        this.timers = timers;
        this.inbox = inbox;
        this.settings = settings;
        this.metrics = metrics;
        this.partition = partition;
        this.clock = clock;
        this.loadExecutor =
                context.getSystem().dispatchers().lookup(DispatcherSelector.fromConfig(DispatcherNames.BACKGROUND));
        this.eventLog = new EventLog(settings.maxBatchBytes());
        var self = context.getSelf();
        this.waiter = available -> self.tell(LoadMore.INSTANCE);
        beginLoad();
    }

    /** The behaviour; {@code register} is told the way to it when it starts. */
    static Behavior<Command> create(
            GroupSettings settings,
            GroupMetrics metrics,
            PartitionHandle partition,
            InstantSource clock,
            Consumer<CoordinatorInbox> register) {
        return Behaviors.setup(context -> Behaviors.withTimers(timers -> {
            CoordinatorInbox inbox = new CoordinatorInbox(context.getSelf(), metrics.waitingRequests());
            register.accept(inbox);
            return new GroupCoordinator(context, timers, inbox, settings, metrics, partition, clock);
        }));
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        if (message instanceof Ask<?> ask) {
            onAsk(ask);
        } else if (message instanceof AppendEnded ended) {
            return onAppendEnded(ended);
        } else if (message instanceof Tick) {
            onTick();
        } else if (message instanceof ListGroups list) {
            onList(list);
        } else if (message instanceof Abandoned abandoned) {
            onAbandoned(abandoned);
        } else if (message instanceof TopicsDeleted deleted) {
            onTopicsDeleted(deleted);
        } else if (message instanceof RetryAppend) {
            onRetryAppend();
        } else if (message instanceof LoadEnded ended) {
            onLoadEnded(ended);
        } else if (message instanceof LoadMore) {
            continueLoad();
        } else if (message instanceof Reload) {
            beginLoad();
        }
        return this;
    }

    @Override
    public Behavior<Command> onSignal(Signal signal) {
        if (signal instanceof PostStop) {
            inbox.close();
            drop(ErrorCode.NOT_COORDINATOR);
        }
        return this;
    }

    // requests

    private <R extends GroupResponse> void onAsk(Ask<R> ask) {
        if (!inbox.take(ask)) {
            return;
        } else if (shard == null) {
            ask.refuse(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        } else if (eventLog.parked() >= settings.maxPendingRequests()) {
            metrics.refusedRequests().increment();
            ask.refuse(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        } else {
            shard.handle(ask.request, ask.reply, clock.millis());
            settle();
        }
    }

    private void onList(ListGroups list) {
        if (!inbox.take(list)) {
            return;
        } else if (shard == null) {
            list.refuse(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS);
        } else {
            list.reply.accept(new GroupResponse.Listed(ErrorCode.NONE, shard.list(list.states, list.types)));
        }
    }

    private void onAbandoned(Abandoned abandoned) {
        if (shard != null) {
            shard.abandon(abandoned.request(), abandoned.reply(), clock.millis());
            settle();
        }
    }

    private void onTopicsDeleted(TopicsDeleted deleted) {
        if (shard == null) {
            topicsDeletedMeanwhile.addAll(deleted.topics());
        } else {
            shard.topicsDeleted(deleted.topics());
            settle();
        }
    }

    private void onTick() {
        long lateMs = clock.millis() - tickAtMs;
        tickAtMs = NO_TICK;
        if (shard != null && lateMs >= STALL_MS && !stalled) {
            // the process stood still: heartbeats that were sent meanwhile are on their way, and come before any
            // verdict
            stalled = true;
            getContext().getLog().warn("Sessions are given more time, for this process stood still for {} ms", lateMs);
            tickAtMs = clock.millis();
            timers.startSingleTimer(Tick.INSTANCE, Tick.INSTANCE, STALL_GRACE);
        } else if (shard != null) {
            stalled = false;
            shard.advance(clock.millis());
            settle();
        }
    }

    /** Passes on what the shard wants done, and sees to its next deadline. */
    private void settle() {
        eventLog.accept(shard.drain());
        appendWhatWaits();
        long deadlineMs = shard.nextDeadlineMs();
        if (deadlineMs < tickAtMs) {
            tickAtMs = deadlineMs;
            timers.startSingleTimer(
                    Tick.INSTANCE, Tick.INSTANCE, Duration.ofMillis(Math.max(1, deadlineMs - clock.millis())));
        }
    }

    // appending

    private void appendWhatWaits() {
        if (eventLog.canAppend()) {
            batch = eventLog.nextBatch(clock.millis());
            batchDeadlineMs = clock.millis() + settings.commitTimeoutMs();
            append();
        }
    }

    private void append() {
        var self = getContext().getSelf();
        int appendTerm = term;
        partition.append(
                batch.duplicate(),
                AppendOrigin.COORDINATOR,
                ACKS_ALL,
                settings.commitTimeoutMs(),
                result -> self.tell(new AppendEnded(result, appendTerm)));
    }

    private void onRetryAppend() {
        if (shard != null && batch != null) {
            append();
        }
    }

    private Behavior<Command> onAppendEnded(AppendEnded ended) {
        if (ended.term() != term) {
            return this;
        }
        if (ended.result() instanceof AppendResult.Rejected rejected) {
            return onAppendRejected(rejected);
        }
        batch = null;
        reloadDelay = RELOAD_DELAY_MIN;
        eventLog.committed();
        appendWhatWaits();
        return this;
    }

    private Behavior<Command> onAppendRejected(AppendResult.Rejected rejected) {
        if (rejected.error() == ErrorCode.NOT_ENOUGH_REPLICAS && clock.millis() < batchDeadlineMs) {
            // nothing was appended: no room in the mailbox, or no replicas at this moment
            timers.startSingleTimer(RetryAppend.INSTANCE, RetryAppend.INSTANCE, APPEND_RETRY_DELAY);
            return this;
        }
        getContext()
                .getLog()
                .warn(
                        "Append failed, groups are loaded again partition={} error={}: {}",
                        partition.partition(),
                        rejected.error(),
                        rejected.message());
        drop(answerTo(rejected.error()));
        if (rejected.error() == ErrorCode.NOT_LEADER_OR_FOLLOWER) {
            return Behaviors.stopped();
        }
        metrics.reloads().increment();
        reloadLater();
        return this;
    }

    /** What clients are told when an append has failed: to try again, to look for another coordinator, or that it is hopeless. */
    private static ErrorCode answerTo(ErrorCode appendError) {
        return switch (appendError) {
            case NOT_LEADER_OR_FOLLOWER, KAFKA_STORAGE_ERROR -> ErrorCode.NOT_COORDINATOR;
            case MESSAGE_TOO_LARGE, RECORD_LIST_TOO_LARGE, INVALID_RECORD, CORRUPT_MESSAGE ->
                ErrorCode.UNKNOWN_SERVER_ERROR;
            default -> ErrorCode.COORDINATOR_NOT_AVAILABLE;
        };
    }

    /** Forgets the shard; whoever waits is told so. */
    private void drop(ErrorCode error) {
        term++;
        batch = null;
        eventLog.fail(error);
        if (shard != null) {
            shard.dispose(error);
            eventLog.accept(shard.drain());
            shard = null;
        }
        if (loader != null) {
            loader = null;
            partition.cancel(waiter);
        }
    }

    /** Twice as late each time, until an append has succeeded. */
    private void reloadLater() {
        timers.startSingleTimer(Reload.INSTANCE, Reload.INSTANCE, reloadDelay);
        Duration twice = reloadDelay.multipliedBy(2);
        reloadDelay = twice.compareTo(RELOAD_DELAY_MAX) < 0 ? twice : RELOAD_DELAY_MAX;
    }

    // loading

    private void beginLoad() {
        GroupShard fresh =
                new GroupShard(settings, metrics, () -> UUID.randomUUID().toString());
        loader = new ShardLoader(partition, fresh, settings.loadBufferBytes(), clock.millis());
        continueLoad();
    }

    private void continueLoad() {
        ShardLoader current = loader;
        if (current == null) {
            return;
        }
        CompletableFuture<Boolean> load = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return current.load();
                    } catch (IOException e) {
                        throw new CompletionException(e);
                    }
                },
                loadExecutor);
        getContext()
                .pipeToSelf(
                        load, (complete, failure) -> new LoadEnded(current, Boolean.TRUE.equals(complete), failure));
    }

    private void onLoadEnded(LoadEnded ended) {
        if (ended.loader() != loader) {
            return;
        } else if (ended.failure() != null) {
            getContext().getLog().error("Groups can't be loaded partition={}", partition.partition(), ended.failure());
            loader = null;
            reloadLater();
        } else if (ended.complete()) {
            activate();
        } else {
            partition.await(waiter, loader.offset(), LogView.Bound.HIGH_WATERMARK);
        }
    }

    private void activate() {
        shard = loader.shard();
        long nowMs = clock.millis();
        getContext()
                .getLog()
                .debug(
                        "Groups loaded partition={} events={} ms={}",
                        partition.partition(),
                        loader.events(),
                        nowMs - loader.beganMs());
        loader = null;
        tickAtMs = NO_TICK;
        shard.begin(nowMs);
        if (!topicsDeletedMeanwhile.isEmpty()) {
            shard.topicsDeleted(Set.copyOf(topicsDeletedMeanwhile));
            topicsDeletedMeanwhile.clear();
        }
        settle();
    }
}
