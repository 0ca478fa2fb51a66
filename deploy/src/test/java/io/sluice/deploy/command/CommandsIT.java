/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.deploy.testing.SluiceBroker;
import io.sluice.deploy.testing.SluiceTest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The commands against a broker: what people and scripts get to see. Each test has a topic of its own. */
@SluiceTest
@Isolated("System.out is where consume writes")
class CommandsIT {
    private final SluiceBroker broker;
    private final StringWriter err = new StringWriter();
    private String topic;

    @TempDir
    private Path folder;

    CommandsIT(SluiceBroker broker) {
        this.broker = broker;
    }

    @BeforeEach
    void nameTheTopic(TestInfo test) {
        topic = test.getTestMethod().orElseThrow().getName();
    }

    @Test
    void aTopicIsCreatedListedDescribedAndDeleted() throws IOException {
        assertThat(sluice("topics", "create", topic, "-p", "3", "-c", "cleanup.policy=compact"))
                .isEqualTo("created " + topic + ": 3 partitions, 1 replica each\n");
        assertThat(sluice("topics", "list")).containsPattern("(?m)^" + topic + " +3 +1 +0$");
        assertThat(sluice("topics", "describe", topic))
                .contains("  cleanup.policy = compact\n")
                .contains("  PARTITION  LEADER  REPLICAS  IN SYNC  START  END\n")
                .contains("          2       1         1        1      0    0\n");
        JsonNode described = json("topics", "describe", topic, "--json").get(0);
        assertThat(described.at("/configs/cleanup.policy").asText()).isEqualTo("compact");
        assertThat(described.at("/partitions")).hasSize(3);
        assertThat(sluice("topics", "delete", topic)).isEqualTo("deleted " + topic + "\n");
        assertThat(sluice("topics", "list")).doesNotContain(topic);
    }

    @Test
    void whatIsNotThereIsSaidInOneLine() {
        assertThat(failing("topics", "describe", topic))
                .isEqualTo("sluice: topic " + topic + " does not exist (sluice topics list shows those that do)\n");
        assertThat(failing("topics", "delete", topic)).contains("does not exist");
        assertThat(failing("consume", topic)).contains("does not exist");
        assertThat(failing("groups", "describe", "nobody")).contains("group nobody does not exist");
        assertThat(failing("groups", "delete", "nobody")).contains("group nobody does not exist");
        assertThat(sluice("topics", "delete", topic, "--if-exists")).isEqualTo(topic + " does not exist\n");
    }

    @Test
    void aTopicThatExistsIsNotMadeAgain() {
        sluice("topics", "create", topic);

        assertThat(failing("topics", "create", topic)).isEqualTo("sluice: topic " + topic + " exists already\n");
        assertThat(sluice("topics", "create", topic, "--if-not-exists")).isEqualTo(topic + " exists already\n");
    }

    @Test
    void settingsAndPartitionsAreChanged() {
        sluice("topics", "create", topic);

        assertThat(sluice("topics", "configure", topic, "retention.ms=60000", "--partitions", "4"))
                .isEqualTo(topic + " has 4 partitions now\nretention.ms = 60000\n");
        assertThat(sluice("topics", "configure", topic, "--default", "retention.ms"))
                .isEmpty();
        assertThat(failing("topics", "configure", topic, "retention.mss=1")).contains("retention.mss");
    }

    @Test
    void keysHeadersAndTombstonesAreWritten() throws IOException {
        Path input = Files.writeString(folder.resolve("in"), "k1:v1\nk2:v:2\nno key\nk3:-\n");

        sluice("produce", topic, input.toString(), "-k", ":", "-H", "h=x", "--null-value", "-", "-z", "zstd");

        assertThat(sluice("consume", topic, "--format", "{offset} {key}={value} {headers}"))
                .isEqualTo("0 k1=v1 h=x\n1 k2=v:2 h=x\n2 =no key h=x\n3 k3= h=x\n");
        assertThat(sluice("consume", topic, "--json", "--from", "3"))
                .contains("\"key\":\"k3\",\"value\":null,\"headers\":[{\"key\":\"h\",\"value\":\"x\"}]");
    }

    @Test
    void consumeBeginsAndEndsWhereItIsTold() throws IOException {
        lines("a", "b", "c", "d");

        assertThat(sluice("consume", topic, "--from", "2")).isEqualTo("c\nd\n");
        assertThat(sluice("consume", topic, "--limit", "1")).isEqualTo("a\n");
        assertThat(sluice("consume", topic, "--from", "latest")).isEmpty();
        assertThat(sluice("consume", topic, "--from", "1h")).isEqualTo("a\nb\nc\nd\n");
        assertThat(sluice("consume", topic, "--from", "2100-01-01")).isEmpty();
        assertThat(failing("consume", topic, "--partition", "7")).contains("has 1 partition");
    }

