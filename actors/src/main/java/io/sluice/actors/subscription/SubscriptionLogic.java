/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import akka.stream.Outlet;
import akka.stream.SourceShape;
import akka.stream.stage.AbstractOutHandler;
import akka.stream.stage.AsyncCallback;
import akka.stream.stage.TimerGraphStageLogic;
import io.sluice.actors.subscription.SubscriptionException.Code;
import io.sluice.actors.subscription.core.CoreSettings;
import io.sluice.actors.subscription.core.ReadOrder;
import io.sluice.actors.subscription.core.SubscriptionCore;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Predicate;

/**
 * Runs one {@link SubscriptionCore}: begins the reads that it orders, waits where it is at the end, pushes what it delivers. All on the stream's thread; readers
 * and waiters call from other threads and are handed over.
 *
 * <p>A partition whose reader closes, since leadership has moved, is looked for again and goes on at the same offset.
 */
final class SubscriptionLogic extends TimerGraphStageLogic {
    private enum Timer {
        REVIEW
    }

    private final SubscriptionEngine engine;
    private final SubscriptionRequest request;
    private final Outlet<SubscriptionEvent> out;
    private final AsyncCallback<Runnable> onStream;
    private final RunningSubscription control;
    private final List<PartitionSlot> slots = new ArrayList<>();
    private SubscriptionCore core;
    private DeliveredPositions positions;
    private final Map<PartitionName, Long> starts = new HashMap<>();
    private final Runnable grown;
    private boolean paused;
    private boolean entered;
    private boolean ended;
    private Throwable failure;

    SubscriptionLogic(
            SubscriptionEngine engine,
            SubscriptionRequest request,
            Outlet<SubscriptionEvent> out,
            SourceShape<SubscriptionEvent> shape) {
        super(shape);
        this.engine = engine;
        this.request = request;
        this.out = out;
        this.onStream = createAsyncCallback(this::run);
        this.grown = () -> onStream.invoke(this::grow);
        this.control = new RunningSubscription(onStream::invoke, this);
        setHandler(out, new AbstractOutHandler() {
            @Override
            public void onPull() {
                pulled();
            }
        });
    }

    SubscriptionControl control() {
        return control;
    }

    // ---- life

    @Override
    public void preStart() {
        try {
            engine.enter();
            entered = true;
            begin(SubscribedPartition.of(request, engine.directory()));
        } catch (SubscriptionException refused) {
            fail(refused);
        }
    }

    private void begin(List<SubscribedPartition> partitions) {
        int most = engine.settings().bufferBytes();
        int buffer = request.bufferBytes() == SubscriptionRequest.DEFAULT_BUFFER
                ? most
                : Math.min(request.bufferBytes(), most);
        positions = new DeliveredPositions(partitions);
        core = new SubscriptionCore(
                partitions.stream().map(SubscribedPartition::name).toList(),
                new CoreSettings(
                        request.policy(),
                        buffer,
                        Math.max(1, Math.min(SubscriptionSettings.READ_BYTES, buffer / SubscriptionSettings.MAX_READS)),
                        SubscriptionSettings.MAX_READS),
                request.filter(),
                positions::moved,
                engine.meters());
        control.deliver(positions);
        for (SubscribedPartition partition : partitions) {
            slots.add(slot(slots.size(), partition, false));
        }
        slots.forEach(this::placeWhereKnown);
        for (PartitionSlot slot : slots) {
            if (!ended) {
                lookUp(slot);
            }
        }
        wholeTopics().forEach(topic -> engine.growth().watch(topic, partitionsOf(topic), grown));
    }

    private List<String> wholeTopics() {
        return request.topics().stream()
                .filter(selection -> selection.partitions().isEmpty())
                .map(TopicSelection::topic)
                .toList();
    }

    private int partitionsOf(String topic) {
        return (int) slots.stream()
                .filter(slot -> slot.partition.name().topic().equals(topic))
                .count();
    }

    /** Takes up what a whole topic has got since. */
    private void grow() {
        for (String topic : wholeTopics()) {
            PartitionDirectory.Topic now = engine.directory().topic(topic);
            int known = partitionsOf(topic);
            boolean same = now != null
                    && slots.stream().anyMatch(slot -> slot.partition.topicId().equals(now.id()));
            for (int partition = known; same && partition < now.partitions(); partition++) {
                add(new SubscribedPartition(now.id(), new PartitionName(topic, partition)));
            }
        }
    }

    private void add(SubscribedPartition partition) {
        int index = core.add(partition.name());
        positions.add(partition);
        PartitionSlot slot = slot(index, partition, true);
        slots.add(slot);
        if (paused) {
            core.pause(index);
        }
        placeWhereKnown(slot);
        lookUp(slot);
    }

    private PartitionSlot slot(int index, SubscribedPartition partition, boolean added) {
        Runnable woken = () -> woken(slots.get(index));
        return new PartitionSlot(index, partition, available -> onStream.invoke(woken), added);
    }

