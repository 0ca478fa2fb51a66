/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.actors.replication.RemoteLogs.Answer;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.subscription.PartitionDirectory;
import io.sluice.log.BatchTimes;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView;
import io.sluice.log.LogView.Bound;
import io.sluice.log.OffsetOutOfRangeException;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much is there behind an offset, asked of who leads the partition: the log here, or another broker, which is asked everything of one moment in one request. Any
 * thread; nothing blocks, and nothing is read but the header of one batch, where somebody wants to know since when it is there.
 */
public final class Backlogs {
    private static final Logger LOG = LoggerFactory.getLogger(Backlogs.class);

    /** Of a node without partitions. */
    public static final Backlogs OF_NOTHING = new Backlogs(PartitionDirectory.EMPTY, RemoteLogs.NONE, Runnable::run);

    private final PartitionDirectory directory;
    private final RemoteLogs remote;
    private final Executor blocking;

    /** @param blocking may wait for the disk */
    public Backlogs(PartitionDirectory directory, RemoteLogs remote, Executor blocking) {
        this.directory = directory;
        this.remote = remote;
        this.blocking = blocking;
    }

    /** Where a log begins and ends, for either kind of reader. */
    record Ends(long start, long highWatermark, long lastStable) {}

    /** Where a log ends, without a look at any file. Null where nobody can tell; never fails. */
    CompletableFuture<Ends> ends(String topic, int partition) {
        ReplicaKey key = key(topic, partition);
        if (key == null) {
            return CompletableFuture.completedFuture(null);
        }
        PartitionHandle here = led(key);
        if (here != null) {
            LogView view = here.view();
            return CompletableFuture.completedFuture(
                    new Ends(view.logStartOffset(), view.highWatermark(), view.lastStableOffset()));
        }
        return ask(key, new RemoteLogs.Read(key, Bound.HIGH_WATERMARK, 0, 0))
                .thenCombine(
                        ask(key, new RemoteLogs.Read(key, Bound.LAST_STABLE_OFFSET, 0, 0)),
                        (high, stable) -> isTold(high) && isTold(stable)
                                ? new Ends(high.logStartOffset(), high.endOffset(), stable.endOffset())
                                : null);
    }

    /** What is there from an offset on, and since when. Null where nobody can tell; never fails. */
    public CompletableFuture<Backlog> from(String topic, int partition, long offset) {
        ReplicaKey key = key(topic, partition);
        if (key == null) {
            return CompletableFuture.completedFuture(null);
        }
        PartitionHandle here = led(key);
        return here != null
                ? here(here, offset)
                : ask(key, new RemoteLogs.When(key, Bound.HIGH_WATERMARK, offset))
                        .thenApply(answer -> isTold(answer)
                                ? new Backlog(answer.logStartOffset(), answer.endOffset(), answer.found())
                                : null);
    }

    private CompletableFuture<Backlog> here(PartitionHandle handle, long offset) {
        LogView view = handle.view();
        if (offset >= view.highWatermark()) {
            return CompletableFuture.completedFuture(since(view, Backlog.NOTHING));
        }
        try {
            return CompletableFuture.supplyAsync(() -> read(view, offset), blocking);
        } catch (RejectedExecutionException stopping) {
            return CompletableFuture.completedFuture(null);
        }
    }

    private static Backlog read(LogView view, long offset) {
        try {
            return since(view, BatchTimes.firstFrom(view, offset, Bound.HIGH_WATERMARK));
        } catch (OffsetOutOfRangeException deletedMeanwhile) {
            return null;
        } catch (IOException failure) {
            LOG.debug("nobody can tell since when offset {} is there: {}", offset, failure.toString());
            return null;
        }
    }

    private static Backlog since(LogView view, long sinceMs) {
        return new Backlog(view.logStartOffset(), view.highWatermark(), sinceMs);
    }

    /** Null if there is no such partition. */
    private ReplicaKey key(String name, int partition) {
        PartitionDirectory.Topic topic = directory.topic(name);
        return topic == null || partition >= topic.partitions() ? null : new ReplicaKey(topic.id(), partition);
    }

    private PartitionHandle led(ReplicaKey key) {
        PartitionHandle handle = directory.handle(key.topicId(), key.partition());
        return handle != null && handle.leads() ? handle : null;
    }

    private CompletableFuture<Answer> ask(ReplicaKey key, RemoteLogs.Question question) {
        PartitionDirectory.Leader leader = directory.leader(key.topicId(), key.partition());
        return leader.equals(PartitionDirectory.Leader.NONE)
                ? CompletableFuture.completedFuture(Answer.failed(ErrorCode.LEADER_NOT_AVAILABLE))
                : remote.ask(leader.broker(), question);
    }

    private static boolean isTold(Answer answer) {
        return answer.error() == ErrorCode.NONE;
    }
}
