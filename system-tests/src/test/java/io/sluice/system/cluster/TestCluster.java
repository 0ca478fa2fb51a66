/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;

/**
 * Nodes as real processes on this machine, with links that can be cut: with root each is in a network namespace of its own ({@link Namespaces});
 * without, there is a proxy on each link ({@link Proxies}). A node that has ended by itself is started again, as operators are told to do.
 *
 * <p>Tests get one from {@link Clusters}, which dumps everything when a test fails.
 */
public final class TestCluster implements AutoCloseable {
    private static final Duration WHOLE_WITHIN = Duration.ofMinutes(2);
    private static final int SUPERVISE_MS = 200;
    private static final Duration SAME_LOGS_WITHIN = Duration.ofSeconds(30);

    private final Path folder;
    private final Network network;
    private final ScheduledExecutorService pulses = scheduler("pulses");
    private final ScheduledExecutorService supervisor = scheduler("supervisor");
    private final List<TestNode> nodes;

    private TestCluster(Builder builder) {
        this.folder = builder.folder;
        this.network = Network.create(builder.links, builder.nodes, folder);
        List<Integer> all = IntStream.rangeClosed(1, builder.nodes).boxed().toList();
        boolean alone = builder.nodes == 1;
        String seeds = alone
                ? ""
                : all.stream()
                        .map(n -> network.host(n) + ":" + network.akkaPort(n))
                        .collect(Collectors.joining(","));
        String voters = all.stream().limit(builder.voters).map(Object::toString).collect(Collectors.joining(","));
        this.nodes = all.stream()
                .map(n -> new TestNode(n, network, folder, seeds, voters, builder.settingsOf(n), pulses))
                .toList();
        var unused = supervisor.scheduleWithFixedDelay(
                () -> nodes.forEach(TestNode::supervise), SUPERVISE_MS, SUPERVISE_MS, TimeUnit.MILLISECONDS);
    }

    private static ScheduledExecutorService scheduler(String name) {
        return Executors.newSingleThreadScheduledExecutor(r -> {
            var thread = new Thread(r, name);
            thread.setDaemon(true);
            return thread;
        });
    }

    /** How to make one. */
    public static final class Builder {
        private final Path folder;
        private final int nodes;
        private int voters;
        private Network.Kind links = Network.best();
        private final Map<String, String> settings = new TreeMap<>(Map.of("sluice.metrics.file.interval.ms", "1000"));
        private final Map<String, IntFunction<Object>> own = new TreeMap<>();

        Builder(Path folder, int nodes) {
            this.folder = folder;
            this.nodes = nodes;
            this.voters = Math.min(nodes, 3);
        }

        /** The first ones vote on the metadata; three by default. */
        public Builder voters(int voters) {
            this.voters = voters;
            return this;
        }

        /** A configuration key of all nodes. */
        public Builder set(String key, Object value) {
            settings.put(key, value.toString());
            return this;
        }

        /** How links are made; the best way by default. */
        Builder links(Network.Kind kind) {
            this.links = kind;
            return this;
        }

        /** A configuration key of which each node has its own value. */
        public Builder setEach(String key, IntFunction<Object> value) {
            own.put(key, value);
            return this;
        }

        private Map<String, String> settingsOf(int node) {
            Map<String, String> all = new TreeMap<>(settings);
            own.forEach((key, value) -> all.put(key, value.apply(node).toString()));
            return all;
        }

        TestCluster build() {
            return new TestCluster(this);
        }
    }

    /** The nodes by number, from 1 on. */
    public List<TestNode> nodes() {
        return nodes;
    }

    /** A node by its number. */
    public TestNode node(int id) {
        return nodes.get(id - 1);
    }

    /** {@code bootstrap.servers} with all nodes. */
    public String bootstrap() {
        return nodes.stream().map(TestNode::kafka).collect(Collectors.joining(","));
    }

    /** An admin client with little patience. */
    public Admin admin() {
        return Admin.create(Map.of(
                "bootstrap.servers", bootstrap(), "request.timeout.ms", 5_000, "default.api.timeout.ms", 15_000));
    }