    @Override
    public void postStop() {
        wholeTopics().forEach(topic -> engine.growth().forget(topic, grown));
        slots.forEach(PartitionSlot::close);
        if (core != null) {
            core.close();
        }
        if (entered) {
            engine.left();
        }
        control.ended(failure != null ? failure : new CancellationException("the subscription was stopped"));
    }

    private void fail(Throwable cause) {
        if (!ended) {
            ended = true;
            failure = cause;
            engine.meters().failed.increment();
            failStage(cause);
        }
    }

    /** What came from another thread. */
    private void run(Runnable task) {
        if (!ended) {
            guarded(task);
        }
    }

    private void guarded(Runnable task) {
        try {
            task.run();
            pump();
        } catch (SubscriptionException refused) {
            fail(refused);
        }
    }

    // ---- what its control asks for

    void seek(Positions to) {
        for (PartitionSlot slot : slots) {
            PartitionName name = slot.partition.name();
            to.offset(name.topic(), name.partition()).ifPresent(offset -> {
                boolean first = !core.isPlaced(slot.index);
                core.seek(slot.index, offset);
                if (first) {
                    placed(slot);
                }
            });
        }
    }

    void pauseAll() {
        paused = true;
        pause(partition -> true);
    }

    void resumeAll() {
        paused = false;
        resume(partition -> true);
    }

    void pause(Predicate<PartitionName> which) {
        slots.stream().filter(slot -> which.test(slot.partition.name())).forEach(slot -> core.pause(slot.index));
    }

    void resume(Predicate<PartitionName> which) {
        slots.stream().filter(slot -> which.test(slot.partition.name())).forEach(slot -> core.resume(slot.index));
    }

    void stop() {
        ended = true;
        completeStage();
    }

    // ---- looking for partitions

    private void lookUp(PartitionSlot slot) {
        PartitionDirectory directory = engine.directory();
        SubscribedPartition partition = slot.partition;
        PartitionReader local = engine.local(partition);
        if (local != null) {
            found(slot, local);
            return;
        }
        if (!directory.exists(partition.topicId())) {
            fail(new SubscriptionException(
                    Code.TOPIC_DELETED, "topic '" + partition.name().topic() + "' was deleted"));
            return;
        }
        PartitionDirectory.Leader leader =
                directory.leader(partition.topicId(), partition.name().partition());
        boolean here =
                directory.isPlacedHere(partition.topicId(), partition.name().partition())
                        && slot.lookups < SubscriptionSettings.LOCAL_LOOKUPS;
        if (leader.broker() != SubscriptionException.NO_BROKER && !here) {
            found(slot, engine.remote(partition, leader));
        } else {
            lookUpLater(slot);
        }
    }

    private void lookUpLater(PartitionSlot slot) {
        slot.lookups++;
        if (slot.lookups > SubscriptionSettings.MAX_LOOKUPS) {
            fail(new SubscriptionException(
                    Code.LEADER_NOT_AVAILABLE,
                    "nobody was found to read " + slot.partition.name() + " from for "
                            + SubscriptionSettings.LOOKUP_INTERVAL
                                    .multipliedBy(SubscriptionSettings.MAX_LOOKUPS)
                                    .toSeconds()
                            + " s"));
        } else {
            scheduleOnce(new PartitionSlot.LookUp(slot), SubscriptionSettings.LOOKUP_INTERVAL);
        }
    }

    private void found(PartitionSlot slot, PartitionReader reader) {
        slot.reader = reader;
        if (core.isPlaced(slot.index)) {
            core.found(slot.index);
            return;
        }
        StartPosition from = request.from();
        if (slot.added) {
            from = StartPosition.earliest();
        } else if (from instanceof StartPosition.Offsets offsets) {
            from = offsets.otherwise();
        }
        later(reader.offsetOf(from, request.isolation()), (offset, unknown) -> startsAt(slot, offset, unknown));
    }

    /** Whoever says where it goes on need not wait until there is somebody to read from: leadership may just be changing. */
    private void placeWhereKnown(PartitionSlot slot) {
        if (request.from() instanceof StartPosition.Offsets offsets) {
            PartitionName name = slot.partition.name();
            offsets.positions().offset(name.topic(), name.partition()).ifPresent(offset -> {
                core.placed(slot.index, offset);
                placed(slot);
            });
        }
    }

    private void startsAt(PartitionSlot slot, Long offset, Throwable unknown) {
        if (unknown != null) {
            fail(unknown);
        } else if (core.isPlaced(slot.index)) {
            // It was sought meanwhile.
            core.found(slot.index);
        } else if (offset == null) {
            lost(slot);
        } else {
            core.placed(slot.index, offset);
            placed(slot);
        }
    }

