/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.ActorContext;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogConfig;
import io.sluice.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.time.Duration;

/**
 * Leads one epoch: appends, commits, wakes readers.
 *
 * <p>The first append of a run sends a Flush to the actor itself; it lands in the mailbox behind everything that waits there by then,
 * so all of that is prepared before one gathering write takes it. Under load batches grow by themselves, without load a record
 * waits for nothing.
 *
 * <p>Nobody knows of it before the first high watermark: until then a reader might see less than what was committed before.
 */
final class Leading implements Term {
    private final ActorContext<PartitionCommand> actor;
    private final PartitionContext node;
    private final PartitionSpec spec;
    private final PartitionStore store;
    private final ReadablePartition handle;
    private final LogUpkeep upkeep;
    private final Replication replication;
    private final Appends appends;
    private final Readers readers;
    private final ServiceKeeper service;
    private final StandingQuestions questions = new StandingQuestions();
    private boolean serves;
    private boolean flushSent;
    private boolean expiryRuns;

    Leading(
            ActorContext<PartitionCommand> actor,
            PartitionContext node,
            PartitionSpec spec,
            PartitionStore store,
            ReadablePartition handle,
            LogUpkeep upkeep,
            Replication replication) {
        this.actor = actor;
        this.node = node;
        this.spec = spec;
        this.store = store;
        this.handle = handle;
        this.upkeep = upkeep;
        this.replication = replication;
        appends = new Appends(store, handle, node.meters(), handle.leaderEpoch());
        readers = new Readers(handle, node);
        service = new ServiceKeeper(actor, node.services(), handle);
        handle.callersRun(!upkeep.mayWaitForDisk());
    }

    private void serve() {
        serves = true;
        node.meters().leading.incrementAndGet();
        node.observer().leads(handle);
        service.start();
    }

    @Override
    public void onMessage(PartitionCommand message) throws IOException {
        if (message instanceof PartitionCommand.Append append) {
            onAppend(append);
        } else if (message == PartitionEvent.Flush.INSTANCE) {
            flushSent = false;
            settle();
        } else if (message == PartitionEvent.ExpireCommits.INSTANCE) {
            onExpireCommits();
        } else if (message instanceof PartitionCommand.DeleteRecords delete) {
            onDeleteRecords(delete);
        } else if (message instanceof PartitionCommand.DescribeProducers describe) {
            ReadablePartition.answer(describe.reply(), store.producers());
        } else if (message instanceof PartitionCommand.ConfirmLeads question) {
            if (questions.add(question.reply())) {
                replication.confirmEpoch();
            }
        } else if (message == PartitionEvent.ConfirmEpoch.INSTANCE) {
            replication.confirmEpoch();
        } else if (message == PartitionEvent.RestartService.INSTANCE) {
            service.restart();
        } else {
            readers.onMessage(message);
        }
    }

    /** The service at this leader is gone. */
    void terminated(ActorRef<Void> child) {
        service.terminated(child);
    }

    private void onAppend(PartitionCommand.Append append) throws IOException {
        if (!appends.gather(append)) {
            return;
        }
        if (appends.isFull()) {
            settle();
        } else if (!flushSent) {
            flushSent = true;
            actor.getSelf().tell(PartitionEvent.Flush.INSTANCE);
        }
    }

    /** Writes what was gathered. */
    @Override
    public void settle() throws IOException {
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
        upkeep.written();
        appends.written(node.clock().millis());
        replication.appended();
        logChanged();
        appends.answer(store.view().highWatermark());
        if (appends.anyUncommitted()) {
            expireLater();
        }
    }

    private void write() throws IOException {
        if (upkeep.writesForce()) {
            Phase.waitForDisk(() -> {
                appends.write();
                return null;
            });
        } else {
            appends.write();
        }
    }

    @Override
    public void highWatermark(long offset) {
        store.advanceHighWatermark(offset);
        if (!serves) {
            handle.publish(store.view());
            serve();
        }
        logChanged();
        appends.answerCommitted(offset);
    }

    @Override
    public void logChanged() {
        readers.publish(store.view());
    }

    @Override
    public void configure(LogConfig config) {
        handle.callersRun(!upkeep.mayWaitForDisk());
    }

    void epochStands() {
        if (questions.answer()) {
            actor.getSelf().tell(PartitionEvent.ConfirmEpoch.INSTANCE);
        }
    }

    private void expireLater() {
        if (!expiryRuns) {
            expiryRuns = true;
            actor.scheduleOnce(Duration.ofSeconds(1), actor.getSelf(), PartitionEvent.ExpireCommits.INSTANCE);
        }
    }

    private void onExpireCommits() {
        expiryRuns = false;
        appends.expire(node.clock().millis());
        if (appends.anyUncommitted()) {
            expireLater();
        }
    }

    private void onDeleteRecords(PartitionCommand.DeleteRecords delete) throws IOException {
        PartitionHandle.DeleteRecordsReply reply = delete.reply().take();
        if (reply == null) {
            return;
        }
        settle();
        long before = delete.beforeOffset() == -1 ? readers.view().highWatermark() : delete.beforeOffset();
        try {
            long logStart = store.deleteRecordsBefore(before);
            logChanged();
            reply.onDeleted(ErrorCode.NONE, logStart);
        } catch (OffsetOutOfRangeException beyond) {
            reply.onDeleted(ErrorCode.OFFSET_OUT_OF_RANGE, -1);
        } catch (IOException | RuntimeException failure) {
            reply.onDeleted(ErrorCode.KAFKA_STORAGE_ERROR, -1);
            throw failure;
        }
    }

    @Override
    public void end(Throwable failure) {
        handle.close();
        if (serves) {
            serves = false;
            node.meters().leading.decrementAndGet();
            node.observer().resigned(handle);
            service.stop();
        }
        appends.refuseAll(failure);
        readers.end();
        questions.end();
    }
}
