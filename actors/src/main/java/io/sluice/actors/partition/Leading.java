/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.Signal;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.ActorContext;
import io.sluice.actors.replication.ReplicaCore;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView;
import io.sluice.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.time.Duration;

/**
 * Leads one epoch: appends, commits, wakes readers.
 *
 * <p>The first append of a run sends a Flush to the actor itself; it lands in the mailbox behind everything that waits there by then,
 * so all of that is prepared before one gathering write takes it. Under load batches grow by themselves, without load a record
 * waits for nothing.
 */
final class Leading extends Phase {
    private final PartitionStore store;
    private final ReplicaCore core;
    private final LeadingPartition handle;
    private final Appends appends;
    private final Waiters waiters;
    private final Forcing forcing;
    private final Compactions compactions;
    private final ServiceKeeper service;
    private LogView view;
    private boolean flushSent;
    private boolean expiryRuns;
    private boolean serving = true;

    Leading(
            ActorContext<PartitionCommand> actor,
            PartitionContext node,
            PartitionSpec spec,
            PartitionStore store,
            ReplicaCore core,
            int epoch) {
        super(actor, node, spec);
        this.store = store;
        this.core = core;
        core.appended(store.view().logEndOffset());
        store.advanceHighWatermark(core.highWatermark());
        view = store.view();
        handle = new LeadingPartition(
                spec.partition(),
                epoch,
                actor.getSelf(),
                new MailboxBudget(node.mailboxes(), node.limits().partitionMailboxMaxBytes()),
                view);
        appends = new Appends(store, handle, node.meters(), epoch);
        waiters = new Waiters(spec.partition(), node.limits().partitionWaiters());
        forcing = new Forcing(spec.config());
        handle.callersRun(!forcing.isOn());
        compactions = new Compactions(actor, store, node.compactions(), node.meters());
        service = new ServiceKeeper(actor, node.services(), handle);
        node.meters().leading.incrementAndGet();
        node.observer().leads(handle);
        service.start();
    }

    @Override
    public Behavior<PartitionCommand> onMessage(PartitionCommand message) {
        try {
            return dispatch(message);
        } catch (IOException | RuntimeException failure) {
            return broken(failure);
        }
    }

    private Behavior<PartitionCommand> dispatch(PartitionCommand message) throws IOException {
        if (message instanceof PartitionCommand.Append append) {
            onAppend(append);
        } else if (message == PartitionEvent.Flush.INSTANCE) {
            flushSent = false;
            flush();
        } else if (message instanceof PartitionCommand.Await await) {
            onAwait(await);
        } else if (message instanceof PartitionCommand.Cancel cancel) {
            waiters.remove(cancel.waiter());
            countWaiters();
        } else if (message == PartitionCommand.Maintain.INSTANCE) {
            maintain();
        } else if (message == PartitionEvent.ForceDue.INSTANCE) {
            onForceDue();
        } else if (message == PartitionEvent.ExpireCommits.INSTANCE) {
            onExpireCommits();
        } else if (message == PartitionCommand.Compact.INSTANCE) {
            compactions.startIfDue();
        } else if (message instanceof PartitionCommand.Configure configure) {
            onConfigure(configure);
        } else if (message instanceof PartitionEvent.Compacted compacted) {
            if (compactions.finish(compacted)) {
                publish();
            }
        } else if (message instanceof PartitionCommand.DeleteRecords delete) {
            onDeleteRecords(delete);
        } else if (message instanceof PartitionCommand.DescribeProducers describe) {
            LeadingPartition.answer(describe.reply(), store.producers());
        } else if (message == PartitionEvent.RestartService.INSTANCE) {
            service.restart();
        } else if (message == PartitionCommand.Stop.INSTANCE) {
            return resign(null);
        } else if (message instanceof PartitionCommand.Delete delete) {
            return resign(delete);
        }
        return this;
    }

    @Override
    public Behavior<PartitionCommand> onSignal(Signal signal) {
        if (signal instanceof Terminated terminated) {
            service.terminated(terminated.getRef().unsafeUpcast());
        } else if (signal == PostStop.instance() && serving) {
            // The whole system stops without having stopped this entity first: the log is closed, nobody is left to be
            // answered.
            endService(null);
            closeAbruptly();
        }
        return this;
    }

    private void onAppend(PartitionCommand.Append append) throws IOException {
        if (!appends.gather(append)) {
            return;
        }
        if (appends.isFull()) {
            flush();
        } else if (!flushSent) {
            flushSent = true;
            actor.getSelf().tell(PartitionEvent.Flush.INSTANCE);
        }
    }

