/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import io.sluice.actors.Limits;
import io.sluice.actors.group.GroupAccess;
import io.sluice.actors.partition.FilePartitionStore;
import io.sluice.actors.partition.LeaderService;
import io.sluice.actors.partition.Partition;
import io.sluice.actors.partition.PartitionCommand;
import io.sluice.actors.partition.PartitionContext;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.PartitionMeters;
import io.sluice.actors.partition.PartitionObserver;
import io.sluice.actors.partition.PartitionSpec;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.actors.replication.RemoteLogs;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaLink;
import io.sluice.actors.replication.ReplicaOrigin;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.actors.replication.ReplicaState;
import io.sluice.actors.replication.ReplicaStateStore;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.LogConfig;
import io.sluice.log.LogContext;
import io.sluice.log.LogLimits;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.file.NioLogFiles;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;

/** One topic whose partitions are real ones, led by this broker, on disk; and an engine over them. */
final class LogRig implements PartitionObserver, PartitionDirectory, AutoCloseable {
    static final String TOPIC = "orders";
    static final UUID TOPIC_ID = new UUID(7, 7);
    static final int SELF = 1;
    static final StartPosition EARLIEST = StartPosition.earliest();

    final ActorTestKit kit = ActorTestKit.create();
    final SubscriptionMeters meters = new SubscriptionMeters();
    final PartitionMeters partitionMeters = new PartitionMeters();
    final ExecutorService background = Executors.newFixedThreadPool(2);
    final ExecutorService reads = Executors.newFixedThreadPool(2);
    final SubscriptionEngine engine;
    volatile boolean deleted;

    /** Who leads partitions that are not here. */
    volatile int leaderElsewhere = SubscriptionException.NO_BROKER;

    private final Path folder;
    private final AtomicInteger partitions;
    private final Limits limits;
    private final LogConfig config;
    private final LogContext logs;
    private final Map<ReplicaKey, ReplicaState> states = new ConcurrentHashMap<>();
    private final Map<Integer, PartitionHandle> handles = new ConcurrentHashMap<>();
    private final Map<Integer, ActorRef<PartitionCommand>> actors = new ConcurrentHashMap<>();
    private final Map<Integer, CountDownLatch> stopped = new ConcurrentHashMap<>();
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

    LogRig(Path folder, int partitions) {
        this(folder, partitions, SubscriptionSettings.DEFAULTS, Limits.DEFAULTS, LogConfig.DEFAULTS);
    }

    LogRig(Path folder, int partitions, SubscriptionSettings settings, Limits limits, LogConfig config) {
        this.folder = folder;
        this.partitions = new AtomicInteger(partitions);
        this.limits = limits;
        this.config = config;
        this.logs = LogContext.of(new NioLogFiles(), InstantSource.system(), background, LogLimits.DEFAULTS);
        this.engine = new SubscriptionEngine(this, RemoteLogs.NONE, GroupAccess.NONE, settings, meters, reads);
        for (int i = 0; i < partitions; i++) {
            lead(i);
        }
    }

    /** The topic gets one partition more. */
    void grow() {
        lead(partitions.get());
        partitions.incrementAndGet();
        listeners.forEach(Runnable::run);
    }

    static SubscriptionSettings settings(int bufferBytes, int maxSubscriptions, Duration slowAfter) {
        return new SubscriptionSettings(
                bufferBytes, 1 << 20, maxSubscriptions, slowAfter, Duration.ofMillis(20), 1 << 20);
    }

    /** The whole topic. */
    static SubscriptionRequest all(StartPosition from) {
        return SubscriptionRequest.of(from, TOPIC);
    }

    static SubscriptionRequest with(SlowReaderPolicy policy, RecordFilter filter, StartPosition from) {
        return new SubscriptionRequest(
                List.of(TopicSelection.all(TOPIC)), from, Isolation.READ_COMMITTED, filter, policy, 0);
    }

    /** One partition, from its start. */
    static SubscriptionRequest only(int partition) {
        return new SubscriptionRequest(
                List.of(new TopicSelection(TOPIC, Set.of(partition))),
                EARLIEST,
                Isolation.READ_COMMITTED,
                RecordFilter.ALL,
                SlowReaderPolicy.PAUSE,
                0);
    }

    /** An offset for each partition, from the first on. */
    static Positions positions(long... offsets) {
        Positions positions = Positions.EMPTY;
        for (int i = 0; i < offsets.length; i++) {
            positions = positions.with(TOPIC, i, offsets[i]);
        }
        return positions;
    }

