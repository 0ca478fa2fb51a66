/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.DispatcherSelector;
import io.sluice.actors.BoundedExecutor;
import io.sluice.actors.DispatcherNames;
import io.sluice.actors.Limits;
import io.sluice.actors.group.GroupAccess;
import io.sluice.actors.group.GroupCoordinatorService;
import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.SteadyClock;
import io.sluice.actors.partition.FilePartitionStore;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionContext;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.PartitionMeters;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaStateKeeper;
import io.sluice.actors.subscription.PartitionDirectory;
import io.sluice.actors.subscription.SubscriptionEngine;
import io.sluice.actors.subscription.SubscriptionMeters;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.controller.ControllerAccess;
import io.sluice.cluster.controller.ControllerActor;
import io.sluice.cluster.controller.ControllerCore;
import io.sluice.cluster.controller.ControllerDirectory;
import io.sluice.cluster.controller.ControllerRelay;
import io.sluice.cluster.controller.ControllerRequest;
import io.sluice.cluster.controller.PartitionLimits;
import io.sluice.cluster.group.GroupRelay;
import io.sluice.cluster.membership.Leaderships;
import io.sluice.cluster.membership.Peers;
import io.sluice.cluster.membership.RelayMeters;
import io.sluice.cluster.membership.ReplicaRouter;
import io.sluice.cluster.membership.SnapshotCourier;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.ConfigRules;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataBatches;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataPublisher;
import io.sluice.cluster.metadata.MetadataReplayer;
import io.sluice.cluster.metadata.MetadataSnapshots;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.cluster.sharding.EntityIds;
import io.sluice.cluster.sharding.LocalPartitions;
import io.sluice.cluster.sharding.LocalReplicas;
import io.sluice.cluster.sharding.PartitionFolders;
import io.sluice.cluster.sharding.PartitionKeeper;
import io.sluice.cluster.sharding.PartitionSharding;
import io.sluice.cluster.sharding.ReplicaHome;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogLimits;
import io.sluice.log.batch.Compression;
import io.sluice.log.file.NioLogFiles;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;

/** The parts of one node, put together. */
final class NodeParts {
    private static final int CONFIRM_TIMEOUT_MS = 10_000;

    /** What snapshots make superfluous goes by whole segments; the largest request is one batch, which must fit one. */
    private static final int METADATA_SEGMENT_BYTES = 64 << 20;

    final NodeOptions options;
    final DataDirectory directory;
    final ActorSystem<?> system;
    final Executor background;
    final Limits limits;
    final PartitionLimits partitionLimits;
    final PartitionMeters meters = new PartitionMeters();
    final RelayMeters groupRelayMeters = new RelayMeters();
    final RelayMeters controllerRelayMeters = new RelayMeters();
    final SubscriptionMeters subscriptionMeters = new SubscriptionMeters();
    final LocalPartitions partitions = new LocalPartitions();
    final MetadataPublisher images = new MetadataPublisher();
    final ControllerDirectory controllers = new ControllerDirectory();
    final Leaderships leaderships = new Leaderships();
    final Peers peers;
    final NodeReplicas replicas;
    final ActorRef<ReplicaRouter.Command> router;
    final ConfigRules rules;
    final MetadataBatches batches;
    final PartitionFolders folders;
    final MetadataSnapshots snapshots;
    final ReplicaStateKeeper states;
    final LogContext logs;
    final GroupCoordinatorService groups;
    final GroupAccess groupAccess;
    final PartitionContext partitionContext;
    final LocalReplicas localReplicas;
    final PartitionSharding sharding;
    final PartitionKeeper keeper;
    final EdgeController edge;
    final ReplicaReporter reporter;
    private final AtomicBoolean makingOffsetsTopic = new AtomicBoolean();
    final Elections elections;
    final LeaderWaits leaderWaits;