    private void flush() throws IOException {
        if (appends.isEmpty()) {
            return;
        }
        boolean wasFull = appends.wasDiskFull();
        try {
            write();
        } catch (DiskFullException full) {
            if (!wasFull) {
                appends.diskIsFull();
                actor.getLog().error("{}: the disk is full, producers are told to try again", spec.partition());
            }
            return;
        }
        if (wasFull) {
            actor.getLog().info("{}: there is room on the disk again", spec.partition());
        }
        startForceTimer();
        core.appended(store.view().logEndOffset());
        long highWatermark = core.highWatermark();
        store.advanceHighWatermark(highWatermark);
        publish();
        appends.answerWritten(highWatermark, node.clock().millis());
        appends.answerCommitted(highWatermark);
        if (appends.anyUncommitted() && !expiryRuns) {
            expiryRuns = true;
            actor.scheduleOnce(Duration.ofSeconds(1), actor.getSelf(), PartitionEvent.ExpireCommits.INSTANCE);
        }
    }

    private void write() throws IOException {
        if (forcing.writesForce()) {
            waitForDisk(() -> {
                appends.write();
                return null;
            });
        } else {
            appends.write();
        }
    }

    private void publish() {
        view = store.view();
        handle.publish(view);
        if (waiters.size() > 0) {
            waiters.wake(view);
            countWaiters();
        }
    }

    private void onAwait(PartitionCommand.Await await) {
        if (Waiters.boundOf(view, await.bound()) > await.offset()) {
            await.waiter().dataAvailable(spec.partition());
        } else if (waiters.add(await.waiter(), await.offset(), await.bound())) {
            countWaiters();
        } else {
            node.meters().waiterRefusals.increment();
            await.waiter().dataAvailable(spec.partition());
        }
    }

    private int counted;

    private void countWaiters() {
        int now = waiters.size();
        if (now != counted) {
            node.meters().waiters.addAndGet(now - counted);
            counted = now;
        }
    }

    private void startForceTimer() {
        long dueMs = forcing.written();
        if (dueMs >= 0) {
            actor.scheduleOnce(Duration.ofMillis(dueMs), actor.getSelf(), PartitionEvent.ForceDue.INSTANCE);
        }
    }

    private void onForceDue() throws IOException {
        forcing.timerIsOver();
        waitForDisk(() -> {
            store.force();
            return null;
        });
    }

    private void onExpireCommits() {
        expiryRuns = false;
        appends.expire(node.clock().millis());
        if (appends.anyUncommitted()) {
            expiryRuns = true;
            actor.scheduleOnce(Duration.ofSeconds(1), actor.getSelf(), PartitionEvent.ExpireCommits.INSTANCE);
        }
    }

    private void onConfigure(PartitionCommand.Configure configure) throws IOException {
        store.configure(configure.config());
        forcing.configure(configure.config());
        handle.callersRun(!forcing.isOn());
        if (view.logEndOffset() > view.logStartOffset()) {
            startForceTimer();
        }
        maintain();
    }

    private void maintain() throws IOException {
        flush();
        try {
            store.maintain();
        } catch (DiskFullException full) {
            actor.getLog().warn("{}: maintenance waits for room on the disk", spec.partition());
        }
        publish();
    }

    private void onDeleteRecords(PartitionCommand.DeleteRecords delete) throws IOException {
        PartitionHandle.DeleteRecordsReply reply = delete.reply().take();
        if (reply == null) {
            return;
        }
        flush();
        long before = delete.beforeOffset() == -1 ? view.highWatermark() : delete.beforeOffset();
        try {
            long logStart = store.deleteRecordsBefore(before);
            publish();
            reply.onDeleted(ErrorCode.NONE, logStart);
        } catch (OffsetOutOfRangeException beyond) {
            reply.onDeleted(ErrorCode.OFFSET_OUT_OF_RANGE, -1);
        } catch (IOException | RuntimeException failure) {
            reply.onDeleted(ErrorCode.KAFKA_STORAGE_ERROR, -1);
            throw failure;
        }
    }

    private Behavior<PartitionCommand> resign(PartitionCommand.Delete delete) throws IOException {
        flush();
        endService(null);
        return new Resigning(actor, node, spec, store, handle, delete);
    }

    private Behavior<PartitionCommand> broken(Throwable failure) {
        endService(failure);
        return failed(store, handle, "its log", failure);
    }

    /** Nobody is served from here on, and everybody who waits has an answer. */
    private void endService(Throwable failure) {
        serving = false;
        handle.close();
        node.meters().leading.decrementAndGet();
        node.observer().resigned(handle);
        service.stop();
        appends.refuseAll(failure);
        waiters.wakeAll();
        countWaiters();
    }

    private void closeAbruptly() {
        try {
            store.close();
        } catch (IOException | RuntimeException failure) {
            actor.getLog().warn("closing the log of {} failed: {}", spec.partition(), describe(failure));
        }
        node.observer().stopped(spec.partition());
    }
}
