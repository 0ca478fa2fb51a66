/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractOnMessageBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.slf4j.Logger;

/**
 * Reads the committed records of {@code __cluster_metadata-0} and publishes images: the only way in which metadata gets to a node,
 * the controller's own included. Where the log does not begin at its beginning any more, the newest snapshot comes first; and after every
 * {@code metadata.log.max.record.bytes.between.snapshots} bytes of records there is another snapshot.
 */
public final class MetadataReplayer extends AbstractOnMessageBehavior<MetadataReplayer.Command> {
    private static final int READ_BYTES = 1 << 20;

    /** What the replayer is told. */
    public sealed interface Command {}

    /** The metadata partition is led here from now on. */
    public record Follow(PartitionHandle handle) implements Command {}

    private enum More implements Command {
        INSTANCE
    }

    /** Another broker's snapshot was asked for; {@code failure} says why it did not come, or is null. */
    private record SnapshotAsked(String failure) implements Command {}

    /**
     * What the replayer keeps snapshots with.
     *
     * @param bytesBetween records of so many bytes make another
     * @param written is run after each that was written
     * @param background may wait for the disk
     */
    public record Snapshots(MetadataSnapshots store, long bytesBetween, Runnable written, Executor background) {}

    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final MetadataPublisher publisher;
    private final MetadataBatches batches;
    private final Snapshots snapshots;
    private final MetadataLevels levels;
    private final Consumer<String> fatal;
    private final DataWaiter waiter;
    private ClusterImage image = ClusterImage.EMPTY;
    private PartitionHandle handle;
    private boolean stopped;
    private boolean asks;
    private boolean saidMissing;
    private long bytesSince;
    private final AtomicBoolean writes = new AtomicBoolean();

    private MetadataReplayer(
            ActorContext<Command> context,
            MetadataPublisher publisher,
            MetadataBatches batches,
            Snapshots snapshots,
            MetadataLevels levels,
            Consumer<String> fatal) {
        super(context);
        this.publisher = publisher;
        this.batches = batches;
        this.snapshots = snapshots;
        this.levels = levels;
        this.fatal = fatal;
        ActorRef<Command> self = context.getSelf();
        this.waiter = new DataWaiter() {
            @Override
            public void dataAvailable(TopicPartition partition) {
                self.tell(More.INSTANCE);
            }
        };
    }

    /**
     * @param levels that this program knows
     * @param fatal is told, once, why this node can't understand the metadata
     */
    public static Behavior<Command> create(
            MetadataPublisher publisher,
            MetadataBatches batches,
            Snapshots snapshots,
            MetadataLevels levels,
            Consumer<String> fatal) {
        return Behaviors.setup(context -> new MetadataReplayer(context, publisher, batches, snapshots, levels, fatal));
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        if (message instanceof Follow follow) {
            handle = follow.handle();
        } else if (message instanceof SnapshotAsked asked) {
            onSnapshotAsked(asked);
        }
        if (handle != null && !stopped && !waitsForSnapshot(message)) {
            try {
                replay();
            } catch (IOException | UncheckedIOException | MetadataFormatException failure) {
                stopped = true;
                fatal.accept("the cluster's metadata can't be read: " + failure.getMessage());
            }
        }
        return this;
    }

    private void replay() throws IOException {
        PartitionHandle leader = handle;
        LogView view = leader.view();
        ClusterImage next = startingPoint();
        if (next.offset() < view.logStartOffset()) {
            askForSnapshot(view.logStartOffset());
            return;
        }
        while (next.offset() < view.highWatermark()) {
            LogSlice slice = view.read(next.offset(), READ_BYTES, true, LogView.Bound.HIGH_WATERMARK);
            try {
                bytesSince += slice.length();
                MetadataBatches.Decoded decoded = batches.decode(slice.copy(), next.offset());
                if (decoded.nextOffset() <= next.offset()) {
                    throw new IOException("nothing to read at offset " + next.offset());
                }
                next = next.with(decoded.records(), decoded.nextOffset());
            } finally {
                slice.release();
            }
        }
        if (next != image) {
            requireKnown(MetadataLevels.of(next));
            image = next;
            publisher.publish(next);
            takeSnapshot(view);
        }
        if (leader.view().highWatermark() > image.offset()) {
            getContext().getSelf().tell(More.INSTANCE);
        } else if (!leader.isClosed()) {
            leader.await(waiter, image.offset(), LogView.Bound.HIGH_WATERMARK);
        }
    }

    /** Records of a higher level may look like those that are known and mean something else. */
    private void requireKnown(short level) {
        if (!levels.has(level)) {
            throw new MetadataFormatException(levels.against(level));
        }
    }

    /** The image, or that of a snapshot which has more: at the start, and where the log has begun anew behind what this node knew. */
    private ClusterImage startingPoint() {
        ImageSnapshot latest = snapshots.store().latest();
        boolean hasMore = latest != null && latest.image().offset() > image.offset();
        if (hasMore
                && (image == ClusterImage.EMPTY
                        || image.offset() < handle.view().logStartOffset())) {
            bytesSince = 0;
            return latest.image();
        }
        return image;
    }

    /** Off this thread: it may take a while, and an image never changes. */
    private void takeSnapshot(LogView view) {
        ClusterImage taken = image;
        int epoch = view.epochAt(taken.offset() - 1);
        if (bytesSince < snapshots.bytesBetween() || epoch < 0 || !writes.compareAndSet(false, true)) {
            return;
        }
        bytesSince = 0;
        Logger log = getContext().getLog();
        snapshots.background().execute(() -> {
            try {
                snapshots.store().take(new ImageSnapshot(taken, epoch));
                snapshots.written().run();
            } catch (IOException | RuntimeException failure) {
                log.warn("no snapshot of the metadata at offset {}: {}", taken.offset(), failure.getMessage());
            } finally {
                writes.set(false);
            }
        });
    }

    private void askForSnapshot(long logStart) {
        if (!saidMissing) {
            saidMissing = true;
            getContext()
                    .getLog()
                    .warn(
                            "the metadata's log begins at offset {}, and there is no snapshot here that reaches so far: other brokers are asked",
                            logStart);
        }
        if (!asks) {
            asks = true;
            ActorRef<Command> self = getContext().getSelf();
            snapshots.store().fetch(-1, logStart, failure -> self.tell(new SnapshotAsked(failure)));
        }
    }

    private static boolean waitsForSnapshot(Command message) {
        return message instanceof SnapshotAsked asked && asked.failure() != null;
    }

    private void onSnapshotAsked(SnapshotAsked asked) {
        asks = false;
        if (asked.failure() != null) {
            getContext().getLog().debug("no snapshot of the metadata: {}", asked.failure());
            getContext().scheduleOnce(ASK_AGAIN, getContext().getSelf(), More.INSTANCE);
        }
    }
}
