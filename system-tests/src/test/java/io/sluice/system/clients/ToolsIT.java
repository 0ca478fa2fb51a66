/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.broker.Broker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own command line tools, unmodified, and what they print. */
@Tag("clients")
@Timeout(150)
class ToolsIT {
    private static Broker broker;

    @BeforeAll
    static void start(@TempDir Path data) throws IOException {
        broker = Broker.any(data);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    private final String topic = "tools-" + Long.toString(InstantSource.system().millis(), 36);

    @Test
    void kafkaTopicsCreatesListsDescribesAltersAndDeletes() {
        topics("--create", "--topic", topic, "--partitions", "2", "--replication-factor", "1")
                .with("--config", "retention.ms=1000000")
                .run("");
        assertThat(topics("--list").run("")).contains(topic);
        assertThat(topics("--describe", "--topic", topic).tryRun("").text())
                .contains("PartitionCount: 2")
                .contains("ReplicationFactor: 1")
                .contains("retention.ms=1000000");

        topics("--alter", "--topic", topic, "--partitions", "4").run("");
        assertThat(topics("--describe", "--topic", topic).tryRun("").text()).contains("PartitionCount: 4");

        var again = topics("--create", "--topic", topic).tryRun("");
        assertThat(again.toString()).contains("already exists");

        topics("--delete", "--topic", topic).run("");
        assertThat(topics("--list").run("")).doesNotContain(topic);
    }

    @Test
    void kafkaConfigsDescribesAndAltersTopicsAndTheBroker() {
        topics("--create", "--topic", topic).run("");
        configs("--entity-type", "topics", "--entity-name", topic)
                .with("--alter", "--add-config", "cleanup.policy=compact,segment.bytes=1048576")
                .run("");
        assertThat(configs("--entity-type", "topics", "--entity-name", topic, "--describe")
                        .tryRun("")
                        .text())
                .contains("cleanup.policy=compact")
                .contains("segment.bytes=1048576")
                .contains("DYNAMIC_TOPIC_CONFIG");

        configs("--entity-type", "topics", "--entity-name", topic)
                .with("--alter", "--delete-config", "segment.bytes")
                .run("");
        assertThat(configs("--entity-type", "topics", "--entity-name", topic, "--describe", "--all")
                        .tryRun("")
                        .text())
                .contains("segment.bytes=1073741824")
                .contains("max.message.bytes=1048588");
        assertThat(configs("--entity-type", "brokers", "--entity-name", "1", "--describe", "--all")
                        .tryRun("")
                        .text())
                .contains("num.partitions=");

        var unknown = configs("--entity-type", "topics", "--entity-name", topic)
                .with("--alter", "--add-config", "no.such.key=1")
                .tryRun("");
        assertThat(unknown.exitCode()).isNotZero();
        assertThat(unknown.toString()).contains("no.such.key");
    }

    @Test
    void kafkaConsumerGroupsAndGetOffsetsTellAndMoveOffsets() {
        // Given a topic with 100 records and a group that has read them
        topics("--create", "--topic", topic, "--partitions", "1").run("");
        tool("ConsoleProducer", "--topic", topic)
                .run(IntStream.range(0, 100).mapToObj(i -> "line " + i).collect(Collectors.joining("\n", "", "\n")));
        String group = topic + "-group";
        var read = tool("consumer.ConsoleConsumer", "--topic", topic, "--group", group)
                .with("--from-beginning", "--max-messages", "100", "--timeout-ms", "30000")
                .run("");

        assertThat(read).hasSize(100).startsWith("line 0", "line 1").endsWith("line 99");
        assertThat(tool("GetOffsetShell", "--topic", topic).run("")).contains(topic + ":0:100");
        assertThat(tool("GetOffsetShell", "--topic", topic, "--time", "earliest")
                        .run(""))
                .contains(topic + ":0:0");
        assertThat(groups("--list").run("")).contains(group);
        assertThat(groups("--describe", "--group", group).tryRun("").text())
                .containsPattern(topic + "\\s+0\\s+100\\s+100\\s+0\\s");

        groups("--reset-offsets", "--group", group, "--topic", topic)
                .with("--to-offset", "40", "--execute")
                .run("");
        assertThat(groups("--describe", "--group", group).tryRun("").text())
                .containsPattern(topic + "\\s+0\\s+40\\s+100\\s+60\\s");
        assertThat(groups("--describe", "--group", group, "--state").tryRun("").text())
                .contains("Empty");

        groups("--delete-offsets", "--group", group, "--topic", topic).run("");
        assertThat(groups("--delete", "--group", group).tryRun("").toString())
                .satisfiesAnyOf(text -> assertThat(text).contains("successful"), text -> assertThat(text)
                        .contains("GroupIdNotFoundException"));
        assertThat(groups("--list").run("")).doesNotContain(group);
    }

    private static Command topics(String... words) {
        return tool("TopicCommand", words);
    }

    private static Command groups(String... words) {
        return tool("consumer.group.ConsumerGroupCommand", words);
    }

    private static Command configs(String... words) {
        return Command.java("kafka-tools-4.3.1", "kafka.admin.ConfigCommand", "--bootstrap-server", broker.bootstrap())
                .with(words);
    }

    private static Command tool(String mainClass, String... words) {
        return Command.java(
                        "kafka-tools-4.3.1",
                        "org.apache.kafka.tools." + mainClass,
                        "--bootstrap-server",
                        broker.bootstrap())
                .with(words);
    }
}
