/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import akka.stream.javadsl.Source;
import io.sluice.actors.group.GroupAccess;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.RemoteLogs;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** {@link Subscriptions} of one node: what all of them share. Thread-safe. */
public final class SubscriptionEngine implements Subscriptions {
    private final PartitionDirectory directory;
    private final RemoteLogs remote;
    private final GroupAccess groups;
    private final SubscriptionSettings settings;
    private final SubscriptionMeters meters;
    private final Executor blocking;
    private final BatchDecoder decoder;
    private final SharedBatches shared;
    private final TopicGrowth growth;

    /**
     * @param remote {@link RemoteLogs#NONE} where a subscriber is sent to the broker that leads
     * @param blocking reads and decodes; may wait for the disk
     */
    public SubscriptionEngine(
            PartitionDirectory directory,
            RemoteLogs remote,
            GroupAccess groups,
            SubscriptionSettings settings,
            SubscriptionMeters meters,
            Executor blocking) {
        this.directory = directory;
        this.remote = remote;
        this.groups = groups;
        this.settings = settings;
        this.meters = meters;
        this.blocking = blocking;
        this.decoder = new BatchDecoder(settings.maxDecompressedBytes());
        this.shared = new SharedBatches(settings.sharedBytes(), timing(settings, blocking), meters);
        this.growth = new TopicGrowth(directory);
    }

    private static Wakeups.Timing timing(SubscriptionSettings settings, Executor on) {
        return new Wakeups.Timing(
                System::nanoTime,
                (nanos, task) -> CompletableFuture.delayedExecutor(nanos, TimeUnit.NANOSECONDS, on)
                        .execute(task),
                Wakeups.NANOS_PER_SUBSCRIBER,
                settings.linger().toNanos());
    }

    /** Of a node without topics. */
    public static Subscriptions ofNothing() {
        return new SubscriptionEngine(
                PartitionDirectory.EMPTY,
                RemoteLogs.NONE,
                GroupAccess.NONE,
                SubscriptionSettings.DEFAULTS,
                new SubscriptionMeters(),
                Runnable::run);
    }

    @Override
    public Source<SubscriptionEvent, SubscriptionControl> subscribe(SubscriptionRequest request) {
        return request.from() instanceof StartPosition.Group group
                ? GroupMemberSource.of(this, request, group)
                : Source.fromGraph(new SubscriptionSource(this, request));
    }

    /** One subscription more; {@link #left} gives its place back. */
    void enter() {
        if (meters.active.incrementAndGet() > settings.maxSubscriptions()) {
            meters.active.decrementAndGet();
            meters.refused.increment();
            throw new SubscriptionException(
                    SubscriptionException.Code.TOO_MANY_SUBSCRIPTIONS,
                    settings.maxSubscriptions() + " subscriptions run already (sluice.subscriptions.max)");
        }
    }

    void left() {
        meters.active.decrementAndGet();
    }

    /** A reader of a replica of this node; null if there is none now. */
    PartitionReader local(SubscribedPartition partition) {
        PartitionHandle handle =
                directory.handle(partition.topicId(), partition.name().partition());
        return handle == null || handle.isClosed() ? null : new LocalPartitionReader(handle, decoder, blocking, shared);
    }

    /**
     * A reader of a partition that another broker leads.
     *
     * @throws SubscriptionException if this node can't read from others
     */
    PartitionReader remote(SubscribedPartition partition, PartitionDirectory.Leader leader) {
        if (remote == RemoteLogs.NONE) {
            throw SubscriptionException.notServedHere(partition.name(), leader.broker());
        }
        return new RemotePartitionReader(partition, leader, remote, decoder, blocking, shared);
    }

    GroupAccess groups() {
        return groups;
    }

    TopicGrowth growth() {
        return growth;
    }

    PartitionDirectory directory() {
        return directory;
    }

    SubscriptionSettings settings() {
        return settings;
    }

    SubscriptionMeters meters() {
        return meters;
    }
}
