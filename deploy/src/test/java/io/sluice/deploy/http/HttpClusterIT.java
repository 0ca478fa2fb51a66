/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.http;

import static org.assertj.core.api.Assertions.assertThat;

import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.deploy.testing.Appended;
import io.sluice.deploy.testing.SluiceBroker;
import io.sluice.http.record.NewRecord;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewPartitionReassignment;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Three brokers: whoever is asked, the right one answers. */
@Tag("slow")
class HttpClusterIT {
    private static final int NODES = 3;
    private static final Pattern LAG = Pattern.compile(
            "(?m)^sluice_group_lag_records\\{group=\"laggards\",partition=\"(\\d+)\",topic=\"behind\"} (.*)$");

    @TempDir
    private static Path data;

    private static final List<SluiceBroker> BROKERS = new ArrayList<>();
    private static final Rest REST = new Rest();

    @BeforeAll
    static void start() throws Exception {
        List<Integer> ports = freePorts();
        String seeds = ports.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
        List<CompletableFuture<SluiceBroker>> starts = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            SluiceBroker.Builder builder = SluiceBroker.builder()
                    .dataDirectory(data.resolve("node-" + (i + 1)))
                    .config("node.id", Integer.toString(i + 1))
                    .config("sluice.cluster.listen", "127.0.0.1:" + ports.get(i))
                    .config("sluice.cluster.seeds", seeds)
                    .config("sluice.cluster.voters", "1,2,3")
                    // nobody dies here, but three nodes in one JVM may stand still for a while on a busy machine
                    .config("sluice.cluster.heartbeat.pause.ms", "30000")
                    .config("sluice.cluster.minority.grace.ms", "30000")
                    .config("sluice.group.lag.interval.ms", "200");
            starts.add(CompletableFuture.supplyAsync(builder::start));
        }
        for (CompletableFuture<SluiceBroker> broker : starts) {
            BROKERS.add(broker.get());
        }
        Rest.await("every node knows where all serve HTTP").untilAsserted(() -> {
            for (SluiceBroker broker : BROKERS) {
                assertThat(REST.get(broker, "/v1/nodes").path("nodes").findValuesAsText("http"))
                        .containsExactlyInAnyOrderElementsOf(BROKERS.stream()
                                .map(each -> each.http().orElseThrow().getAuthority())
                                .toList());
            }
        });
    }

    private static List<Integer> freePorts() throws Exception {
        List<ServerSocket> sockets = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        List<Integer> ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (ServerSocket socket : sockets) {
            socket.close();
        }
        return ports;
    }

    @AfterAll
    static void stop() {
        List<CompletableFuture<Void>> stops = BROKERS.stream()
                .map(broker -> CompletableFuture.runAsync(broker::close))
                .toList();
        stops.forEach(CompletableFuture::join);
    }

    private static void topic(String name, int replicas) throws Exception {
        REST.ask(
                BROKERS.get(0),
                "POST",
                "/v1/topics",
                "{\"name\": \"" + name + "\", \"partitions\": 6, \"replicas\": " + replicas + "}",
                201);
        for (SluiceBroker broker : BROKERS) {
            Rest.await("every node has the topic")
                    .until(() ->
                            REST.send(broker, "GET", "/v1/topics/" + name, null).statusCode() == 200);
        }
    }

    @Test
    void recordsAreWrittenAndReadThroughWhicheverNode() throws Exception {
        topic("spread", 1);
        for (SluiceBroker broker : BROKERS) {
            StringBuilder records = new StringBuilder("[");
            for (int partition = 0; partition < 6; partition++) {
                records.append(partition == 0 ? "" : ",")
                        .append("{\"value\": \"v\", \"partition\": ")
                        .append(partition)
                        .append('}');
            }

            JsonNode results = REST.ask(
                            broker,
                            "POST",
                            "/v1/topics/spread/records",
                            records.append(']').toString(),
                            200)
                    .path("results");

            assertThat(results.findValuesAsText("partition")).containsExactly("0", "1", "2", "3", "4", "5");
        }
        for (SluiceBroker broker : BROKERS) {
            for (int partition = 0; partition < 6; partition++) {
                assertThat(REST.get(broker, "/v1/topics/spread/partitions/" + partition + "/records")
                                .path("records"))
                        .hasSize(NODES);
            }
        }
    }

    @Test
    void anyNodeTellsTheOffsetsOfAllPartitions() throws Exception {
        topic("described", 1);
        for (int partition = 0; partition < 6; partition++) {
            REST.ask(
                    BROKERS.get(0),
                    "POST",
                    "/v1/topics/described/records",
                    "[{\"value\": \"v\", \"partition\": " + partition + "}]",
                    200);
        }
        int told = 0;
        for (SluiceBroker broker : BROKERS) {
            JsonNode all = REST.get(broker, "/v1/topics/described?offsets=all").path("partitions");

            assertThat(all.findValuesAsText("highWatermark")).containsExactly("1", "1", "1", "1", "1", "1");
            assertThat(all.findValues("bytes")).hasSize(6).allMatch(bytes -> bytes.asLong() > 0);
            assertThat(all.findValues("inSync")).hasSize(6);
            told += REST.get(broker, "/v1/topics/described")
                    .findValues("offsets")
                    .size();
        }
        assertThat(told).as("each leader alone").isEqualTo(6);
    }

    @Test
    void anyNodeTellsTheOffsetsOfAllTopicsInOneAnswer() throws Exception {
        topic("listed-1", 1);
        topic("listed-2", 3);
        for (SluiceBroker broker : BROKERS) {
            JsonNode topics = REST.get(broker, "/v1/topics?details=true&offsets=all&limit=2&after=listed-")
                    .path("topics");

            assertThat(topics.findValuesAsText("name")).containsExactly("listed-1", "listed-2");
            assertThat(topics.findValues("bytes")).as("%s", topics).hasSize(12);
            assertThat(topics.findValues("inSync")).as("%s", topics).hasSize(12);
        }
    }

    @Test
    void aProblemOfTheRightNodeIsTheAnswer() throws Exception {
        topic("strict", 1);
        for (SluiceBroker broker : BROKERS) {
            for (int partition = 0; partition < 6; partition++) {
                JsonNode problem = REST.ask(
                        broker, "GET", "/v1/topics/strict/partitions/" + partition + "/records?offset=5", null, 416);
                assertThat(problem.path("end").asLong()).isZero();
            }
        }
    }

    @Test
    void aNamedProducerMayAskAnotherNodeAgain() throws Exception {
        topic("exact", 3);
        String path = "/v1/topics/exact/records?producer=till-3&sequence=0";
        String records = "[{\"key\": \"a\"}, {\"key\": \"b\"}, {\"key\": \"c\"}, {\"key\": \"d\"}, {\"value\": \"e\"}]";
        JsonNode first = REST.ask(BROKERS.get(0), "POST", path, records, 200).path("results");

        JsonNode again = REST.ask(BROKERS.get(1), "POST", path, records, 200).path("results");

        assertThat(again.findValuesAsText("offset")).isEqualTo(first.findValuesAsText("offset"));
        assertThat(again.findValuesAsText("partition")).isEqualTo(first.findValuesAsText("partition"));
    }

    @Test
    void aGroupIsAnsweredForByAnyNode() throws Exception {
        topic("grouped", 1);
        for (int i = 0; i < NODES; i++) {
            String group = "group-" + i;
            SluiceBroker one = BROKERS.get(i);
            Rest.await("the group is answered for").untilAsserted(() -> {
                HttpResponse<String> response = REST.send(
                        one,
                        "POST",
                        "/v1/groups/" + group + "/offsets",
                        "{\"topic\": \"grouped\", \"to\": \"latest\"}");
                assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            });
            for (SluiceBroker broker : BROKERS) {
                assertThat(REST.get(broker, "/v1/groups/" + group).path("offsets"))
                        .hasSize(6);
            }
        }
        for (SluiceBroker broker : BROKERS) {
            JsonNode groups = REST.get(broker, "/v1/groups");
            assertThat(groups.path("groups").findValuesAsText("group")).contains("group-0", "group-1", "group-2");
            assertThat(groups.path("missing")).isEmpty();
            JsonNode page = REST.get(broker, "/v1/groups?details=true&after=group-&limit=2");
            assertThat(page.path("groups").findValuesAsText("group")).containsExactly("group-0", "group-1");
            assertThat(page.path("next").asText()).isEqualTo("group-1");
            assertThat(page.path("total").asInt())
                    .isEqualTo(groups.path("groups").size());
            for (JsonNode group : page.path("groups")) {
                assertThat(group.path("offsets")).as("%s", group).hasSize(6);
                assertThat(group.path("offsets").findValuesAsText("lag"))
                        .as("whoever leads the partitions: %s", group)
                        .containsOnly("0");
            }
        }
    }

    /** The one partition moves from node to node meanwhile, so that its records go over HTTP first, then not, then again. */
    @Test
    void producingInsideTheJvmFollowsAPartitionThatMovesAndDoublesNothing() throws Exception {
        // Given
        String create = "{\"name\": \"roaming\", \"partitions\": 1, \"replicas\": 1}";
        REST.ask(BROKERS.get(0), "POST", "/v1/topics", create, 201);
        SluiceBroker broker = BROKERS.get(0);
        AtomicBoolean moved = new AtomicBoolean();
        AtomicInteger given = new AtomicInteger();

        // When
        CompletableFuture<List<Appended>> places = Source.repeat("next")
                .throttle(1_000, Duration.ofSeconds(1))
                .takeWhile(next -> !moved.get() || given.get() < 2_000)
                .map(next -> NewRecord.of("key", "v" + given.getAndIncrement()))
                .via(broker.appending("roaming"))
                .runWith(Sink.seq(), broker.broker().actorSystem())
                .toCompletableFuture();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()))) {
            for (int node : List.of(2, 1, 3)) {
                move(admin, node);
            }
        }
        moved.set(true);

        // Then
        List<Appended> appended = places.get(60, TimeUnit.SECONDS);
        assertThat(appended)
                .extracting(Appended::offset)
                .isEqualTo(LongStream.range(0, given.get()).boxed().toList());
        SubscriptionRequest all = SubscriptionRequest.of(StartPosition.earliest(), "roaming");
        List<String> values = broker.records(all)
                .take(given.get())
                .map(stored -> StandardCharsets.UTF_8
                        .decode(stored.record().value().duplicate())
                        .toString())
                .runWith(Sink.seq(), broker.broker().actorSystem())
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertThat(values)
                .isEqualTo(
                        IntStream.range(0, given.get()).mapToObj(i -> "v" + i).toList());
    }

    private static void move(Admin admin, int node) throws Exception {
        TopicPartition partition = new TopicPartition("roaming", 0);
        admin.alterPartitionReassignments(Map.of(partition, Optional.of(new NewPartitionReassignment(List.of(node)))))
                .all()
                .get(30, TimeUnit.SECONDS);
        Rest.await("node " + node + " leads").until(() -> {
            Node leader = admin.describeTopics(List.of("roaming"))
                    .allTopicNames()
                    .get(30, TimeUnit.SECONDS)
                    .get("roaming")
                    .partitions()
                    .get(0)
                    .leader();
            return leader != null && leader.id() == node;
        });
    }

    @Test
    void theLagOfAGroupIsPublishedByTheNodeThatCoordinatesItWhoeverLeadsItsPartitions() throws Exception {
        topic("behind", 1);
        Rest.await("the coordinator has the offset")
                .untilAsserted(() -> REST.ask(
                        BROKERS.get(0),
                        "POST",
                        "/v1/groups/laggards/offsets",
                        "{\"topic\": \"behind\", \"to\": \"earliest\"}",
                        200));
        for (int partition = 0; partition < 6; partition++) {
            String record = "[{\"value\": \"v\", \"partition\": " + partition + "}]";
            for (int i = 0; i <= partition; i++) {
                REST.ask(BROKERS.get(0), "POST", "/v1/topics/behind/records", record, 200);
            }
        }

        Rest.await("each partition's lag, once in the cluster").untilAsserted(() -> {
            List<String> lags = new ArrayList<>();
            for (SluiceBroker broker : BROKERS) {
                LAG.matcher(REST.send(broker, "GET", "/metrics", null).body())
                        .results()
                        .forEach(sample -> lags.add(sample.group(1) + ": " + sample.group(2)));
            }
            assertThat(lags).containsExactlyInAnyOrder("0: 1.0", "1: 2.0", "2: 3.0", "3: 4.0", "4: 5.0", "5: 6.0");
        });
    }
}
