/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.replica.ReplicaFetchLimits;
import io.sluice.kafka.replica.ReplicaFetcher;
import io.sluice.kafka.server.KafkaListener;
import io.sluice.kafka.server.ListenerOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.awaitility.Awaitility;

/** Several whole nodes with their listeners, in this JVM. Each can be stopped and started again. */
public final class Cluster implements AutoCloseable {
    private static final Duration SERVES_WITHIN = Duration.ofSeconds(90);

    /** One node. */
    public final class Member {
        private final int id;
        private final int akkaPort;
        private SluiceNode node;
        private KafkaListener listener;
        private SimpleMeterRegistry meters;

        private Member(int id, int akkaPort) {
            this.id = id;
            this.akkaPort = akkaPort;
        }

        public int id() {
            return id;
        }

        public SluiceNode node() {
            return node;
        }

        /** {@code HOST:PORT} for clients. */
        public String bootstrap() {
            return "127.0.0.1:" + port();
        }

        public int port() {
            return listener.address().getPort();
        }

        public RawClient client() throws IOException {
            return new RawClient(listener.address());
        }

        /** The value of a counter or gauge. */
        public double metric(String name) {
            return meters.get(name).meter().measure().iterator().next().getValue();
        }

        /** @return completes when it serves */
        private CompletableFuture<Void> launch() throws IOException {
            Map<String, String> values = new HashMap<>(settings.apply(id));
            values.put("node.id", Integer.toString(id));
            values.put("sluice.cluster.listen", "127.0.0.1:" + akkaPort);
            values.put("sluice.cluster.seeds", seeds());
            values.putIfAbsent("sluice.cluster.voters", voters());
            BrokerSettings parsed = BrokerSettings.parse(values);
            meters = new SimpleMeterRegistry();
            node = SluiceNode.open(NodeOptions.of(parsed, folder.resolve("node-" + id))
                    .withReplicaFetches(ReplicaFetcher.factory(ReplicaFetchLimits.of(parsed), meters))
                    .withMetrics(meters));
            listener = KafkaListener.start(node, ListenerOptions.of("127.0.0.1", 0, meters));
            SluiceNode.Address address = new SluiceNode.Address("127.0.0.1", port());
            return node.enter(address, address).toCompletableFuture();
        }

        /** Starts it again. */
        public void start() throws Exception {
            launch().get(SERVES_WITHIN.toSeconds(), TimeUnit.SECONDS);
        }

        /** Clients are cut off at once, then the node leaves. */
        public void stop() throws Exception {
            listener.close();
            node.stop().toCompletableFuture().get(SERVES_WITHIN.toSeconds(), TimeUnit.SECONDS);
            node = null;
        }
    }

    private final Path folder;
    private final IntFunction<Map<String, String>> settings;
    private final List<Member> members = new ArrayList<>();

    /** @param settings of each node by its number, from 1 on */
    private Cluster(Path folder, int size, IntFunction<Map<String, String>> settings) throws IOException {
        this.folder = folder;
        this.settings = settings;
        List<ServerSocket> reserved = new ArrayList<>();
        for (int id = 1; id <= size; id++) {
            ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
            reserved.add(socket);
            members.add(new Member(id, socket.getLocalPort()));
        }
        for (ServerSocket socket : reserved) {
            socket.close();
        }
    }

    /**
     * A cluster that serves.
     *
     * @param settings of each node by its number, from 1 on
     */
    public static Cluster start(Path folder, int size, IntFunction<Map<String, String>> settings) throws Exception {
        return start(folder, size, size, settings);
    }

    /** The same, of which only the first nodes are started. */
    public static Cluster start(Path folder, int size, int first, IntFunction<Map<String, String>> settings)
            throws Exception {
        Cluster cluster = new Cluster(folder, size, settings);
        try {
            List<CompletableFuture<Void>> starting = new ArrayList<>();
            for (Member member : cluster.members.subList(0, first)) {
                starting.add(member.launch());
            }
            CompletableFuture.allOf(starting.toArray(CompletableFuture<?>[]::new))
                    .get(SERVES_WITHIN.toSeconds(), TimeUnit.SECONDS);
            return cluster;
        } catch (Exception failed) {
            cluster.close();
            throw failed;
        }
    }

    private String seeds() {
        return members.stream().map(member -> "127.0.0.1:" + member.akkaPort).collect(Collectors.joining(","));
    }

    private String voters() {
        return IntStream.rangeClosed(1, Math.min(3, members.size()))
                .mapToObj(Integer::toString)
                .collect(Collectors.joining(","));
    }

    public List<Member> members() {
        return members;
    }

    public Member member(int id) {
        return members.get(id - 1);
    }

    /** {@code bootstrap.servers} of the nodes that run. */
    public String bootstrap() {
        return members.stream()
                .filter(member -> member.node != null)
                .map(Member::bootstrap)
                .collect(Collectors.joining(","));
    }

    public Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    /** Makes a topic, and waits until every node knows who leads it. */
    public TopicDescription topic(String name, int partitions, int replicas) throws Exception {
        try (Admin admin = admin()) {
            admin.createTopics(List.of(new NewTopic(name, partitions, (short) replicas)))
                    .all()
                    .get();
        }
        Awaitility.await("all know the leaders").atMost(SERVES_WITHIN).until(() -> members.stream()
                .filter(member -> member.node != null)
                .allMatch(member -> member.node.metadata().topic(name).stream()
                        .anyMatch(topic -> topic.partitions().stream()
                                .allMatch(p -> member.node
                                                .leadership(topic.id(), p.partition())
                                                .brokerId()
                                        > 0))));
        return describe(name);
    }

    public TopicDescription describe(String topic) throws Exception {
        try (Admin admin = admin()) {
            return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
        }
    }

    /** Any member but these. */
    public Member otherThan(Integer... ids) {
        Set<Integer> not = Set.of(ids);
        return members.stream()
                .filter(member -> member.node != null && !not.contains(member.id))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        List<CompletableFuture<Void>> stopping = new ArrayList<>();
        for (Member member : members) {
            if (member.node != null) {
                member.listener.close();
                stopping.add(member.node.stop().toCompletableFuture());
            }
        }
        CompletableFuture.allOf(stopping.toArray(CompletableFuture<?>[]::new))
                .orTimeout(SERVES_WITHIN.toSeconds(), TimeUnit.SECONDS)
                .join();
    }
}
