/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import io.sluice.actors.Limits;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaLink;
import io.sluice.actors.replication.ReplicaOrigin;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.actors.replication.ReplicaState;
import io.sluice.actors.replication.ReplicaStateStore;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.LogConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Partitions over logs in memory. */
final class PartitionRig implements PartitionObserver, AutoCloseable {
    static final UUID TOPIC = new UUID(7, 7);

    final ActorTestKit kit = ActorTestKit.create();
    final Map<String, MemoryStore> stores = new ConcurrentHashMap<>();
    final PartitionMeters meters = new PartitionMeters();
    final BlockingQueue<PartitionHandle> leads = new LinkedBlockingQueue<>();
    final BlockingQueue<PartitionHandle> resigned = new LinkedBlockingQueue<>();
    final BlockingQueue<PartitionHandle> follows = new LinkedBlockingQueue<>();
    final BlockingQueue<PartitionHandle> unfollowed = new LinkedBlockingQueue<>();
    final BlockingQueue<TopicPartition> seeks = new LinkedBlockingQueue<>();
    final BlockingQueue<String> failures = new LinkedBlockingQueue<>();
    final BlockingQueue<TopicPartition> stopped = new LinkedBlockingQueue<>();
    final ExecutorService background = Executors.newFixedThreadPool(2);
    volatile IOException openFailure;
    /** Opening a log waits for it. */
    volatile CountDownLatch opening = new CountDownLatch(0);

    /** Storing a replica's state waits for it. */
    volatile CountDownLatch storing = new CountDownLatch(0);

    volatile LeaderService services = LeaderService.NONE;

    /** What the replica that was spawned last remembers. */
    volatile ReplicaStateStore states;

    ActorRef<PartitionCommand> spawn(int partition) {
        return spawn(partition, Limits.DEFAULTS, LogConfig.DEFAULTS);
    }

    ActorRef<PartitionCommand> spawn(int partition, Limits limits, LogConfig config) {
        ActorRef<PartitionCommand> actor = spawn(partition, limits, config, ReplicaSet.first(List.of(1)));
        actor.tell(PartitionCommand.Campaign.INSTANCE);
        return actor;
    }

    /** One of several replicas, which nobody has chosen to lead; the others are the test. */
    ActorRef<PartitionCommand> spawnFollower(int partition) {
        return spawn(partition, Limits.DEFAULTS, LogConfig.DEFAULTS, ReplicaSet.first(List.of(1, 2, 3)));
    }

    private ActorRef<PartitionCommand> spawn(int partition, Limits limits, LogConfig config, ReplicaSet set) {
        states = new MemoryStates();
        PartitionContext node = new PartitionContext(
                1,
                this::open,
                states,
                ReplicaLink.NONE,
                this,
                handle -> services.at(handle),
                limits,
                meters,
                background,
                background,
                InstantSource.system());
        return kit.spawn(Partition.create(
                node,
                new PartitionSpec(
                        new TopicPartition(TOPIC, "t", partition),
                        Path.of("t", "" + partition),
                        config,
                        set,
                        ReplicaOrigin.UNQUESTIONED)));
    }

    PartitionHandle lead(int partition) throws InterruptedException {
        spawn(partition);
        return awaitLead();
    }

    PartitionHandle awaitLead() throws InterruptedException {
        return next(leads);
    }

    /** The epoch that the replica has promised. */
    int promised(int partition) {
        return states.get(new ReplicaKey(TOPIC, partition)).promised();
    }

    MemoryStore store(int partition) {
        return stores.get("" + partition);
    }

    static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
        T next = queue.poll(10, TimeUnit.SECONDS);
        if (next == null) {
            throw new AssertionError("nothing came within 10 s");
        }
        return next;
    }

    static CompletableFuture<AppendResult> append(PartitionHandle handle, int bytes) {
        CompletableFuture<AppendResult> result = new CompletableFuture<>();
        handle.append(ByteBuffer.allocate(bytes), AppendOrigin.CLIENT, (short) -1, 1_000, result::complete);
        return result;
    }

    private PartitionStore open(Path folder, LogConfig config) throws IOException {
        awaitLatch(opening);
        if (openFailure != null) {
            throw openFailure;
        }
        MemoryStore store = new MemoryStore(config);
        stores.put(folder.getFileName().toString(), store);
        return store;
    }

    @Override
    public void leads(PartitionHandle handle) {
        leads.add(handle);
    }

    @Override
    public void resigned(PartitionHandle handle) {
        resigned.add(handle);
    }

    @Override
    public void follows(PartitionHandle handle) {
        follows.add(handle);
    }

    @Override
    public void unfollows(PartitionHandle handle) {
        unfollowed.add(handle);
    }

    @Override
    public void seeksLeader(TopicPartition partition) {
        seeks.add(partition);
    }

    @Override
    public void confirmsSet(TopicPartition partition, int epoch, int version) {}

    @Override
    public void inSync(PartitionHandle handle) {}

    @Override
    public void failed(TopicPartition partition, String reason) {
        failures.add(partition + ": " + reason);
    }

    @Override
    public void stopped(TopicPartition partition) {
        stopped.add(partition);
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
        background.shutdownNow();
    }

    static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class MemoryStates implements ReplicaStateStore {
        private final Map<ReplicaKey, ReplicaState> states = new ConcurrentHashMap<>();

        @Override
        public ReplicaState get(ReplicaKey key) {
            return states.getOrDefault(key, ReplicaState.BLANK);
        }

        @Override
        public void put(ReplicaKey key, ReplicaState state, Stored done) {
            states.put(key, state);
            CountDownLatch gate = storing;
            if (gate.getCount() == 0) {
                done.done(null);
            } else {
                background.execute(() -> {
                    awaitLatch(gate);
                    done.done(null);
                });
            }
        }

        @Override
        public void forget(UUID topicId) {
            states.clear();
        }
    }
}
