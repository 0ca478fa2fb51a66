/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import io.sluice.actors.DispatcherNames;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.controller.ControllerRequest;
import io.sluice.cluster.metadata.MetadataReplayer;
import io.sluice.cluster.sharding.EntityIds;
import io.sluice.cluster.sharding.PartitionFolders;
import io.sluice.log.ErrorCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Starts a node: data directory, actor system, cluster of one, sharding, metadata partition, controller, image, partitions. Each step begins
 * as soon as what it needs is there.
 */
final class NodeStart {
    private static final Logger LOG = LoggerFactory.getLogger(NodeStart.class);
    private static final long METADATA_TIMEOUT_MS = 120_000;
    private static final long PARTITIONS_TIMEOUT_MS = 120_000;

    private final NodeParts parts;
    private final RunningNode node;
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    private NodeStart(NodeParts parts) {
        this.parts = parts;
        this.node = new RunningNode(parts);
    }

    static CompletionStage<SluiceNode> start(NodeOptions options) {
        DataDirectory directory = null;
        ActorSystem<Void> system = null;
        try {
            directory = DataDirectory.open(
                    options.dataDirectory(), options.settings().nodeId());
            system = actorSystem(options);
            NodeStart start = new NodeStart(new NodeParts(options, directory, system));
            return start.run();
        } catch (StartupException refused) {
            return undo(refused, directory, system);
        } catch (IOException | RuntimeException failure) {
            return undo(
                    new StartupException("the node can't start: " + failure.getMessage(), failure), directory, system);
        }
    }

    private CompletionStage<SluiceNode> run() {
        ActorRef<MetadataReplayer.Command> replayer = parts.system.systemActorOf(
                MetadataReplayer.create(parts.images, parts.batches, this::fail),
                "metadata-replayer",
                DispatcherSelector.fromConfig(DispatcherNames.BACKGROUND));
        parts.partitions.onLead(handle -> followMetadata(replayer, handle));
        parts.partitions.onFailure((partition, reason) -> {
            if (partition.topicId().equals(EntityIds.METADATA_TOPIC_ID)) {
                fail("the cluster's metadata is offline: " + reason);
            }
        });
        CompletionStage<Void> entered = ClusterEntry.enter(parts.system, parts.options.settings(), parts.directory);
        parts.sharding.start(EntityIds.METADATA);

        CompletableFuture<Void> ready = entered.thenCompose(nothing -> metadata())
                .thenCompose(nothing -> partitions())
                .toCompletableFuture();
        return CompletableFuture.anyOf(ready, failed)
                .thenApply(nothing -> {
                    node.started();
                    return (SluiceNode) node;
                })
                .handle((running, failure) -> failure == null
                        ? CompletableFuture.completedFuture(running)
                        : node.stop()
                                .<SluiceNode>thenCompose(stopped -> CompletableFuture.failedFuture(cause(failure))))
                .thenCompose(stage -> stage);
    }

    private static void followMetadata(ActorRef<MetadataReplayer.Command> replayer, PartitionHandle handle) {
        if (handle.partition().topicId().equals(EntityIds.METADATA_TOPIC_ID)) {
            replayer.tell(new MetadataReplayer.Follow(handle));
        }
    }

    /** Completes when this broker is in the metadata of its cluster. */
    private CompletionStage<Void> metadata() {
        BrokerSettings settings = parts.options.settings();
        ControllerRequest.Bootstrap bootstrap = new ControllerRequest.Bootstrap(
                PartitionFolders.text(UUID.randomUUID()),
                settings.placementGroups(),
                settings.cluster().voters());
        return parts.edge
                .ask(bootstrap, (int) METADATA_TIMEOUT_MS)
                .thenAccept(NodeStart::check)
                .thenRun(() -> parts.directory.joinCluster(parts.images.image().clusterId()))
                .thenCompose(nothing -> node.advertise(parts.options.advertisedHost(), parts.options.advertisedPort()));
    }

    /** Completes when every partition that is placed here serves or has failed. */
    private CompletionStage<Void> partitions() {
        parts.background.execute(this::removeOrphans);
        return parts.keeper
                .settled(parts.images.image())
                .toCompletableFuture()
                .orTimeout(PARTITIONS_TIMEOUT_MS, TimeUnit.MILLISECONDS)
                .exceptionally(slow -> {
                    LOG.warn("not every partition serves yet; the node starts without waiting longer");
                    return null;
                });
    }

    private void removeOrphans() {
        try {
            for (Path folder : parts.folders.orphans(parts.images.image())) {
                LOG.info("removing {}: its topic was deleted while this node was down", folder);
                PartitionFolders.remove(folder);
            }
        } catch (IOException | RuntimeException failure) {
            LOG.warn("folders of deleted topics could not be removed: {}", failure.getMessage());
        }
    }

    private void fail(String reason) {
        if (!failed.completeExceptionally(new StartupException(reason)) || node.isStarted()) {
            LOG.error("{}", reason);
        }
    }

    private static void check(ErrorCode error) {
        if (error != ErrorCode.NONE) {
            throw new StartupException("the cluster's metadata could not be written: " + error);
        }
    }

    private static Throwable cause(Throwable failure) {
        Throwable cause = failure;
        while (cause instanceof java.util.concurrent.CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof StartupException
                ? cause
                : new StartupException("the node can't start: " + cause.getMessage(), cause);
    }

    private static ActorSystem<Void> actorSystem(NodeOptions options) {
        try {
            return ActorSystem.create(
                    Behaviors.empty(),
                    "sluice",
                    NodeConfig.of(options.settings(), options.akkaHost(), options.akkaPort()));
        } catch (RuntimeException failure) {
            for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
                if (cause instanceof java.net.BindException
                        || cause.getClass().getSimpleName().equals("RemoteTransportException")) {
                    throw new StartupException(
                            "can't listen on " + options.akkaHost() + ":" + options.akkaPort()
                                    + " for the cluster's own traffic: is the port in use? Choose another with --akka",
                            failure);
                }
            }
            throw failure;
        }
    }

    private static CompletionStage<SluiceNode> undo(
            StartupException reason, DataDirectory directory, ActorSystem<Void> system) {
        CompletionStage<?> stopped = CompletableFuture.completedFuture(null);
        if (system != null) {
            system.terminate();
            stopped = system.getWhenTerminated();
        }
        return stopped.handle((done, ignored) -> {
                    if (directory != null) {
                        closeQuietly(directory);
                    }
                    return null;
                })
                .thenCompose(nothing -> CompletableFuture.failedFuture(reason));
    }

    private static void closeQuietly(DataDirectory directory) {
        try {
            directory.close();
        } catch (IOException ignored) {
            LOG.debug("closing the data directory failed", ignored);
        }
    }
}
