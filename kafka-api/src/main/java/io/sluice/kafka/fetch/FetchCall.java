/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.netty.util.concurrent.ScheduledFuture;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.api.LedPartitions;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.LogView;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.common.message.FetchRequestData;

/**
 * One Fetch request on its way.
 *
 * <pre>
 *   LOOKING --- enough bytes, an error, or no wait asked for ---> ANSWERED
 *      ^  |                                                          ^
 *      |  +--- not enough, or  ---> WAITING --- time is up, a newer fetch of the session, or the connection is gone
 *      |       a position in doubt     |
 *      +--- a partition called --------+
 * </pre>
 *
 * Everything but {@link #wake} runs on the connection's event loop, under the session's lock.
 */
final class FetchCall {
    private final FetchHandler handler;
    private final RequestContext context;
    private final FetchSession session;
    private final Reply reply;
    private final PartitionReader reader;
    private final boolean followers;
    private final ClosestReplica closest;
    private final boolean incremental;
    private final int minBytes;
    private final int maxBytes;
    private final int maxWaitMs;
    private final AtomicBoolean wakeSent = new AtomicBoolean();
    private ScheduledFuture<?> deadline;
    private boolean waiting;
    private boolean answered;

    /** Null as long as there are none. */
    private DoubtfulPositions doubts;

    /** The session has a newer fetch, or the client is gone: this one has nothing to say any more. */
    private boolean superseded;

    /** @param incremental only what has changed is answered */
    FetchCall(
            FetchHandler handler,
            RequestContext context,
            FetchRequestData request,
            FetchSession session,
            boolean incremental,
            Reply reply) {
        this.handler = handler;
        this.context = context;
        this.session = session;
        this.reply = reply;
        this.incremental = incremental;
        this.followers = FetchHandler.readsFromFollowers(context);
        this.closest = handler.closestReplica(context, request);
        this.reader = new PartitionReader(handler.node(), request.isolationLevel() == 1);
        this.maxBytes = Math.min(request.maxBytes(), handler.limits().responseBytesMax());
        this.minBytes = Math.min(request.minBytes(), maxBytes);
        this.maxWaitMs = request.maxWaitMs();
    }

    /** From any thread: a partition may have something. */
    void wake() {
        if (wakeSent.compareAndSet(false, true)) {
            hop(this::onWake);
        }
    }

    private void hop(Runnable task) {
        try {
            context.eventLoop().execute(task);
        } catch (RejectedExecutionException e) {
            // The listener is closing, and the connection with it.
            wakeSent.set(true);
        }
    }

    private void onWake() {
        wakeSent.set(false);
        synchronized (session) {
            if (!answered) {
                lookAgain();
            }
        }
    }

    private void onDeadline() {
        synchronized (session) {
            if (!answered) {
                answer(superseded ? List.of() : readAll());
            }
        }
    }

    /** From a partition's thread: it has made sure whether it leads. */
    private void onConfirmed(FetchPartition partition, boolean leads) {
        hop(() -> {
            synchronized (session) {
                doubts.answered(partition, leads);
                if (!answered) {
                    lookAgain();
                }
            }
        });
    }

    /** The connection has ended: nobody waits for records any more. */
    private void onGone() {
        superseded = true;
        onDeadline();
    }

    /** From any thread: a newer request of the session is here. */
    private void supersede() {
        hop(this::onGone);
    }

    void start() {
        synchronized (session) {
            FetchCall older = session.waits().pending();
            session.waits().pending(this);
            if (older != null) {
                older.supersede();
            }
            lookAgain();
        }
    }

    private void lookAgain() {
        session.waits().takeCalls();
        if (!isDue()) {
            await();
            return;
        }
        List<PartitionRead> reads = readAll();
        if (doubts != null && doubts.areOpen()) {
            reads.forEach(PartitionRead::release);
            await();
            return;
        }
        answer(reads);
    }

    /** Whether to answer now: something is wrong, enough is there, or nothing may be waited for. */
    private boolean isDue() {
        if (maxWaitMs <= 0 || minBytes <= 0 || session.size() == 0 || !handler.mayWait(waiting)) {
            return true;
        }
        MetadataImage image = handler.node().metadata();
        long bytes = 0;
        for (FetchPartition partition : session.partitions()) {
            if (partition.isQuiet(reader.bound())) {
                continue;
            }
            PartitionHandle handle = handle(partition, image);
            LogView view = handle == null ? null : handle.view();
            if (reader.obstacle(partition, image, handle, view) != null || elsewhere(partition, image, handle) >= 0) {
                return true;
            }
            bytes += reader.available(partition, view);
            if (bytes >= minBytes) {
                return true;
            }
        }
        return false;
    }

