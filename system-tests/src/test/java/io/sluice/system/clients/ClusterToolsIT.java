/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.system.broker.SluiceProcess;
import io.sluice.system.cluster.Clusters;
import io.sluice.system.cluster.TestCluster;
import io.sluice.system.cluster.TestNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Tools that only make sense where there are several nodes: Kafka's, unmodified, and Sluice's own. Three nodes, and at last a fourth. */
@Tag("clients")
@Timeout(150)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ClusterToolsIT {
    private static final Duration MOVES_WITHIN = Duration.ofSeconds(60);
    private static final Duration ASK_EVERY = Duration.ofMillis(500);
    private static final ObjectMapper JSON = new ObjectMapper();

    @RegisterExtension
    static final Clusters CLUSTERS = new Clusters();

    private static TestCluster cluster;

    @TempDir
    private Path folder;

    @BeforeAll
    static void threeNodes() {
        cluster = CLUSTERS.make(4, builder -> {});
        cluster.startFirst(3);
    }

    @Test
    @Order(1)
    void kafkaMetadataQuorumDescribesTheVoters() {
        assertThat(kafka("MetadataQuorumCommand", "describe", "--status").run(""))
                .anyMatch(line -> line.matches("LeaderId: +[123]"))
                .anyMatch(line -> line.matches("HighWatermark: +[1-9]\\d*"))
                .anyMatch(line -> line.startsWith("CurrentVoters:")
                        && line.contains("1")
                        && line.contains("2")
                        && line.contains("3"));

        List<String> replicas =
                kafka("MetadataQuorumCommand", "describe", "--replication").run("");
        assertThat(replicas).hasSize(4).first().asString().startsWith("NodeId");
        assertThat(replicas).filteredOn(line -> line.contains("Leader")).hasSize(1);
        assertThat(replicas).filteredOn(line -> line.contains("Follower")).hasSize(2);
    }

    @Test
    @Order(1)
    void kafkaReassignPartitionsMovesReplicasToOtherNodes() throws Exception {
        // Given
        create("moved", "1:2,2:3");
        sluice("produce", "moved").run(lines(200));

        // When
        Path topics = file("topics.json", "{\"version\": 1, \"topics\": [{\"topic\": \"moved\"}]}");
        List<String> proposed = reassign("--generate", "--topics-to-move-json-file", topics.toString())
                .with("--broker-list", "1,2,3")
                .run("");
        // Then
        assertThat(proposed)
                .contains("Current partition replica assignment", "Proposed partition reassignment configuration")
                .anyMatch(line -> line.contains("\"partition\":0,\"replicas\":[1,2]"));

        // When
        Path plan = plan("moved", "[3,2]", "[2,1]");
        assertThat(reassign("--execute", "--reassignment-json-file", plan.toString())
                        .run(""))
                .contains("Successfully started partition reassignments for moved-0,moved-1");
        // Then
        await("both have moved").atMost(MOVES_WITHIN).untilAsserted(() -> assertThat(
                        reassign("--verify", "--reassignment-json-file", plan.toString())
                                .run(""))
                .contains(
                        "Reassignment of partition moved-0 is completed.",
                        "Reassignment of partition moved-1 is completed."));
        assertThat(reassign("--list").run("")).contains("No partition reassignments found.");
        assertThat(replicas("moved")).containsExactly(List.of(3, 2), List.of(2, 1));
        assertThat(sluice("consume", "moved").run("")).hasSize(200).contains("line 0", "line 199");
    }

    @Test
    @Order(1)
    void kafkaLeaderElectionMakesThePreferredReplicaLead() throws Exception {
        // Given a partition that another replica leads than the one that is preferred now
        create("elected", "1:2");
        sluice("produce", "elected").run(lines(10));
        Path plan = plan("elected", "[2,1]");
        reassign("--execute", "--reassignment-json-file", plan.toString()).run("");

        // When
        List<String> said = kafka("LeaderElectionCommand", "--election-type", "preferred")
                .with("--topic", "elected", "--partition", "0")
                .run("");

        // Then
        assertThat(said)
                .first()
                .isIn(
                        "Successfully completed leader election (PREFERRED) for partitions elected-0",
                        // it has happened by itself
                        "Valid replica already elected for partitions elected-0");
        assertThat(leader("elected")).isEqualTo(2);
        assertThat(sluice("consume", "elected").run("")).hasSize(10);

        // When: where there is a leader nothing else is elected, whatever is wanted
        List<String> unclean = kafka("LeaderElectionCommand", "--election-type", "unclean")
                .with("--topic", "elected", "--partition", "0")
                .run("");
        // Then
        assertThat(unclean).first().isEqualTo("Valid replica already elected for partitions elected-0");
        assertThat(leader("elected")).isEqualTo(2);
    }

    @Test
    @Order(2)
    void aFourthNodeGetsItsShareAndIsEmptiedAndTakenOut() throws Exception {
        // Given
        topics("--create", "--topic", "spread", "--partitions", "12", "--replication-factor", "3")
                .run("");
        sluice("produce", "spread").run(lines(1_000));
        TestNode fourth = cluster.node(4);

        // When
        fourth.start();
        // Then
        awaitShare("it has replicas and leaders, and all is even", of -> {
            assertThat(of.path("replicas").asInt()).isGreaterThanOrEqualTo(9);
            assertThat(of.path("partitionsLed").asInt()).isGreaterThanOrEqualTo(3);
        });

        // When
        assertThat(sluice("cluster", "drain", "4").run("")).contains("node 4 is being emptied");
        // Then
        awaitShare("it is empty", of -> assertThat(of.path("replicas").asInt()).isZero());

        // When
        sluice("cluster", "drain", "4", "--undo").run("");
        // Then
        awaitShare("it has replicas again", of -> assertThat(of.path("replicas").asInt())
                .isGreaterThanOrEqualTo(9));

        // When
        sluice("cluster", "drain", "4").run("");
        awaitShare("it is empty again", of -> assertThat(of.path("replicas").asInt())
                .isZero());
        Command.Result early = unregister(4);
        assertThat(fourth.stop()).as("exit code").isZero();
        Command.Result late = unregister(4);
        // Then
        assertThat(early.exitCode()).as("it was still there: %s", early).isNotZero();
        assertThat(late.text()).as("%s", late).contains("Broker 4 is no longer registered.");
        assertThat(sluice("cluster", "status").run("")).contains("nodes       3, controller is " + controller());
        assertThat(sluice("consume", "spread").run("")).hasSize(1_000);
    }

    private static Command.Result unregister(int node) {
        return Command.java("kafka-tools-4.3.1", "org.apache.kafka.tools.ClusterTool", "unregister")
                .with("--bootstrap-server", cluster.bootstrap(), "--id", Integer.toString(node))
                .tryRun("");
    }

    private interface Share {
        void check(JsonNode node);
    }

    /** What {@code cluster rebalance --status} says of node 4 when nothing moves any more. */
    private static void awaitShare(String what, Share share) {
        await(what).atMost(MOVES_WITHIN).pollInterval(ASK_EVERY).untilAsserted(() -> {
            JsonNode status = status();
            JsonNode fourth = null;
            for (JsonNode node : status.path("nodes")) {
                fourth = node.path("node").asInt() == 4 ? node : fourth;
            }
            assertThat(fourth).as("node 4 in %s", status).isNotNull();
            share.check(fourth);
            assertThat(status.path("rebalancing").asBoolean()).as("%s", status).isFalse();
            assertThat(status.path("partitionsMoving").asInt()).as("%s", status).isZero();
        });
    }

    private static JsonNode status() throws JsonProcessingException {
        return JSON.readTree(String.join(
                "", sluice("cluster", "rebalance", "--status", "--json").run("")));
    }

    private static int controller() throws ExecutionException, InterruptedException {
        try (Admin admin = cluster.admin()) {
            return admin.describeCluster().controller().get().id();
        }
    }

    private static int leader(String topic) throws ExecutionException, InterruptedException {
        return partitions(topic).get(0).leader().id();
    }

    private static List<List<Integer>> replicas(String topic) throws ExecutionException, InterruptedException {
        return partitions(topic).stream()
                .map(partition -> partition.replicas().stream().map(Node::id).toList())
                .toList();
    }

    private static List<TopicPartitionInfo> partitions(String topic) throws ExecutionException, InterruptedException {
        try (Admin admin = cluster.admin()) {
            return admin.describeTopics(List.of(topic))
                    .allTopicNames()
                    .get()
                    .get(topic)
                    .partitions();
        }
    }

    private static void create(String topic, String assignment) {
        topics("--create", "--topic", topic, "--replica-assignment", assignment).run("");
    }

    private Path plan(String topic, String... replicas) throws IOException {
        String partitions = IntStream.range(0, replicas.length)
                .mapToObj(p ->
                        "{\"topic\": \"%s\", \"partition\": %d, \"replicas\": %s}".formatted(topic, p, replicas[p]))
                .collect(Collectors.joining(", "));
        return file("plan.json", "{\"version\": 1, \"partitions\": [" + partitions + "]}");
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private static String lines(int count) {
        return IntStream.range(0, count).mapToObj(i -> "line " + i).collect(Collectors.joining("\n", "", "\n"));
    }

    private static Command topics(String... words) {
        return kafka("TopicCommand", words);
    }

    private static Command reassign(String... words) {
        return kafka("reassign.ReassignPartitionsCommand", words);
    }

    private static Command kafka(String mainClass, String... words) {
        return Command.java(
                        "kafka-tools-4.3.1",
                        "org.apache.kafka.tools." + mainClass,
                        "--bootstrap-server",
                        cluster.bootstrap())
                .with(words);
    }

    private static Command sluice(String... words) {
        try {
            return Command.of(SluiceProcess.launcher().toString())
                    .with(words)
                    .withEnvironment("SLUICE_BOOTSTRAP", cluster.bootstrap());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