    NodeParts(NodeOptions options, DataDirectory directory, ActorSystem<?> system) throws IOException {
        BrokerSettings settings = options.settings();
        this.options = options;
        this.directory = directory;
        this.system = system;
        this.background = system.dispatchers().lookup(DispatcherSelector.fromConfig(DispatcherNames.BACKGROUND));
        this.limits = NodeLimits.of(settings);
        this.partitionLimits = new PartitionLimits(limits.partitionsPerTopic(), limits.partitions());
        this.rules = new CatalogConfigRules(settings);
        this.batches = new MetadataBatches(options.clock());
        this.folders = new PartitionFolders(directory.path());
        this.states = ReplicaStateKeeper.open(directory.path().resolve("replica-state"), background);
        this.groups = new GroupCoordinatorService(
                groupSettings(settings), this::offsetsPartitions, new SteadyClock(options.clock(), System::nanoTime));
        GroupMeters.register(groups.metrics(), options.metrics());
        ControllerActor.Parts controller = new ControllerActor.Parts(
                new ControllerCore(rules, partitionLimits, NodeParts::newTopicId, options.levels()),
                images,
                controllers,
                batches,
                limits.controllerRequests(),
                controllerRelayMeters,
                this::liveBrokers);
        this.logs = LogContext.of(new NioLogFiles(), options.clock(), background, logLimits(settings));
        this.snapshots = MetadataSnapshots.open(
                logs.files(), folders.folder(TopicNames.METADATA, EntityIds.METADATA_TOPIC_ID, 0));
        this.peers = new Peers(settings.nodeId());
        this.replicas = new NodeReplicas(partitions, peers, leaderships, this::seekLeader);
        this.partitionContext = new PartitionContext(
                settings.nodeId(),
                FilePartitionStore.opener(logs),
                states,
                replicas,
                partitions,
                new NodeServices(controller, groups),
                limits,
                meters,
                background,
                new BoundedExecutor(background, limits.cleanerThreads()),
                options.clock());
        ReplicaHome home = new ReplicaHome(directory.directoryId(), BootId.read());
        this.localReplicas = new LocalReplicas(system, partitionContext, home, partitions, folders, rules);
        this.router = ReplicaRouter.start(system, peers, leaderships, replicas::deliver);
        ActorRef<SnapshotCourier.Command> courier =
                SnapshotCourier.start(system, peers, new SnapshotTransfers(snapshots));
        snapshots.connect(
                (broker, endOffsetMin, done) -> courier.tell(new SnapshotCourier.Fetch(broker, endOffsetMin, done)));
        this.sharding = PartitionSharding.init(
                system, partitions, images, settings.cluster().voters());
        this.keeper = new PartitionKeeper(settings.nodeId(), sharding, localReplicas, partitions, rules, states);
        replicas.connect(router, options.replicaFetches(), directory::clusterId);
        ControllerAccess access = controllerAccess();
        this.edge = new EdgeController(access, images, leaderships);
        this.groupAccess = groupAccess(settings);
        this.reporter = new ReplicaReporter(partitions, access, images::image, background);
        this.leaderWaits = new LeaderWaits(leaderships, Duration.ofMillis(settings.leaderWaitMaxMs()));
        this.elections = new Elections(leaderships, images::image, this::seekLeader);
        listen();
    }

    private void listen() {
        partitions.onInSync(reporter::learned);
        partitions.onLead(this::led);
        partitions.onResign(this::resigned);
        partitions.onConfirm(this::confirmSet);
        partitions.onFailure((partition, reason) -> leaderships.failed(partition.topicId(), partition.partition()));
        images.onChange(keeper);
        images.onChange(reporter::changed);
        images.onChange(this::forgetDeleted);
    }

    private GroupAccess groupAccess(BrokerSettings settings) {
        return GroupRelay.start(
                system,
                new GroupRelay.Parts(
                        groups,
                        images::image,
                        leaderships,
                        peers,
                        this::makeOffsetsTopic,
                        NodeLimits.groupRelay(settings),
                        groupRelayMeters));
    }

    private static LogLimits logLimits(BrokerSettings settings) {
        return new LogLimits(
                settings.decompressedBatchMaxBytes(),
                settings.intValue("sluice.log.open.segments.max"),
                settings.producerIdExpirationMs(),
                settings.maxProducersPerPartition(),
                settings.logCleanerDedupeBufferBytes() / Math.max(1, settings.logCleanerThreads()),
                (long) Math.min(settings.doubleValue("log.cleaner.io.max.bytes.per.second"), Long.MAX_VALUE));
    }

    private static GroupSettings groupSettings(BrokerSettings settings) {
        return new GroupSettings(
                settings.groupMinSessionTimeoutMs(),
                settings.groupMaxSessionTimeoutMs(),
                settings.groupMaxSize(),
                settings.groupInitialRebalanceDelayMs(),
                GroupSettings.DEFAULTS.newMemberJoinTimeoutMs(),
                settings.offsetsRetentionMs(),
                settings.offsetsRetentionCheckIntervalMs(),
                settings.offsetMetadataMaxBytes(),
                settings.offsetsCommitTimeoutMs(),
                GroupSettings.DEFAULTS.loadBufferBytes(),
                GroupSettings.DEFAULTS.maxBatchBytes(),
                settings.intValue("sluice.group.pending.requests.max"),
                settings.longValue("sluice.group.memory.max.bytes"));
    }

    Subscriptions subscriptions(PartitionDirectory directory) {
        return new SubscriptionEngine(
                directory,
                replicas.logs(),
                groupAccess,
                NodeLimits.subscriptions(options.settings()),
                subscriptionMeters,
                system.dispatchers().lookup(DispatcherSelector.fromConfig(DispatcherNames.SUBSCRIPTION)));
    }

