/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.deploy.testing.SluiceBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Groups of Kafka's consumers, seen and moved over HTTP. */
class HttpGroupsIT {
    @TempDir
    private static Path data;

    private static SluiceBroker broker;
    private static final Rest REST = new Rest();

    @BeforeAll
    static void start() {
        broker = SluiceBroker.builder()
                .dataDirectory(data)
                .config("sluice.group.lag.interval.ms", "100")
                .start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private static KafkaConsumer<String, String> consumer(String group) {
        return new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        broker.bootstrap(),
                        ConsumerConfig.GROUP_ID_CONFIG,
                        group,
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                        "earliest",
                        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
                        "false"),
                new StringDeserializer(),
                new StringDeserializer());
    }

    private static void topic(String name) throws Exception {
        REST.ask(broker, "POST", "/v1/topics", "{\"name\": \"" + name + "\", \"partitions\": 2}", 201);
    }

    /** Records with the timestamps 1000, 2000, ... in partition 0. */
    private static void produce(String topic, int count) throws Exception {
        StringBuilder records = new StringBuilder("[");
        for (int i = 1; i <= count; i++) {
            records.append(i == 1 ? "" : ",")
                    .append("{\"partition\": 0, \"value\": \"v\", \"timestamp\": ")
                    .append(i * 1_000)
                    .append('}');
        }
        REST.ask(
                broker,
                "POST",
                "/v1/topics/" + topic + "/records",
                records.append(']').toString(),
                200);
    }

    @Test
    void aGroupShowsItsMembersAndHowFarBehindTheyAre() throws Exception {
        topic("watched");
        produce("watched", 10);
        try (KafkaConsumer<String, String> consumer = consumer("watchers")) {
            consumer.subscribe(List.of("watched"));
            Rest.await("the consumer has its records")
                    .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
            consumer.commitSync(Map.of(
                    new org.apache.kafka.common.TopicPartition("watched", 0),
                    new org.apache.kafka.clients.consumer.OffsetAndMetadata(4, "here")));

            JsonNode group = REST.get(broker, "/v1/groups/watchers");

            assertThat(group.path("state").asText()).isEqualTo("Stable");
            assertThat(group.at("/members/0/assigned/watched").toString()).isEqualTo("[0,1]");
            JsonNode offset = group.at("/offsets/0");
            assertThat(offset.path("offset").asLong()).isEqualTo(4);
            assertThat(offset.path("metadata").asText()).isEqualTo("here");
            assertThat(offset.path("end").asLong()).isEqualTo(10);
            assertThat(offset.path("lag").asLong()).isEqualTo(6);
            assertThat(offset.path("lagSeconds").asDouble())
                    .as("since the record at offset 4, which is from 1970")
                    .isGreaterThan(1_000_000_000);
            assertThat(group.path("lag").asLong()).isEqualTo(6);
            Rest.await("the metric says the same")
                    .until(
                            () -> REST.send(broker, "GET", "/metrics", null).body(),
                            metrics -> metrics.contains(
                                    "sluice_group_lag_records{group=\"watchers\",partition=\"0\",topic=\"watched\"} 6.0"));
            assertThat(REST.send(broker, "GET", "/metrics", null).body())
                    .as("from 1970, too")
                    .containsPattern(
                            "sluice_group_lag_time_seconds\\{group=\"watchers\",partition=\"0\",topic=\"watched\"} 1\\.\\d+E9");
            assertThat(REST.get(broker, "/v1/groups").path("groups").findValuesAsText("group"))
                    .contains("watchers");
            JsonNode detailed =
                    named(REST.get(broker, "/v1/groups?details=true").path("groups"), "watchers");
            assertThat(detailed.at("/offsets/0/lag").asLong()).isEqualTo(6);
            assertThat(detailed.at("/offsets/0/lagSeconds").asDouble()).isGreaterThan(1_000_000_000);
            assertThat(detailed.path("members")).isEqualTo(group.path("members"));
            JsonNode refused = REST.ask(
                    broker,
                    "POST",
                    "/v1/groups/watchers/offsets",
                    "{\"topic\": \"watched\", \"to\": \"earliest\"}",
                    409);
            assertThat(refused.path("type").asText()).isEqualTo("urn:sluice:problem:group-in-use");
            REST.ask(broker, "DELETE", "/v1/groups/watchers", null, 409);
        }
    }

    private static JsonNode named(JsonNode groups, String name) {
        for (JsonNode group : groups) {
            if (group.path("group").asText().equals(name)) {
                return group;
            }
        }
        throw new AssertionError("no group " + name + " in " + groups);
    }

    @Test
    void aGroupWithoutMembersGoesOnWhereItIsSent() throws Exception {
        topic("moved");
        produce("moved", 10);
        try (KafkaConsumer<String, String> consumer = consumer("movers")) {
            consumer.subscribe(List.of("moved"));
            Rest.await("the consumer has its records")
                    .until(() -> !consumer.poll(Duration.ofMillis(200)).isEmpty());
            consumer.commitSync();
        }
        Rest.await("the group has no members").untilAsserted(() -> assertThat(
                        REST.get(broker, "/v1/groups/movers").path("state").asText())
                .isEqualTo("Empty"));
        assertThat(REST.get(broker, "/v1/groups/movers").path("lag").asLong()).isZero();

        assertThat(reset("{\"topic\": \"moved\", \"to\": \"earliest\"}").toString())
                .isEqualTo(
                        "[{\"topic\":\"moved\",\"partition\":0,\"offset\":0},{\"topic\":\"moved\",\"partition\":1,\"offset\":0}]");
        assertThat(REST.get(broker, "/v1/groups/movers").path("lag").asLong()).isEqualTo(10);
        assertThat(reset("{\"topic\": \"moved\", \"partitions\": [0], \"to\": {\"timestamp\": 2500}}")
                        .at("/0/offset")
                        .asLong())
                .isEqualTo(2);
        assertThat(reset("{\"topic\": \"moved\", \"partitions\": [0], \"to\": \"latest\"}")
                        .at("/0/offset")
                        .asLong())
                .isEqualTo(10);
        assertThat(reset("{\"topic\": \"moved\", \"to\": {\"offsets\": {\"0\": 7}}}")
                        .at("/0/offset")
                        .asLong())
                .isEqualTo(7);
        REST.ask(
                broker,
                "POST",
                "/v1/groups/movers/offsets",
                "{\"topic\": \"moved\", \"to\": {\"offsets\": {\"0\": 70}}}",
                416);
        REST.ask(broker, "POST", "/v1/groups/movers/offsets", "{\"topic\": \"moved\", \"to\": \"there\"}", 400);
        REST.ask(
                broker,
                "POST",
                "/v1/groups/movers/offsets?validate=true",
                "{\"topic\": \"moved\", \"to\": \"earliest\"}",
                200);

        try (KafkaConsumer<String, String> consumer = consumer("movers")) {
            consumer.subscribe(List.of("moved"));
            assertThat(Rest.await("a record comes")
                            .until(() -> consumer.poll(Duration.ofMillis(200)), records -> !records.isEmpty())
                            .iterator()
                            .next()
                            .offset())
                    .isEqualTo(7);
        }
    }

    private static JsonNode reset(String body) throws Exception {
        return REST.ask(broker, "POST", "/v1/groups/movers/offsets", body, 200).path("offsets");
    }

    @Test
    void aGroupThatIsNotThereIsAProblemAndOneThatIsDeletedIsNotThere() throws Exception {
        topic("left");
        produce("left", 1);
        Rest.await("the coordinator has loaded")
                .untilAsserted(() -> REST.ask(
                        broker,
                        "POST",
                        "/v1/groups/leavers/offsets",
                        "{\"topic\": \"left\", \"to\": \"latest\"}",
                        200));
        assertThat(REST.get(broker, "/v1/groups/leavers").at("/offsets/0/lag").asLong())
                .isZero();

        assertThat(REST.send(broker, "DELETE", "/v1/groups/leavers", null).statusCode())
                .isEqualTo(204);

        JsonNode gone = REST.ask(broker, "GET", "/v1/groups/leavers", null, 404);
        assertThat(gone.path("type").asText()).isEqualTo("urn:sluice:problem:unknown-group");
        REST.ask(broker, "DELETE", "/v1/groups/leavers", null, 404);
    }
}
