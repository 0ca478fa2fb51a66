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
import java.util.function.Consumer;

/**
 * Reads the committed records of {@code __cluster_metadata-0} and publishes images: the only way in which metadata gets to a node,
 * the controller's own included.
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

    private final MetadataPublisher publisher;
    private final MetadataBatches batches;
    private final Consumer<String> fatal;
    private final DataWaiter waiter;
    private ClusterImage image = ClusterImage.EMPTY;
    private PartitionHandle handle;
    private boolean stopped;

    private MetadataReplayer(
            ActorContext<Command> context,
            MetadataPublisher publisher,
            MetadataBatches batches,
            Consumer<String> fatal) {
        super(context);
        this.publisher = publisher;
        this.batches = batches;
        this.fatal = fatal;
        ActorRef<Command> self = context.getSelf();
        this.waiter = new DataWaiter() {
            @Override
            public void dataAvailable(TopicPartition partition) {
                self.tell(More.INSTANCE);
            }
        };
    }

    /** @param fatal is told, once, why this node can't understand the metadata */
    public static Behavior<Command> create(
            MetadataPublisher publisher, MetadataBatches batches, Consumer<String> fatal) {
        return Behaviors.setup(context -> new MetadataReplayer(context, publisher, batches, fatal));
    }

    @Override
    public Behavior<Command> onMessage(Command message) {
        if (message instanceof Follow follow) {
            handle = follow.handle();
        }
        if (handle != null && !stopped) {
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
        ClusterImage next = image;
        while (next.offset() < view.highWatermark()) {
            LogSlice slice = view.read(next.offset(), READ_BYTES, true, LogView.Bound.HIGH_WATERMARK);
            try {
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
            image = next;
            publisher.publish(next);
        }
        if (leader.view().highWatermark() > image.offset()) {
            getContext().getSelf().tell(More.INSTANCE);
        } else if (!leader.isClosed()) {
            leader.await(waiter, image.offset(), LogView.Bound.HIGH_WATERMARK);
        }
    }
}