    /** Once at a time; whoever asked asks again. */
    private void makeOffsetsTopic() {
        if (makingOffsetsTopic.compareAndSet(false, true)) {
            edge.internalTopic(InternalTopic.CONSUMER_OFFSETS, CONFIRM_TIMEOUT_MS)
                    .whenComplete((made, failure) -> makingOffsetsTopic.set(false));
        }
    }

    private int offsetsPartitions() {
        return images.image()
                .topic(GroupCoordinators.TOPIC)
                .map(topic -> topic.partitions().size())
                .orElse(0);
    }

    private ControllerAccess controllerAccess() {
        return ControllerRelay.start(
                system,
                new ControllerRelay.Parts(
                        controllers,
                        leaderships,
                        peers,
                        EntityIds.METADATA_TOPIC_ID,
                        limits.controllerRequests(),
                        controllerRelayMeters));
    }

    /** Starts the replica of the metadata. */
    void startMetadata() {
        localReplicas.startMetadata(options.settings().cluster().voters(), metadataLogConfig(), snapshots);
    }

    /** The log loses its beginning when there is a snapshot more. */
    MetadataReplayer.Snapshots snapshotting() {
        return new MetadataReplayer.Snapshots(
                snapshots,
                options.settings().longValue("metadata.log.max.record.bytes.between.snapshots"),
                () -> partitions.tell(EntityIds.METADATA_TOPIC_ID, 0, PartitionCommand.Maintain.INSTANCE),
                background);
    }

    private void seekLeader(UUID topicId, int partition) {
        keeper.seekLeader(images.image(), topicId, partition);
    }

    /** Brokers that are in the cluster now, this one too. */
    Set<Integer> liveBrokers() {
        Set<Integer> live = new TreeSet<>(peers.brokers());
        live.add(peers.self());
        return live;
    }

    /** The metadata's own set is in the configuration and never changes; of others the controller knows the newest. */
    private void confirmSet(TopicPartition partition, int epoch, int version) {
        PartitionCommand confirmed = new PartitionCommand.SetConfirmed(epoch);
        if (partition.topicId().equals(EntityIds.METADATA_TOPIC_ID)) {
            partitions.tell(partition.topicId(), partition.partition(), confirmed);
            return;
        }
        edge.ask(
                        new ControllerRequest.ConfirmSet(partition.topicId(), partition.partition(), version),
                        CONFIRM_TIMEOUT_MS)
                .thenAccept(error -> {
                    if (error == ErrorCode.NONE) {
                        partitions.tell(partition.topicId(), partition.partition(), confirmed);
                    }
                });
    }

    private void led(PartitionHandle handle) {
        ReplicaKey key =
                new ReplicaKey(handle.partition().topicId(), handle.partition().partition());
        leaderships.led(key.topicId(), key.partition(), peers.self(), handle.leaderEpoch());
        router.tell(new ReplicaRouter.Announce(key, handle.leaderEpoch(), true));
    }

    private void resigned(PartitionHandle handle) {
        ReplicaKey key =
                new ReplicaKey(handle.partition().topicId(), handle.partition().partition());
        leaderships.left(key.topicId(), key.partition(), peers.self(), handle.leaderEpoch());
        router.tell(new ReplicaRouter.Announce(key, handle.leaderEpoch(), false));
    }

    private void forgetDeleted(ClusterImage before, ClusterImage after) {
        if (before.topics() == after.topics()) {
            return;
        }
        List<MetadataImage.TopicInfo> deleted = before.topics().values().stream()
                .filter(topic -> after.topic(topic.id()).isEmpty())
                .toList();
        if (!deleted.isEmpty()) {
            deleted.forEach(topic -> leaderships.forget(topic.id()));
            groups.topicsDeleted(
                    deleted.stream().map(MetadataImage.TopicInfo::name).toList());
        }
    }

    /** Ids whose text begins with '-' are taken for options by command-line tools, and zero means none. */
    private static UUID newTopicId() {
        UUID id = UUID.randomUUID();
        while (PartitionFolders.text(id).startsWith("-")) {
            id = UUID.randomUUID();
        }
        return id;
    }

    /**
     * Metadata is never thrown away by time or size but by snapshots alone, one request is one batch, however many topics it makes, and every write is forced: there is little
     * of it, and everything else rests on it.
     */
    private static LogConfig metadataLogConfig() {
        LogConfig defaults = LogConfig.DEFAULTS;
        Compression none = null;
        return new LogConfig(
                METADATA_SEGMENT_BYTES,
                Long.MAX_VALUE,
                defaults.indexIntervalBytes(),
                -1,
                -1,
                METADATA_SEGMENT_BYTES,
                false,
                false,
                none,
                Integer.MIN_VALUE,
                false,
                Long.MAX_VALUE,
                Long.MAX_VALUE,
                defaults.deleteRetentionMs(),
                0,
                Long.MAX_VALUE,
                defaults.minCleanableDirtyRatio(),
                1,
                Long.MAX_VALUE,
                1);
    }
}
