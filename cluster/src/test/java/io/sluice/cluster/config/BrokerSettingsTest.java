/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BrokerSettingsTest {
    @Test
    void nothingSetGivesTheDefaults() {
        BrokerSettings settings = BrokerSettings.defaults();

        assertThat(settings.nodeId()).isEqualTo(1);
        assertThat(settings.listeners()).containsExactly(new Listener("PLAINTEXT", "127.0.0.1", 9092));
        assertThat(settings.advertised("PLAINTEXT")).isEmpty();
        assertThat(settings.dataDirectory()).isEqualTo(Path.of("./data"));
        assertThat(settings.defaultPartitions()).isEqualTo(1);
        assertThat(settings.autoCreateTopics()).isTrue();
        assertThat(settings.offsetsRetentionMs()).isEqualTo(7L * 24 * 3600 * 1000);
        assertThat(settings.inflightMaxBytes()).isEqualTo(256L << 20);
        assertThat(settings.values()).isEmpty();
    }

    /** Every getter must name a key that exists and has a value of its type. */
    @Test
    void everyGetterAnswers() {
        assertThat(BrokerSettings.class.getMethods())
                .filteredOn(method -> method.getDeclaringClass() == BrokerSettings.class
                        && method.getParameterCount() == 0
                        && !java.lang.reflect.Modifier.isStatic(method.getModifiers()))
                .hasSizeGreaterThan(30)
                .allSatisfy(method -> assertThat(method.invoke(BrokerSettings.defaults()))
                        .as(method.getName())
                        .isNotNull());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "num.partitons | 3 | num.partitons: unknown key; did you mean num.partitions?",
                "completely.different.thing.altogether | 3 | completely.different.thing.altogether: unknown key",
                "num.partitions | 0 | num.partitions=0: must be a whole number, at least 1",
                "num.partitions | many | num.partitions=many: must be a whole number, at least 1",
                "num.partitions | 99999999999 | num.partitions=99999999999: must be a whole number, at least 1",
                "auto.create.topics.enable | yes | auto.create.topics.enable=yes: must be true or false",
                "log.cleanup.policy | shrink | log.cleanup.policy=shrink: must be a list of compact, delete, each at most once",
                "compression.type | rar | compression.type=rar: must be one of uncompressed, zstd, lz4, snappy, gzip, producer",
                "compression.gzip.level | 0 | compression.gzip.level=0: must be a whole number, -1 or from 1 to 9",
                "log.cleaner.min.cleanable.ratio | 1.5 | log.cleaner.min.cleanable.ratio=1.5: must be a number, from 0 to 1",
                "listeners | localhost:9092 | listeners=localhost:9092: must be like PLAINTEXT://host:port",
                "listeners | PLAINTEXT://h:70000 | listeners=PLAINTEXT://h:70000: the port must be from 0 to 65535",
                "listeners | SSL://h:9093 | listeners=SSL://h:9093: SSL is not supported yet, only PLAINTEXT is",
                "listeners | OUT://h:9093 | listeners=OUT://h:9093: listener.security.protocol.map does not say which protocol OUT has",
                "advertised.listeners | PLAINTEXT://0.0.0.0:9092 | advertised.listeners=PLAINTEXT://0.0.0.0:9092: must be an address that clients can connect to",
                "authorizer.class.name | a.B | authorizer.class.name: Class that authorises requests; not supported",
                "ssl.keystore.location | /k | ssl.keystore.location: TLS of Kafka listeners; not supported yet",
                "log.dirs | /a,/b | log.dirs=/a,/b: must name exactly one directory",
                "group.min.session.timeout.ms | 1900000 | group.min.session.timeout.ms=1900000: must not be larger than group.max.session.timeout.ms=1800000",
            })
    void aWrongSettingIsRefusedInOneLine(String key, String value, String line) {
        assertThatThrownBy(() -> BrokerSettings.parse(
                        List.of(new SettingsSource("", Map.of()), new SettingsSource("-D", Map.of(key, value)))))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage("-D: " + line);
    }

    @Test
    void aPasswordIsNotRepeatedInTheError() {
        assertThatThrownBy(() -> BrokerSettings.parse(Map.of("ssl.keystore.password", "secret")))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessageNotContaining("secret");
    }

    @Test
    void laterSourcesWin() {
        BrokerSettings settings = BrokerSettings.parse(List.of(
                new SettingsSource("file", Map.of("num.partitions", "3", "broker.rack", "a")),
                new SettingsSource("-D", Map.of("num.partitions", " 4 "))));

        assertThat(settings.defaultPartitions()).isEqualTo(4);
        assertThat(settings.rack()).contains("a");
    }

    @Test
    void listenersMayHaveNamesAndIpv6Addresses() {
        BrokerSettings settings = BrokerSettings.parse(Map.of(
                "listeners", "IN://[::1]:0, OUT://:9094",
                "advertised.listeners", "OUT://broker.example:19094",
                "listener.security.protocol.map", "IN:PLAINTEXT,OUT:PLAINTEXT"));

        assertThat(settings.listeners()).containsExactly(new Listener("IN", "::1", 0), new Listener("OUT", "", 9094));
        assertThat(settings.advertised("OUT")).contains(new Listener("OUT", "broker.example", 19094));
        assertThat(settings.advertised("IN")).isEmpty();
    }

    /** What a broker of Kafka is usually started with: a combined node's file as it comes with Kafka 4. */
    @Test
    void aFileThatWasWrittenForKafkaWorks() {
        BrokerSettings settings = BrokerSettings.parse(Map.ofEntries(
                Map.entry("process.roles", "broker,controller"),
                Map.entry("node.id", "1"),
                Map.entry("controller.quorum.bootstrap.servers", "localhost:9093"),
                Map.entry("listeners", "PLAINTEXT://:9092,CONTROLLER://:9093"),
                Map.entry("inter.broker.listener.name", "PLAINTEXT"),
                Map.entry("advertised.listeners", "PLAINTEXT://localhost:9092,CONTROLLER://localhost:9093"),
                Map.entry("controller.listener.names", "CONTROLLER"),
                Map.entry(
                        "listener.security.protocol.map",
                        "CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,SSL:SSL,SASL_PLAINTEXT:SASL_PLAINTEXT"),
                Map.entry("num.network.threads", "3"),
                Map.entry("num.io.threads", "8"),
                Map.entry("socket.send.buffer.bytes", "102400"),
                Map.entry("socket.receive.buffer.bytes", "102400"),
                Map.entry("socket.request.max.bytes", "104857600"),
                Map.entry("log.dirs", "/tmp/kraft-combined-logs"),
                Map.entry("num.partitions", "1"),
                Map.entry("num.recovery.threads.per.data.dir", "2"),
                Map.entry("offsets.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.replication.factor", "1"),
                Map.entry("share.coordinator.state.topic.min.isr", "1"),
                Map.entry("transaction.state.log.replication.factor", "1"),
                Map.entry("transaction.state.log.min.isr", "1"),
                Map.entry("log.retention.hours", "168"),
                Map.entry("log.segment.bytes", "1073741824"),
                Map.entry("log.retention.check.interval.ms", "300000")));

        assertThat(settings.listeners())
                .as("a controller's listener has no counterpart")
                .containsExactly(new Listener("PLAINTEXT", "", 9092));
        assertThat(settings.advertised("PLAINTEXT")).contains(new Listener("PLAINTEXT", "localhost", 9092));
        assertThat(settings.withoutEffect()).contains("process.roles", "num.io.threads");
    }

    @Test
    void kafkasOlderNamesCount() {
        BrokerSettings settings = BrokerSettings.parse(Map.of("broker.id", "7", "log.dir", "/var/lib/sluice"));

        assertThat(settings.nodeId()).isEqualTo(7);
        assertThat(settings.dataDirectory()).isEqualTo(Path.of("/var/lib/sluice"));
    }

    @Test
    void keysWithoutEffectAreAcceptedAndNamed() {
        BrokerSettings settings = BrokerSettings.parse(Map.of("num.io.threads", "8", "num.partitions", "2"));

        assertThat(settings.withoutEffect()).containsExactly("num.io.threads");
    }

    @Test
    void aNodeWithoutSeedsIsAClusterOfOne() {
        ClusterSettings cluster = BrokerSettings.parse(Map.of("node.id", "7")).cluster();

        assertThat(cluster.hasSeeds()).isFalse();
        assertThat(cluster.voters()).containsExactly(7);
        assertThat(cluster.listen()).isEqualTo(new ClusterSettings.HostPort("127.0.0.1", 0));
    }

    @Test
    void seedsAndVotersMakeAClusterOfSeveral() {
        ClusterSettings cluster = BrokerSettings.parse(Map.of(
                        "sluice.cluster.listen", "[::1]:2552",
                        "sluice.cluster.seeds", "a:2551, [::1]:2552",
                        "sluice.cluster.voters", "3,1,2"))
                .cluster();

        assertThat(cluster.hasSeeds()).isTrue();
        assertThat(cluster.seeds()).hasToString("[a:2551, [::1]:2552]");
        assertThat(cluster.voters()).containsExactly(3, 1, 2);
        assertThat(cluster.listen()).isEqualTo(new ClusterSettings.HostPort("::1", 2552));
    }

    @Test
    void kubernetesIsAskedInsteadOfSeeds() {
        Map<String, String> settings = Map.of(
                "sluice.cluster.discovery", "kubernetes-api",
                "sluice.cluster.discovery.selector", "app=orders",
                "sluice.cluster.voters", "0,1,2");

        ClusterSettings cluster = BrokerSettings.parse(settings).cluster();

        assertThat(cluster.hasSeeds()).isTrue();
        assertThat(cluster.discovery())
                .contains(new ClusterSettings.KubernetesApi(
                        "app=orders", "/var/run/secrets/kubernetes.io/serviceaccount"));
        Map<String, String> both = new HashMap<>(settings);
        both.put("sluice.cluster.seeds", "a:2551");
        assertThatThrownBy(() -> BrokerSettings.parse(both))
                .hasMessage("sluice.cluster.discovery=kubernetes-api: there are seeds too (sluice.cluster.seeds),"
                        + " one of the two must go");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a:2551 | '' | sluice.cluster.voters=: must say which nodes vote where there are seeds, like --voters 1,2,3",
                "'' | 1,2,3 | sluice.cluster.voters=1,2,3: node 1 is a cluster of its own without seeds, like --seeds HOST:PORT,HOST:PORT",
                "a:2551 | 1,2 | sluice.cluster.voters=1,2: must be an odd number of nodes, for an even one survives no more losses than one less",
                "a:2551 | 1,one | sluice.cluster.voters=1,one: must be node numbers, like 1,2,3",
                "a:2551 | 1,2,1 | sluice.cluster.voters=1,2,1: 1 is there twice",
                "a | 1 | sluice.cluster.seeds=a: must be like host:port",
                "a:0 | 1 | sluice.cluster.seeds=a:0: the port of a seed can't be 0",
                "a:70000 | 1 | sluice.cluster.seeds=a:70000: the port must be from 0 to 65535",
            })
    void whatDoesNotMakeAClusterIsRefused(String seeds, String voters, String line) {
        assertThatThrownBy(() ->
                        BrokerSettings.parse(Map.of("sluice.cluster.seeds", seeds, "sluice.cluster.voters", voters)))
                .isInstanceOf(InvalidConfigException.class)
                .hasMessage(line);
    }
}