    /** Where it is all kept. */
    Path folder() {
        return folder;
    }

    /** Starts all nodes that don't run, and waits until all serve. */
    public void start() {
        startFirst(nodes.size());
    }

    /** Starts those of the first nodes that don't run, and waits until all of them serve. The others can join later. */
    public void startFirst(int count) {
        List<TestNode> first = nodes.subList(0, count);
        first.stream().filter(node -> !node.isRunning()).forEach(TestNode::launch);
        await("nodes serve").atMost(WHOLE_WITHIN).until(() -> first.stream().allMatch(TestNode::isReady));
    }

    /** Whether links can be cut. */
    public boolean canCut() {
        return network.canCut();
    }

    /** Cuts a node off from all other nodes, in both directions; clients still reach it. */
    public void isolate(TestNode node) {
        for (TestNode other : nodes) {
            if (other != node) {
                cutBoth(node, other);
            }
        }
    }

    /** Cuts a node off from clients. */
    public void isolateFromClients(TestNode node) {
        network.cut(node.id(), Network.CLIENTS);
        network.cut(Network.CLIENTS, node.id());
    }

    /** Cuts the link between two nodes. */
    public void cutBoth(TestNode a, TestNode b) {
        network.cut(a.id(), b.id());
        network.cut(b.id(), a.id());
    }

    /** From now on nothing that {@code from} sends reaches {@code to}. */
    public void cut(TestNode from, TestNode to) {
        network.cut(from.id(), to.id());
    }

    /** Ends all cuts, pauses and slowness. Nodes that don't run are left so. */
    public void heal() {
        network.heal();
        nodes.forEach(TestNode::undoSlowness);
    }

    /** Heals it, starts whoever does not run, and waits until all serve. Who was cut off may still end by itself, and come back. */
    public void makeWhole() {
        heal();
        await("all nodes serve").atMost(WHOLE_WITHIN).until(() -> {
            nodes.stream().filter(node -> !node.isRunning()).forEach(TestNode::launch);
            return nodes.stream().allMatch(TestNode::isReady);
        });
    }

    /**
     * Waits until every node has a trusted replica of every partition, so that another node may be damaged. For clusters whose nodes all have a
     * replica of everything.
     */
    public void awaitTrusted() {
        await("all replicas are trusted").atMost(WHOLE_WITHIN).untilAsserted(() -> {
            var all = new HashSet<ReplicaStates.Key>();
            for (TestNode node : nodes) {
                all.addAll(node.replicaStates().all());
            }
            for (TestNode node : nodes) {
                var suspect = new HashSet<>(all);
                suspect.removeAll(node.replicaStates().trusted(node.boot()));
                assertThat(suspect).as("suspect replicas of %s", node).isEmpty();
            }
        });
    }

    /** Waits until all nodes have the very same bytes of each partition of a topic. For topics with a replica on every node. */
    public void awaitSameLogs(String topic) {
        await("the logs are equal").atMost(SAME_LOGS_WITHIN).untilAsserted(() -> {
            var first = LogDigest.ofTopic(nodes.get(0).data(), topic);
            assertThat(first).as("partitions of %s", topic).isNotEmpty();
            for (TestNode node : nodes) {
                assertThat(LogDigest.ofTopic(node.data(), topic))
                        .as("the logs of %s at %s and %s", topic, nodes.get(0), node)
                        .isEqualTo(first);
            }
        });
    }

    /** SIGTERM to all at once, and waits. */
    public void stop() {
        heal();
        List<TestNode> running = nodes.stream().filter(TestNode::isRunning).toList();
        running.forEach(TestNode::askToStop);
        running.forEach(node -> node.current().awaitEnd());
    }

    /** Ends everything at once. The folder stays. */
    @Override
    public void close() {
        supervisor.shutdownNow();
        nodes.stream().filter(TestNode::isRunning).forEach(TestNode::kill);
        pulses.shutdownNow();
        network.close();
    }
}