    private void placed(PartitionSlot slot) {
        starts.put(slot.partition.name(), core.readAt(slot.index));
        if (starts.size() == slots.size()) {
            control.startIsKnown(Positions.of(starts));
        }
    }

    /** The reader can't read any more. */
    private void lost(PartitionSlot slot) {
        engine.meters().lookups.increment();
        slot.close();
        // At once only the first time: it may be there and useless.
        if (slot.lookups == 0) {
            slot.lookups++;
            lookUp(slot);
        } else {
            lookUpLater(slot);
        }
    }

    // ---- reading

    private void pulled() {
        core.pulled();
        guarded(() -> {});
    }

    /** Delivers what it can, begins the reads that may begin, as long as there are some of both. */
    private void pump() {
        boolean began = true;
        while (began && !ended) {
            deliver();
            began = false;
            ReadOrder order = core.nextRead();
            while (order != null) {
                began = true;
                begin(order);
                order = ended ? null : core.nextRead();
            }
        }
        if (!ended && core.needsReview() && !isTimerActive(Timer.REVIEW)) {
            scheduleOnce(Timer.REVIEW, engine.settings().slowAfter().dividedBy(2));
        }
    }

    private void deliver() {
        if (isAvailable(out)) {
            SubscriptionEvent event = core.poll();
            if (event != null) {
                if (event instanceof SubscriptionEvent.Records records) {
                    engine.meters().records.add(records.records().size());
                }
                push(out, event);
            }
        }
    }

    private void begin(ReadOrder order) {
        PartitionSlot slot = slots.get(order.partition());
        if (slot.reader == null) {
            core.lost(order);
            return;
        }
        later(
                slot.reader.read(order.offset(), order.maxBytes(), request.isolation()),
                (read, broken) -> finished(slot, order, read, broken));
    }

    private void finished(PartitionSlot slot, ReadOrder order, PartitionRead read, Throwable broken) {
        boolean current = core.isCurrent(order);
        if (broken != null) {
            fail(broken);
        } else if (read == PartitionRead.Moved.INSTANCE) {
            core.lost(order);
            lost(slot);
        } else if (!current) {
            core.readDone(order, List.of(), false);
        } else if (read instanceof PartitionRead.Batches batches) {
            took(slot, order, batches);
        } else if (read instanceof PartitionRead.BelowStart below) {
            slot.lookups = 0;
            core.deleted(order, below.logStartOffset());
        } else if (read instanceof PartitionRead.BeyondEnd beyond) {
            fail(new SubscriptionException(
                    Code.OFFSET_OUT_OF_RANGE,
                    "offset " + order.offset() + " of " + slot.partition.name() + " is beyond the end of its log, "
                            + beyond.logEndOffset()));
        }
    }

    private void took(PartitionSlot slot, ReadOrder order, PartitionRead.Batches read) {
        slot.lookups = 0;
        boolean vain = slot.woken && read.batches().isEmpty();
        slot.woken = false;
        if (core.readDone(order, read.batches(), read.endReached())) {
            if (vain) {
                scheduleOnce(new PartitionSlot.Recheck(slot), SubscriptionSettings.RECHECK_INTERVAL);
            } else {
                slot.reader.await(slot.waiter, core.readAt(slot.index), request.isolation());
            }
        }
    }

    private void woken(PartitionSlot slot) {
        if (core.isAtEnd(slot.index)) {
            slot.woken = true;
            if (slot.reader == null || slot.reader.isClosed()) {
                core.lost(slot.index);
                lost(slot);
            } else {
                core.dataAvailable(slot.index);
            }
        }
    }

    @Override
    public void onTimer(Object key) {
        guarded(() -> {
            if (key instanceof PartitionSlot.LookUp lookUp) {
                lookUp(lookUp.slot());
            } else if (key instanceof PartitionSlot.Recheck recheck) {
                recheck(recheck.slot());
            } else if (key == Timer.REVIEW) {
                core.review();
            }
        });
    }

    private void recheck(PartitionSlot slot) {
        if (core.isAtEnd(slot.index)) {
            if (slot.reader.isClosed()) {
                core.lost(slot.index);
                lost(slot);
            } else {
                slot.reader.await(slot.waiter, core.readAt(slot.index), request.isolation());
            }
        }
    }

    /** At once if it is there already, else when it comes, on the stream's thread. */
    private <T> void later(CompletionStage<T> stage, BiConsumer<T, Throwable> then) {
        CompletableFuture<T> future = stage.toCompletableFuture();
        if (future.isDone() && !future.isCompletedExceptionally()) {
            then.accept(future.join(), null);
        } else {
            stage.whenComplete((value, cause) -> onStream.invoke(() -> then.accept(value, unwrapped(cause))));
        }
    }

    private static Throwable unwrapped(Throwable cause) {
        return cause instanceof CompletionException && cause.getCause() != null ? cause.getCause() : cause;
    }
}
