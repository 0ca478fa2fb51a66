/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.Done;
import akka.actor.Cancellable;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.cluster.Cluster;
import io.sluice.actors.group.GroupAccess;
import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.ReplicaSource;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.controller.ControllerRequest;
import io.sluice.cluster.group.Backlogs;
import io.sluice.cluster.group.GroupLags;
import io.sluice.cluster.membership.ReplicaRouter;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.cluster.sharding.EntityIds;
import io.sluice.log.ErrorCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node that runs. */
final class RunningNode implements SluiceNode {
    private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);
    /** Of one attempt of several. */
    private static final int ASK_TIMEOUT_MS = 10_000;

    private static final long ASK_AGAIN_MS = 200;
    private static final int REGISTER_TIMEOUT_MS = 30_000;
    private static final long CLOSE_PARTITIONS_TIMEOUT_MS = 30_000;
    private static final Duration CLAIM_INTERVAL = Duration.ofSeconds(5);

    private static final Duration REPLICAS_INTERVAL = Duration.ofMillis(500);
    private static final long GROUP_LAG_TIMEOUT_MS = 30_000;

    final NodeParts parts;
    private final AtomicBoolean stopping = new AtomicBoolean();
    private final CompletableFuture<Void> stopped = new CompletableFuture<>();
    private final CompletableFuture<Void> downed = new CompletableFuture<>();
    private final List<Cancellable> tickers = new ArrayList<>();
    private final NodePartitions directory;
    private final Subscriptions subscriptions;
    private final Backlogs backlogs;
    private volatile boolean started;
    private volatile InetSocketAddress http;

    RunningNode(NodeParts parts) {
        this.parts = parts;
        this.directory = new NodePartitions(this, parts.images);
        this.subscriptions = parts.subscriptions(directory);
        this.backlogs = new Backlogs(directory, parts.replicas.logs(), parts.background);
        ClusterMetrics.bind(this, parts);
        parts.system.getWhenTerminated().whenCompleteAsync((done, failure) -> release());
        CoordinatedShutdown.get(parts.system)
                .addTask(CoordinatedShutdown.PhaseBeforeServiceUnbind(), "partitions", this::stopByItself);
    }

    /** The actor system stops without having been asked to, for this node was declared dead: what can be closed cleanly is. */
    private CompletionStage<Done> stopByItself() {
        if (!stopping.compareAndSet(false, true)) {
            return CompletableFuture.completedFuture(Done.getInstance());
        }
        LOG.error("the node stops by itself: it was declared dead");
        downed.complete(null);
        tickers.forEach(Cancellable::cancel);
        parts.controllers.close();
        return closePartitions().handle((done, slow) -> Done.getInstance());
    }

    @Override
    public boolean isReady() {
        return started;
    }

    @Override
    public Health health() {
        return stopping.get() ? Health.notYet("stops") : new NodeHealth(parts).now(started);
    }

    @Override
    public ReplicaSource replicas() {
        return parts.replicas;
    }

    @Override
    public CompletionStage<Void> enter(Address replicas, Address clients) {
        return new NodeStart(parts, this).run(replicas, clients);
    }

    @Override
    public int id() {
        return parts.options.settings().nodeId();
    }

    @Override
    public BrokerSettings settings() {
        return parts.options.settings();
    }

    @Override
    public MetadataImage metadata() {
        return parts.images.image();
    }

    @Override
    public MetadataLevels levels() {
        return parts.options.levels();
    }

    @Override
    public PartitionHandle leader(UUID topicId, int partition) {
        return parts.partitions.leader(topicId, partition);
    }

    @Override
    public PartitionHandle follower(UUID topicId, int partition) {
        return parts.partitions.follower(topicId, partition);
    }

    @Override
    public Leadership leadership(UUID topicId, int partition) {
        return WhoLeads.of(
                id(),
                leader(topicId, partition),
                follower(topicId, partition),
                parts.leaderships.leader(topicId, partition));
    }

    @Override
    public CompletionStage<Void> leaderKnown(UUID topicId, int partition) {
        return parts.leaderWaits.known(topicId, partition);
    }

    @Override
    public Controller controller() {
        return parts.edge;
    }

    @Override
    public GroupCoordinators groups() {
        return parts.groups;
    }

    @Override
    public GroupAccess groupAccess() {
        return parts.groupAccess;
    }

    @Override
    public Subscriptions subscriptions() {
        return subscriptions;
    }

    @Override
    public Backlogs backlogs() {
        return backlogs;
    }

    @Override
    public Set<Integer> liveBrokers() {
        return parts.liveBrokers();
    }

    @Override
    public List<Integer> inSync(UUID topicId, int partition) {
        PartitionHandle leader = parts.partitions.leader(topicId, partition);
        return leader == null || leader.isClosed() ? null : leader.inSync().brokers();
    }

    @Override
    public CompletionStage<ErrorCode> electPreferred(UUID topicId, int partition, int timeoutMs) {
        return parts.elections.elect(topicId, partition, timeoutMs);
    }

    @Override
    public CompletionStage<Quorum> quorum(int timeoutMs) {
        long nowMs = parts.options.clock().millis();
        return parts.edge
                .ask(new ControllerRequest.DescribeQuorum(), timeoutMs)
                .thenApply(state -> quorum(state, nowMs));
    }

    /** A follower that has everything has it now; of one that has not it is unknown since when. */
    private static Quorum quorum(ControllerRequest.QuorumState state, long nowMs) {
        Map<Integer, Long> ends = new HashMap<>();
        state.followers().forEach(follower -> ends.put(follower.broker(), follower.logEnd()));
        ends.put(state.leader(), state.logEnd());
        Function<Integer, QuorumReplica> replica = broker -> {
            long end = ends.getOrDefault(broker, -1L);
            boolean leads = broker == state.leader();
            return new QuorumReplica(
                    broker, end, leads || end < 0 ? -1 : nowMs, leads || end >= state.logEnd() ? nowMs : -1);
        };
        return new Quorum(
                state.error(),
                state.leader(),
                state.leaderEpoch(),
                state.highWatermark(),
                state.voters().stream().map(replica).toList(),
                ends.keySet().stream()
                        .filter(broker -> broker >= 0 && !state.voters().contains(broker))
                        .sorted()
                        .map(replica)
                        .toList());
    }

    @Override
    public int controllerId() {
        return parts.controllers.isHere()
                ? id()
                : leadership(EntityIds.METADATA_TOPIC_ID, 0).brokerId();
    }

    @Override
    public void servesHttp(Address address) {
        http = InetSocketAddress.createUnresolved(address.host(), address.port());
        parts.router.tell(new ReplicaRouter.Serve(address.host(), address.port()));
    }

    @Override
    public Optional<InetSocketAddress> httpAddress() {
        return Optional.ofNullable(http);
    }

    @Override
    public Map<Integer, InetSocketAddress> httpAddresses() {
        return parts.peers.serving();
    }

    @Override
    public ActorSystem<?> actorSystem() {
        return parts.system;
    }

    @Override
    public String akkaAddress() {
        akka.actor.Address address = Cluster.get(parts.system).selfAddress();
        return address.getHost().orElse("") + ":" + address.getPort().orElse(0);
    }

    @Override
    public CompletionStage<Void> advertise(String host, int port) {
        ControllerRequest.RegisterBroker request = new ControllerRequest.RegisterBroker(
                id(),
                host,
                port,
                settings().rack().orElse(null),
                parts.directory.directoryId(),
                parts.options.levels());
        return askUntilAnswered(request, REGISTER_TIMEOUT_MS).thenAccept(error -> {
            if (error == ErrorCode.UNSUPPORTED_VERSION) {
                throw new StartupException("this broker was not registered: "
                        + parts.options.levels().against(MetadataLevels.of(parts.images.image())));
            } else if (error != ErrorCode.NONE) {
                throw new StartupException("this broker could not be registered: " + error);
            }
        });
    }

    /**
     * Asks the controller, and again while there is none, or another one by now: a cluster that begins may change its mind. For requests that
     * may be done twice.
     */
    CompletionStage<ErrorCode> askUntilAnswered(ControllerRequest<ErrorCode> request, long timeoutMs) {
        return askUntil(request, parts.options.clock().millis() + timeoutMs);
    }

    private CompletionStage<ErrorCode> askUntil(ControllerRequest<ErrorCode> request, long untilMs) {
        return parts.edge.ask(request, ASK_TIMEOUT_MS).thenCompose(error -> {
            boolean passing = error == ErrorCode.NOT_CONTROLLER || error == ErrorCode.REQUEST_TIMED_OUT;
            if (!passing || stopping.get() || parts.options.clock().millis() >= untilMs) {
                return CompletableFuture.completedFuture(error);
            }
            Executor later = CompletableFuture.delayedExecutor(ASK_AGAIN_MS, TimeUnit.MILLISECONDS, parts.background);
            return CompletableFuture.supplyAsync(() -> askUntil(request, untilMs), later)
                    .thenCompose(again -> again);
        });
    }

    /** Completes when the node stops by itself, for it was declared dead. */
    CompletionStage<Void> whenDowned() {
        return downed;
    }

    /** The reason was told. */
    void stopForGood() {
        LOG.error("the node stops by itself");
        stop();
    }

    boolean isStarted() {
        return started;
    }

    /** Begins what is done now and then. */
    void started() {
        started = true;
        NodeMetrics.bind(parts);
        Duration maintenance = Duration.ofMillis(settings().logRetentionCheckIntervalMs());
        every(maintenance, () -> parts.partitions.forEachReplica(RunningNode::maintain));
        every(CLAIM_INTERVAL, () -> parts.keeper.claimPreferred(parts.images.image()));
        every(REPLICAS_INTERVAL, () -> {
            parts.reporter.report();
            parts.keeper.placeMissing(parts.images.image());
        });
        parts.keeper.removeReplicas(parts.images.image());
        if (settings().logCleanerEnable()) {
            every(Duration.ofMillis(settings().logCleanerBackoffMs()), this::compact);
        }
        watchGroups(settings().intValue("sluice.group.lag.interval.ms"));
    }

    /** @param intervalMs 0 for not at all */
    private void watchGroups(int intervalMs) {
        GroupLags lags = new GroupLags(
                parts.groups,
                backlogs,
                parts.options.metrics(),
                parts.options.clock(),
                new GroupLags.Limits(settings().intValue("sluice.group.lag.partitions.max"), GROUP_LAG_TIMEOUT_MS));
        if (intervalMs > 0) {
            every(Duration.ofMillis(intervalMs), lags::look);
        }
    }

    @Override
    public CompletionStage<Void> whenStopped() {
        return stopped;
    }

    @Override
    public CompletionStage<Void> handOver() {
        return new HandOver(parts).run();
    }

    @Override
    public CompletionStage<Void> stop() {
        if (stopping.compareAndSet(false, true)) {
            tickers.forEach(Cancellable::cancel);
            parts.controllers.close();
            closePartitions().whenComplete((done, slow) -> {
                if (slow != null) {
                    LOG.warn("not every partition was closed in time; those are recovered at the next start");
                }
                parts.system.terminate();
            });
        }
        return stopped;
    }

    /** Every partition closes its log; the metadata's last, so that the controller can still answer. */
    private CompletionStage<Void> closePartitions() {
        parts.partitions.stopAll(EntityIds.METADATA_TOPIC_ID);
        return parts.partitions
                .noneLeft()
                .toCompletableFuture()
                .orTimeout(CLOSE_PARTITIONS_TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    private void release() {
        parts.replicas.close();
        try {
            parts.states.close();
        } catch (IOException | RuntimeException failure) {
            LOG.warn("closing the replica-state journal failed: {}", failure.getMessage());
        }
        try {
            parts.directory.close();
        } catch (IOException failure) {
            LOG.warn("releasing the data directory failed: {}", failure.getMessage());
        }
        stopped.complete(null);
    }

    private void every(Duration interval, Runnable task) {
        tickers.add(parts.system
                .scheduler()
                .scheduleWithFixedDelay(interval, interval, task, parts.system.executionContext()));
    }

    private void compact() {
        ClusterImage image = parts.images.image();
        for (MetadataImage.TopicInfo topic : image.topics().values()) {
            if (parts.rules.logConfig(image, topic.configs()).compact()) {
                parts.partitions.forEachReplica(topic.id(), RunningNode::compact);
            }
        }
    }

    private static void compact(PartitionHandle handle, ActorRef<PartitionCommand> actor) {
        if (handle.view().logEndOffset() > handle.view().logStartOffset()) {
            actor.tell(PartitionCommand.Compact.INSTANCE);
        }
    }

    /** A partition that never had data has nothing to maintain: thousands of those cost no message. */
    private static void maintain(PartitionHandle handle, ActorRef<PartitionCommand> actor) {
        if (handle.view().logEndOffset() > 0) {
            actor.tell(PartitionCommand.Maintain.INSTANCE);
        }
    }
}
