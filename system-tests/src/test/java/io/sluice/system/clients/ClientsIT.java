/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.as;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import io.sluice.system.broker.Broker;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every client of the matrix, unmodified, against one broker. A client that is not installed is a failure. */
@Tag("clients")
@Timeout(150)
class ClientsIT {
    private static final List<Codec> ALL = List.of(Codec.values());
    private static final Set<Trait> LIBRARY =
            EnumSet.of(Trait.KEYS, Trait.RECORD_HEADERS, Trait.OWN_TIMESTAMP, Trait.NULLS, Trait.CREATES_TOPICS);
    private static final Set<Trait> LIBRARY_READS_ONCE = EnumSet.of(Trait.READS_ONCE, LIBRARY.toArray(Trait[]::new));

    /** Debian's own, which sees Debian's packages. */
    private static final String PYTHON = "/usr/bin/python3";

    /** The number of a topic's own configuration as a source. */
    private static final int DYNAMIC_TOPIC_CONFIG = 1;

    private static final String CONFLUENT = "python3-confluent-kafka/client.py";

    private static Broker broker;

    @BeforeAll
    static void start(@TempDir Path data) throws IOException {
        broker = Broker.any(data);
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    static Stream<Named<ClientDriver>> clients() {
        return drivers().map(driver -> Named.of(driver.name(), driver));
    }

    private static Stream<ClientDriver> drivers() {
        var nodePath = Installed.folder("kafkajs").resolve("node_modules").toString();
        return Stream.of(
                new ProgramClient("kafka-clients 4.3.1", javaProgram("4.3.1"), ALL, LIBRARY_READS_ONCE),
                new ProgramClient("kafka-clients 4.4.0", javaProgram("4.4.0"), ALL, LIBRARY_READS_ONCE),
                new ConsoleClient(),
                new VerifiableClient(),
                new KcatClient(),
                new ProgramClient("python3-kafka 2.0.2", script(PYTHON, "python3-kafka/client.py"), ALL, LIBRARY),
                new ProgramClient("python3-confluent-kafka 1.7.0", script(PYTHON, CONFLUENT), ALL, LIBRARY_READS_ONCE),
                new ProgramClient(
                        "kafkajs 2.2.4",
                        script("node", "kafkajs/client.js").withEnvironment("NODE_PATH", nodePath),
                        List.of(Codec.NONE, Codec.GZIP, Codec.SNAPPY),
                        LIBRARY));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("clients")
    void producesInEveryCodecWhileAGroupRebalances(ClientDriver client) {
        new GroupScenario(broker.bootstrap(), client, InstantSource.system()).run();
    }

    @ParameterizedTest(name = "kafka-clients {0}")
    @ValueSource(strings = {"4.3.1", "4.4.0"})
    void adminDoesWhatAdministratorsDo(String version) {
        var lines = javaProgram(version)
                .with("admin", broker.bootstrap(), "admin-walk-" + version)
                .run("");

        assertThat(lines).containsExactly("ok");
    }

    /** The way of AlterConfigs, which knows no single keys: read all, change one, write all back. */
    @Test
    void librdkafkaWritesBackAllConfigsThatItHasRead() {
        String topic = "configs-" + Long.toString(InstantSource.system().millis(), 36);
        Command program = script(PYTHON, CONFLUENT);
        program.with("create", broker.bootstrap(), topic, "1").run("");

        var lines = program.with("rewrite-configs", broker.bootstrap(), topic).run("");

        assertThat(lines)
                .singleElement(as(STRING))
                .matches("\\d\\d keys written back, flush.ms has source " + DYNAMIC_TOPIC_CONFIG);
    }

    private static Command javaProgram(String version) {
        return Command.java("kafka-clients-" + version, "KafkaJavaClient");
    }

    private static Command script(String interpreter, String program) {
        return Command.of(interpreter, Installed.program(program).toString());
    }
}