    /** {@code v0}, {@code v1} ... */
    static List<String> upTo(int count) {
        return IntStream.range(0, count).mapToObj(i -> "v" + i).toList();
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** Opens a partition and waits until it leads. */
    void lead(int partition) {
        stopped.put(partition, new CountDownLatch(1));
        PartitionContext node = new PartitionContext(
                SELF,
                FilePartitionStore.opener(logs),
                new States(),
                ReplicaLink.NONE,
                this,
                LeaderService.NONE,
                limits,
                partitionMeters,
                background,
                background,
                InstantSource.system());
        ActorRef<PartitionCommand> actor = kit.spawn(Partition.create(
                node,
                new PartitionSpec(
                        new TopicPartition(TOPIC_ID, TOPIC, partition),
                        folder.resolve(String.valueOf(partition)),
                        config,
                        ReplicaSet.first(List.of(SELF)),
                        ReplicaOrigin.UNQUESTIONED)));
        actors.put(partition, actor);
        actor.tell(PartitionCommand.Campaign.INSTANCE);
        Awaitility.await("partition " + partition + " leads").until(() -> handles.containsKey(partition));
    }

    /** Closes a partition cleanly and waits for it. */
    void stop(int partition) throws InterruptedException {
        actors.get(partition).tell(PartitionCommand.Stop.INSTANCE);
        if (!stopped.get(partition).await(10, TimeUnit.SECONDS)) {
            throw new AssertionError("partition " + partition + " did not stop within 10 s");
        }
    }

    PartitionHandle handle(int partition) {
        return handles.get(partition);
    }

    /** One batch of records of now, for retention to leave them alone, without keys. Returns its first offset. */
    long append(int partition, String... values) {
        BatchBuilder batch = BatchBuilder.create();
        long nowMs = InstantSource.system().millis();
        for (String value : values) {
            batch = batch.add(nowMs, null, bytes(value));
        }
        return append(partition, batch);
    }

    long append(int partition, BatchBuilder batch) {
        CompletableFuture<AppendResult> result = new CompletableFuture<>();
        handles.get(partition).append(batch.build(), AppendOrigin.CLIENT, (short) -1, 10_000, result::complete);
        if (result.orTimeout(10, TimeUnit.SECONDS).join() instanceof AppendResult.Appended appended) {
            return appended.baseOffset();
        }
        throw new AssertionError("refused: " + result.join());
    }

    /** Past the checks of what clients may append. */
    static void appendAsCoordinator(PartitionHandle handle, BatchBuilder batch) {
        CompletableFuture<AppendResult> result = new CompletableFuture<>();
        handle.append(batch.build(), AppendOrigin.COORDINATOR, (short) -1, 10_000, result::complete);
        if (!(result.orTimeout(10, TimeUnit.SECONDS).join() instanceof AppendResult.Appended)) {
            throw new AssertionError("refused: " + result.join());
        }
    }

    void deleteRecords(int partition, long before) {
        CompletableFuture<Long> result = new CompletableFuture<>();
        handles.get(partition).deleteRecords(before, (error, start) -> result.complete(start));
        if (result.orTimeout(10, TimeUnit.SECONDS).join() != before) {
            throw new AssertionError("the log starts at " + result.join());
        }
    }

    Path folder(int partition) {
        return folder.resolve(String.valueOf(partition));
    }

    Subscriber subscribe(SubscriptionRequest request) {
        return new Subscriber(engine.subscribe(request), kit.system());
    }

    // ---- what the engine asks

    @Override
    public Topic topic(String name) {
        return name.equals(TOPIC) && !deleted ? new Topic(TOPIC_ID, TOPIC, partitions.get()) : null;
    }

    @Override
    public void onTopicsChange(Runnable listener) {
        listeners.add(listener);
    }

    @Override
    public boolean exists(UUID topicId) {
        return topicId.equals(TOPIC_ID) && !deleted;
    }

    @Override
    public PartitionHandle handle(UUID topicId, int partition) {
        return handles.get(partition);
    }

    @Override
    public boolean isPlacedHere(UUID topicId, int partition) {
        return leaderElsewhere == SubscriptionException.NO_BROKER;
    }

    @Override
    public Leader leader(UUID topicId, int partition) {
        return new Leader(handles.containsKey(partition) ? SELF : leaderElsewhere, 1);
    }

    // ---- what partitions tell

    @Override
    public void leads(PartitionHandle handle) {
        handles.put(handle.partition().partition(), handle);
    }

    @Override
    public void resigned(PartitionHandle handle) {
        handles.remove(handle.partition().partition(), handle);
    }

    @Override
    public void follows(PartitionHandle handle) {}

    @Override
    public void unfollows(PartitionHandle handle) {}

    @Override
    public void seeksLeader(TopicPartition partition) {}

    @Override
    public void confirmsSet(TopicPartition partition, int epoch, int version) {}

    @Override
    public void inSync(PartitionHandle handle) {}

    @Override
    public void failed(TopicPartition partition, String reason) {
        throw new AssertionError(partition + ": " + reason);
    }

    @Override
    public void stopped(TopicPartition partition) {
        stopped.get(partition.partition()).countDown();
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
        background.shutdownNow();
        reads.shutdownNow();
    }

    private final class States implements ReplicaStateStore {
        @Override
        public ReplicaState get(ReplicaKey key) {
            return states.getOrDefault(key, ReplicaState.BLANK);
        }

        @Override
        public void put(ReplicaKey key, ReplicaState state, Stored done) {
            states.put(key, state);
            done.done(null);
        }

        @Override
        public void forget(UUID topicId) {
            states.clear();
        }
    }
}
