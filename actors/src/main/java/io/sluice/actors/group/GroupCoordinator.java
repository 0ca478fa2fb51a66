/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.Signal;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.TimerScheduler;
import io.sluice.actors.group.core.GroupShard;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
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
    private static final Duration RELOAD_DELAY = Duration.ofMillis(200);
    private static final Duration RESTART_MIN = Duration.ofMillis(200);
    private static final Duration RESTART_MAX = Duration.ofSeconds(10);
    private static final double RESTART_JITTER = 0.2;
    private static final short ACKS_ALL = -1;
    private static final long NO_TICK = Long.MAX_VALUE;

    sealed interface Command {}

    /** A request to one group. */
    record Ask<R extends GroupResponse>(GroupRequest<R> request, Consumer<? super R> reply) implements Command {}

    /** What groups are there? */
    record ListGroups(Set<String> states, Set<String> types, Consumer<GroupResponse.Listed> reply) implements Command {}

    /** Topics are gone. */
    record TopicsDeleted(Collection<String> topics) implements Command {}

    private record LoadEnded(ShardLoader loader, boolean complete, Throwable failure) implements Command {}

    private record AppendEnded(AppendResult result, int term) implements Command {}

    private enum LoadMore implements Command {
        INSTANCE
    }

    private enum Reload implements Command {
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
    private final EventLog eventLog;
    private final Set<String> topicsDeletedMeanwhile = new HashSet<>();
    private ShardLoader loader;
    /** Null while loading. */
    private GroupShard shard;
    /** Counts the loads: what an earlier one has still under way doesn't matter any more. */
    private int term;

    private long tickAtMs = NO_TICK;
    private long loadBeganMs;

    private GroupCoordinator(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            GroupSettings settings,
            GroupMetrics metrics,
            PartitionHandle partition,
            InstantSource clock) {
        super(context);
        this.timers = timers;
        this.settings = settings;
        this.metrics = metrics;
        this.partition = partition;
        this.clock = clock;
        this.loadExecutor = context.getSystem().dispatchers().lookup(DispatcherSelector.blocking());
        this.eventLog = new EventLog(settings.maxBatchBytes());
        beginLoad();
    }

    static Behavior<Command> create(
            GroupSettings settings, GroupMetrics metrics, PartitionHandle partition, InstantSource clock) {
        Behavior<Command> coordinator = Behaviors.setup(context -> Behaviors.withTimers(
                timers -> new GroupCoordinator(context, timers, settings, metrics, partition, clock)));
        return Behaviors.supervise(coordinator)
                .onFailure(SupervisorStrategy.restartWithBackoff(RESTART_MIN, RESTART_MAX, RESTART_JITTER));
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
        } else if (message instanceof TopicsDeleted deleted) {
            onTopicsDeleted(deleted);
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
        if (signal instanceof PostStop || signal instanceof PreRestart) {
            drop(ErrorCode.NOT_COORDINATOR);
        }
        return this;
    }

    private <R extends GroupResponse> void onAsk(Ask<R> ask) {
        if (shard == null) {
            ask.reply().accept(ask.request().failed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS));
        } else if (eventLog.parked() >= settings.maxPendingRequests()) {
            metrics.refusedRequests().increment();
            ask.reply().accept(ask.request().failed(ErrorCode.COORDINATOR_NOT_AVAILABLE));
        } else {
            shard.handle(ask.request(), ask.reply(), clock.millis());
            settle();
        }
    }

    private void onList(ListGroups list) {
        list.reply()
                .accept(
                        shard == null
                                ? new GroupResponse.Listed(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, List.of())
                                : new GroupResponse.Listed(ErrorCode.NONE, shard.list(list.states(), list.types())));
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
        tickAtMs = NO_TICK;
        if (shard != null) {
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

    private void appendWhatWaits() {
        if (eventLog.canAppend()) {
            ByteBuffer batch = eventLog.nextBatch(clock.millis());
            var self = getContext().getSelf();
            int appendTerm = term;
            partition.append(
                    batch,
                    AppendOrigin.COORDINATOR,
                    ACKS_ALL,
                    settings.commitTimeoutMs(),
                    result -> self.tell(new AppendEnded(result, appendTerm)));
        }
    }

    private Behavior<Command> onAppendEnded(AppendEnded ended) {
        if (ended.term() != term) {
            return this;
        }
        if (!(ended.result() instanceof AppendResult.Rejected rejected)) {
            eventLog.committed();
            appendWhatWaits();
            return this;
        }
        getContext()
                .getLog()
                .warn(
                        "Append failed, loading again partition={} error={}: {}",
                        partition.partition(),
                        rejected.error(),
                        rejected.message());
        drop(answerTo(rejected.error()));
        if (rejected.error() == ErrorCode.NOT_LEADER_OR_FOLLOWER) {
            return Behaviors.stopped();
        }
        metrics.reloads().increment();
        timers.startSingleTimer(Reload.INSTANCE, Reload.INSTANCE, RELOAD_DELAY);
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
        eventLog.fail(error);
        if (shard != null) {
            shard.dispose(error);
            eventLog.accept(shard.drain());
            shard = null;
        }
        if (loader != null) {
            // nobody waits in a shard that is being loaded; its thread may still be at work, so its groups are not
            // touched
            loader = null;
            partition.cancel(waiter);
        }
    }

    // loading

    private void beginLoad() {
        loadBeganMs = clock.millis();
        GroupShard fresh =
                new GroupShard(settings, metrics, () -> UUID.randomUUID().toString());
        loader = new ShardLoader(partition, fresh, settings.loadBufferBytes());
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
                    } catch (java.io.IOException e) {
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
            ended.loader().shard().dispose(ErrorCode.NOT_COORDINATOR);
        } else if (ended.failure() != null) {
            getContext().getLog().error("Groups can't be loaded partition={}", partition.partition(), ended.failure());
            loader = null;
            ended.loader().shard().dispose(ErrorCode.NOT_COORDINATOR);
            timers.startSingleTimer(Reload.INSTANCE, Reload.INSTANCE, RESTART_MAX);
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
                        nowMs - loadBeganMs);
        loader = null;
        tickAtMs = NO_TICK;
        shard.begin(nowMs);
        if (!topicsDeletedMeanwhile.isEmpty()) {
            shard.topicsDeleted(new ArrayList<>(topicsDeletedMeanwhile));
            topicsDeletedMeanwhile.clear();
        }
        settle();
    }

    private final DataWaiter waiter = new DataWaiter() {
        @Override
        public void dataAvailable(TopicPartition available) {
            getContext().getSelf().tell(LoadMore.INSTANCE);
        }
    };
}