    @Test
    void aGroupGoesOnWhereItWasAndItsLagIsShown() throws IOException {
        lines("a", "b", "c");

        assertThat(sluice("consume", topic, "--group", topic, "--limit", "2")).isEqualTo("a\nb\n");
        assertThat(sluice("groups", "lag", topic)).containsPattern(topic + " +" + topic + " +0 +2 +3 +1\n");
        assertThat(sluice("consume", topic, "--group", topic)).isEqualTo("c\n");
        assertThat(json("groups", "lag", topic, "--json").get(0).get("lag").asLong())
                .isZero();
        assertThat(sluice("groups", "list")).containsPattern("(?m)^" + topic + " +Empty");
        assertThat(sluice("groups", "reset", topic, "--to", "earliest", "--dry-run"))
                .containsPattern(topic + " +0 +3 +0\n");
        assertThat(sluice("groups", "reset", topic, "--topic", topic + ":0", "--to", "1"))
                .containsPattern(topic + " +0 +3 +1\n");
        assertThat(sluice("consume", topic, "--group", topic)).isEqualTo("b\nc\n");
        assertThat(sluice("groups", "delete", topic)).isEqualTo("deleted " + topic + "\n");
    }

    @Test
    void aGroupWithMembersIsDescribedAndNotMoved() throws IOException {
        lines("a");
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrap(), "group.id", topic, "client.id", "me"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.subscribe(List.of(topic));
            Awaitility.await("assignment").until(() -> {
                consumer.poll(java.time.Duration.ofMillis(100));
                return !consumer.assignment().isEmpty();
            });

            assertThat(sluice("groups", "describe", topic))
                    .contains(topic + "  (Stable, 1 member, assignor range, coordinator is node 1)\n")
                    .containsPattern("me-\\S+ +- +me +/127\\.0\\.0\\.1 +" + topic + "-0\n");
            assertThat(failing("groups", "reset", topic, "--topic", topic, "--to", "earliest"))
                    .isEqualTo("sluice: group " + topic + " has members now: stop its consumers first\n");
            assertThat(failing("groups", "delete", topic)).contains("has members now");
        }
    }

    @Test
    void theClusterSaysHowItIs() throws IOException {
        assertThat(sluice("cluster", "status"))
                .contains("all partitions are served")
                .contains("nodes       1");
        assertThat(json("cluster", "status", "--json").get("healthy").asBoolean())
                .isTrue();
        assertThat(json("cluster", "nodes", "--json").get(0).get("port").asInt())
                .isEqualTo(broker.port());
    }

    @Test
    void whatMovesIsShownAndTheOnlyNodeIsNotDrained() throws IOException {
        // When, then
        assertThat(sluice("cluster", "rebalance", "--status")).contains("not rebalancing, 0 partitions moving");
        assertThat(json("cluster", "rebalance", "--status", "--json")
                        .get("nodes")
                        .get(0)
                        .get("draining")
                        .asBoolean())
                .isFalse();
        assertThat(sluice("cluster", "rebalance")).contains("being spread evenly");
        assertThat(failing("cluster", "drain", "1")).contains("no broker would be left");
    }

    @Test
    void aLogsFilesAreShownAndDamageIsFound() throws IOException {
        // Given two batches
        lines("first");
        lines("second");
        Path partition;
        try (Stream<Path> folders =
                Files.list(broker.dataDirectory().resolve("topics").resolve(topic))) {
            partition = folders.findFirst().orElseThrow();
        }

        // When, then
        String shown = offline(0, "log", "dump", partition.toString(), "--records");
        assertThat(shown)
                .containsPattern("(?m)^ +0  offsets 0\\.\\.0  1 records .* crc [0-9a-f]{8} ok")
                .contains("value \"second\"")
                .contains("2 batches, 2 records, all whole");

        // And given a copy with one byte of the first record changed
        Path copy = folder.resolve("00000000000000000000.log");
        Files.copy(partition.resolve(copy.getFileName()), copy);
        try (FileChannel file = FileChannel.open(copy, StandardOpenOption.WRITE)) {
            file.write(ByteBuffer.wrap(new byte[] {'F'}), 68);
        }
        assertThat(offline(1, "log", "dump", copy.toString()))
                .contains("DAMAGED")
                .containsPattern("offsets 1\\.\\.1")
                .contains("1 damaged place");
        assertThat(offline(1, "log", "dump", copy.toString(), "--json")).contains("\"damaged\":true");
    }

    private void lines(String... lines) throws IOException {
        Path input = Files.writeString(folder.resolve("lines"), String.join("\n", lines) + "\n");
        sluice("produce", topic, input.toString());
    }

    private JsonNode json(String... words) throws IOException {
        return new ObjectMapper().readTree(sluice(words));
    }

    private String sluice(String... words) {
        return run(0, withBootstrap(words));
    }

    private String failing(String... words) {
        run(1, withBootstrap(words));
        return err.toString();
    }

    private String offline(int exitCode, String... words) {
        return run(exitCode, words);
    }

    private String[] withBootstrap(String... words) {
        List<String> all = new ArrayList<>(List.of(words));
        all.addAll(List.of("--bootstrap", broker.bootstrap()));
        return all.toArray(String[]::new);
    }

    private String run(int exitCode, String... words) {
        err.getBuffer().setLength(0);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream stdout = System.out;
        int code;
        try (PrintStream captured = new PrintStream(out, true, UTF_8)) {
            System.setOut(captured);
            code = SluiceCommand.commandLine(words[0])
                    .setOut(new PrintWriter(captured, true, UTF_8))
                    .setErr(new PrintWriter(err, true))
                    .execute(words);
        } finally {
            System.setOut(stdout);
        }
        assertThat(code)
                .as("exit code of %s; stderr: %s; stdout: %s", List.of(words), err, out.toString(UTF_8))
                .isEqualTo(exitCode);
        return out.toString(UTF_8);
    }
}
