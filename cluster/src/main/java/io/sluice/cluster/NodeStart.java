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
import io.sluice.cluster.membership.ReplicaRouter;
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
 * Starts a node: data directory and actor system first, then the way into the cluster, sharding, the metadata's replica, its image, the other
 * replicas. Each step begins as soon as what it needs is there.
 */
final class NodeStart {
    private static final Logger LOG = LoggerFactory.getLogger(NodeStart.class);
    private static final long METADATA_TIMEOUT_MS = 120_000;
    private static final long PARTITIONS_TIMEOUT_MS = 120_000;

    private static final String DECLARED_DEAD =
            "this node was declared dead while it started: it and a majority of the voters did not hear of each other for"
                    + " sluice.cluster.heartbeat.pause.ms; nothing is lost, start it again";

    private final NodeParts parts;
    private final RunningNode node;
    private final CompletableFuture<Void> failed = new CompletableFuture<>();

    NodeStart(NodeParts parts, RunningNode node) {
        this.parts = parts;
        this.node = node;
    }

    static SluiceNode open(NodeOptions options) {
        DataDirectory directory = null;
        ActorSystem<Void> system = null;
        try {
            directory = DataDirectory.open(
                    options.dataDirectory(), options.settings().nodeId());
            system = actorSystem(options);
            return new RunningNode(new NodeParts(options, directory, system));
        } catch (StartupException refused) {
            undo(directory, system);
            throw refused;
        } catch (IOException | RuntimeException failure) {
            undo(directory, system);
            throw new StartupException("the node can't start: " + failure.getMessage(), failure);
        }
    }

    CompletionStage<Void> run(SluiceNode.Address replicas, SluiceNode.Address clients) {
        ActorRef<MetadataReplayer.Command> replayer = parts.system.systemActorOf(
                MetadataReplayer.create(
                        parts.images, parts.batches, parts.snapshotting(), parts.options.levels(), this::unreadable),
                "metadata-replayer",
                DispatcherSelector.fromConfig(DispatcherNames.BACKGROUND));
        parts.partitions.onLead(handle -> followMetadata(replayer, handle));
        parts.partitions.onFollow(handle -> followMetadata(replayer, handle));
        parts.partitions.onFailure((partition, reason) -> {
            if (partition.topicId().equals(EntityIds.METADATA_TOPIC_ID)) {
                fail("the cluster's metadata is offline: " + reason);
            }
        });
        node.whenDowned().thenRun(() -> failed.completeExceptionally(StartupException.passing(DECLARED_DEAD)));
        parts.router.tell(new ReplicaRouter.Listen(replicas.host(), replicas.port()));
        CompletableFuture<Void> ready = ClusterEntry.enter(parts.system, parts.options.settings(), parts.directory)
                .thenRun(parts::startMetadata)
                .thenCompose(nothing -> metadata(clients))
                .thenCompose(nothing -> partitions())
                .toCompletableFuture();
        return CompletableFuture.anyOf(ready, failed)
                .thenRun(node::started)
                .handle((nothing, failure) -> failure == null
                        ? CompletableFuture.<Void>completedFuture(null)
                        : node.stop().<Void>thenCompose(stopped -> CompletableFuture.failedFuture(cause(failure))))
                .thenCompose(stage -> stage);
    }

    private static void followMetadata(ActorRef<MetadataReplayer.Command> replayer, PartitionHandle handle) {
        if (handle.partition().topicId().equals(EntityIds.METADATA_TOPIC_ID)) {
            replayer.tell(new MetadataReplayer.Follow(handle));
        }
    }

    /** Completes when this broker is in the metadata of its cluster. */
    private CompletionStage<Void> metadata(SluiceNode.Address clients) {
        BrokerSettings settings = parts.options.settings();
        ControllerRequest.Bootstrap bootstrap = new ControllerRequest.Bootstrap(
                PartitionFolders.text(UUID.randomUUID()),
                settings.placementGroups(),
                settings.cluster().voters());
        return node.askUntilAnswered(bootstrap, METADATA_TIMEOUT_MS)
                .thenAccept(NodeStart::check)
                .thenRun(() -> parts.directory.joinCluster(parts.images.image().clusterId()))
                .thenCompose(nothing -> node.advertise(clients.host(), clients.port()));
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

    /** What it does not understand a node can't follow, and must not guess: it stops. */
    private void unreadable(String reason) {
        fail(reason);
        if (node.isStarted()) {
            node.stopForGood();
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

    private static void undo(DataDirectory directory, ActorSystem<Void> system) {
        if (system != null) {
            system.terminate();
            system.getWhenTerminated().toCompletableFuture().join();
        }
        if (directory != null) {
            closeQuietly(directory);
        }
    }

    private static void closeQuietly(DataDirectory directory) {
        try {
            directory.close();
        } catch (IOException ignored) {
            LOG.debug("closing the data directory failed", ignored);
        }
    }
}