    private void register() {
        MetadataImage image = handler.node().metadata();
        for (FetchPartition partition : session.partitions()) {
            PartitionHandle handle = partition.isQuiet(reader.bound()) ? null : handle(partition, image);
            if (handle != null && (doubts == null || !doubts.concern(partition))) {
                long seen = Math.max(partition.fetchOffset, reader.end(handle.view()));
                session.waits().register(partition, handle, seen, reader.bound());
            }
        }
    }

    /** The leader here, else the follower if the client may read from one. */
    private PartitionHandle handle(FetchPartition partition, MetadataImage image) {
        TopicInfo topic = partition.topic(image);
        if (topic == null) {
            return null;
        }
        PartitionHandle leader = handler.node().leader(topic.id(), partition.key.partition());
        return leader != null || !followers ? leader : handler.node().follower(topic.id(), partition.key.partition());
    }

    /** The broker that the client had better read from; -1 for this one. */
    private int elsewhere(FetchPartition partition, MetadataImage image, PartitionHandle handle) {
        return closest == null ? -1 : closest.of(partition, image, handle);
    }

    private void await() {
        register();
        if (!waiting) {
            waiting = true;
            handler.waitBegins();
            reply.whenGone(this::onGone);
            int waitMs = doubts == null ? maxWaitMs : Math.max(maxWaitMs, LedPartitions.STILL_LEADS_MAX_MS);
            deadline = context.eventLoop().schedule(this::onDeadline, waitMs, TimeUnit.MILLISECONDS);
        }
    }

    private void answer(List<PartitionRead> reads) {
        answered = true;
        if (waiting) {
            handler.waitEnds();
            deadline.cancel(false);
        }
        if (equals(session.waits().pending())) {
            session.waits().pending(null);
        }
        session.waits().takeCalls();
        for (PartitionRead read : reads) {
            read.noteSent();
            if (read.length() > 0) {
                session.moveToEnd(read.partition());
            } else if (read.preferredReplica() >= 0) {
                closest.sent(read.partition());
            }
        }
        if (!session.isKept()) {
            session.cancelWaits();
        }
        reply.send(new FetchResponse(context, handler.services(), session.id(), reads));
    }

    private List<PartitionRead> readAll() {
        MetadataImage image = handler.node().metadata();
        List<PartitionRead> reads = new ArrayList<>();
        int left = maxBytes;
        boolean first = true;
        for (FetchPartition partition : session.partitions()) {
            if (incremental && partition.isQuiet(reader.bound()) && partition.sentHighWatermark >= 0) {
                continue;
            }
            PartitionRead read = read(partition, image, left, first);
            if (incremental && !read.isNews()) {
                continue;
            }
            if (read.length() > 0) {
                left -= read.length();
                first = false;
            }
            reads.add(read);
        }
        return reads;
    }

    private PartitionRead read(FetchPartition partition, MetadataImage image, int left, boolean first) {
        PartitionHandle handle = handle(partition, image);
        LogView view = handle == null ? null : handle.view();
        PartitionRead obstacle = reader.obstacle(partition, image, handle, view);
        if (obstacle != null) {
            return PartitionReader.isDoubtful(partition, handle, obstacle)
                    ? doubt(partition, handle, obstacle)
                    : obstacle;
        }
        int elsewhere = elsewhere(partition, image, handle);
        if (elsewhere >= 0) {
            return reader.elsewhere(partition, view, elsewhere);
        }
        PartitionRead read = reader.read(partition, view, Math.min(left, partition.maxBytes), first);
        if (!handle.leads()) {
            handler.redirects().servedByFollower(read.length());
        }
        return read;
    }

    private PartitionRead doubt(FetchPartition partition, PartitionHandle handle, PartitionRead wrong) {
        if (doubts == null) {
            doubts = new DoubtfulPositions();
        }
        return doubts.read(partition, handle, wrong, this::onConfirmed);
    }
}
