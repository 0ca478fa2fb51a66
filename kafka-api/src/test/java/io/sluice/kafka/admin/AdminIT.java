/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.server.KafkaListener;
import io.sluice.kafka.server.ListenerOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.CreateTopicsOptions;
import org.apache.kafka.clients.admin.CreateTopicsResult;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.InvalidRecordException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicCollection;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidConfigurationException;
import org.apache.kafka.common.errors.InvalidPartitionsException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidRequestException;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Kafka's own admin client against a real node. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class AdminIT {
    @TempDir
    private static Path directory;

    private SluiceNode node;
    private KafkaListener listener;
    private Admin admin;

    @BeforeAll
    void start() throws Exception {
        BrokerSettings settings = BrokerSettings.parse(Map.of("log.dirs", directory.toString(), "num.partitions", "4"));
        node = SluiceNode.start(NodeOptions.of(settings, directory))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        listener = KafkaListener.start(node, ListenerOptions.of("127.0.0.1", 0, new SimpleMeterRegistry()));
        admin = Admin.create(Map.of("bootstrap.servers", bootstrap()));
    }

    @AfterAll
    void stop() throws Exception {
        admin.close();
        listener.close();
        node.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private String bootstrap() {
        return "127.0.0.1:" + listener.address().getPort();
    }

    private CreateTopicsResult create(NewTopic... topics) throws Exception {
        CreateTopicsResult result = admin.createTopics(List.of(topics));
        result.all().get();
        return result;
    }

    private static NewTopic topic(String name, int partitions) {
        return new NewTopic(name, partitions, (short) 1);
    }

    private TopicDescription describe(String topic) throws Exception {
        return admin.describeTopics(List.of(topic)).allTopicNames().get().get(topic);
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, Class<?> cause) {
        assertThatThrownBy(call).isInstanceOf(ExecutionException.class).cause().isInstanceOf(cause);
    }

    private Config config(ConfigResource.Type type, String name) throws Exception {
        ConfigResource resource = new ConfigResource(type, name);
        return admin.describeConfigs(List.of(resource)).all().get().get(resource);
    }

    private void alter(ConfigResource.Type type, String name, AlterConfigOp... ops) throws Exception {
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(type, name), List.of(ops)))
                .all()
                .get();
    }

    private static AlterConfigOp set(String key, String value) {
        return new AlterConfigOp(new ConfigEntry(key, value), OpType.SET);
    }

    @Test
    void aNewTopicServesWhenItsCreationIsAnswered() throws Exception {
        // When
        CreateTopicsResult result =
                create(topic("signups", 3).configs(Map.of("cleanup.policy", "compact", "retention.ms", "604800000")));

        // Then
        TopicDescription description = describe("signups");
        assertThat(description.partitions()).hasSize(3).allSatisfy(partition -> {
            assertThat(partition.leader().id()).isEqualTo(1);
            assertThat(partition.leader().port()).isEqualTo(listener.address().getPort());
            assertThat(partition.isr()).hasSize(1);
        });
        assertThat(description.topicId())
                .isEqualTo(result.topicId("signups").get())
                .isNotEqualTo(Uuid.ZERO_UUID);
        assertThat(result.config("signups").get().get("cleanup.policy").source())
                .isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG);
        assertThat(admin.listTopics().names().get()).contains("signups").doesNotContain("__cluster_metadata");
        assertThat(admin.describeTopics(TopicCollection.ofTopicIds(List.of(description.topicId())))
                        .allTopicIds()
                        .get())
                .containsKey(description.topicId());
    }

    @Test
    void theClusterAndItsDataDirectoryAreDescribed() throws Exception {
        create(topic("measured", 1));
        produce("measured", new byte[1000]);

        assertThat(admin.describeCluster().clusterId().get())
                .isEqualTo(node.metadata().clusterId());
        assertThat(admin.describeCluster().controller().get().id()).isEqualTo(1);
        var directories =
                admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1);
        assertThat(directories).containsOnlyKeys(directory.toAbsolutePath().toString());
        var described = directories.values().iterator().next();
        assertThat(described.error()).isNull();
        assertThat(described.totalBytes()).isPresent();
        assertThat(described
                        .replicaInfos()
                        .get(new org.apache.kafka.common.TopicPartition("measured", 0))
                        .size())
                .isGreaterThan(1000);
    }

    @Test
    void whatCannotBeMadeIsRefusedByKafkasExceptions() throws Exception {
        create(topic("taken.name", 1));

        refused(() -> create(topic("taken.name", 1)), TopicExistsException.class);
        refused(() -> create(topic("taken_name", 1)), InvalidTopicException.class);
        refused(() -> create(topic("not legal", 1)), InvalidTopicException.class);
        refused(() -> create(topic("x".repeat(250), 1)), InvalidTopicException.class);
        refused(() -> create(topic("none", 0)), InvalidPartitionsException.class);
        refused(() -> create(topic("huge", 10_001)), InvalidPartitionsException.class);
        refused(() -> create(new NewTopic("safe", 1, (short) 3)), InvalidReplicationFactorException.class);
        refused(
                () -> create(topic("odd", 1).configs(Map.of("retention.msec", "5"))),
                InvalidConfigurationException.class);
        assertThat(admin.listTopics().names().get()).doesNotContain("taken_name", "none", "huge", "safe", "odd");
    }

    @Test
    void validatingMakesNothing() throws Exception {
        admin.createTopics(List.of(topic("only-asked", 2)), new CreateTopicsOptions().validateOnly(true))
                .all()
                .get();

        assertThat(admin.listTopics().names().get()).doesNotContain("only-asked");
    }

    @Test
    void theBrokersDefaultsFillWhatIsNotSaid() throws Exception {
        create(new NewTopic("defaults", Optional.empty(), Optional.empty()));

        assertThat(describe("defaults").partitions()).hasSize(4);
    }

    @Test
    void partitionsAreAddedAndServeAtOnce() throws Exception {
        // Given
        create(topic("growing", 2));

        // When
        admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(6)))
                .all()
                .get();

        // Then
        assertThat(describe("growing").partitions())
                .extracting(TopicPartitionInfo::partition)
                .containsExactly(0, 1, 2, 3, 4, 5);
        assertThat(describe("growing").partitions())
                .allSatisfy(partition -> assertThat(partition.leader()).isNotNull());
        refused(
                () -> admin.createPartitions(Map.of("growing", NewPartitions.increaseTo(3)))
                        .all()
                        .get(),
                InvalidPartitionsException.class);
        refused(
                () -> admin.createPartitions(Map.of("missing", NewPartitions.increaseTo(3)))
                        .all()
                        .get(),
                UnknownTopicOrPartitionException.class);
    }

    @Test
    void aThousandPartitionsServeWhenTheirCreationIsAnswered() throws Exception {
        // When
        create(topic("wide", 1000));

        // Then
        assertThat(describe("wide").partitions()).hasSize(1000).allSatisfy(partition -> assertThat(partition.leader())
                .isNotNull());
        admin.deleteTopics(List.of("wide")).all().get();
        assertThat(admin.listTopics().names().get()).doesNotContain("wide");
    }

    @Test
    void aTopicIsDeletedByNameAndById() throws Exception {
        create(topic("first", 2), topic("second", 2));
        Uuid id = describe("second").topicId();

        admin.deleteTopics(List.of("first")).all().get();
        admin.deleteTopics(TopicCollection.ofTopicIds(List.of(id))).all().get();

        assertThat(admin.listTopics().names().get()).doesNotContain("first", "second");
        refused(() -> admin.deleteTopics(List.of("first")).all().get(), UnknownTopicOrPartitionException.class);
    }

    @Test
    void aProducerGoesOnWhenItsTopicIsDeletedAndMadeAgain() throws Exception {
        // Given
        create(topic("reborn", 2));
        Set<Uuid> ids = new HashSet<>();
        ids.add(describe("reborn").topicId());
        AtomicBoolean stop = new AtomicBoolean();
        AtomicInteger sent = new AtomicInteger();
        AtomicInteger sentToTheLast = new AtomicInteger();
        AtomicBoolean last = new AtomicBoolean();
        Thread producing = new Thread(() -> {
            try (Producer<byte[], byte[]> producer = producer(Map.of("enable.idempotence", "false", "acks", "1"))) {
                while (!stop.get()) {
                    try {
                        producer.send(new ProducerRecord<>("reborn", new byte[10]))
                                .get(30, TimeUnit.SECONDS);
                        (last.get() ? sentToTheLast : sent).incrementAndGet();
                    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
                        // the topic is away for a moment
                    } catch (InterruptedException e) {
                        return;
                    }
                }
            }
        });
        producing.start();
        await().atMost(Duration.ofSeconds(20)).until(() -> sent.get() > 10);

        // When
        for (int i = 0; i < 5; i++) {
            admin.deleteTopics(List.of("reborn")).all().get();
            try {
                create(topic("reborn", 2));
            } catch (ExecutionException e) {
                assertThat(e)
                        .as("the producer's question for it may make it first")
                        .hasCauseInstanceOf(TopicExistsException.class);
            }
            ids.add(describe("reborn").topicId());
        }
        last.set(true);
        await().atMost(Duration.ofSeconds(60)).until(() -> sentToTheLast.get() > 10);
        stop.set(true);
        producing.join(30_000);

        // Then
        assertThat(ids).as("each incarnation has an id of its own").hasSize(6);
    }

    private Producer<byte[], byte[]> producer(Map<String, Object> settings) {
        Map<String, Object> all = new HashMap<>(settings);
        all.put("bootstrap.servers", bootstrap());
        all.putIfAbsent("enable.idempotence", "false");
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void produce(String topic, byte[] value) throws Exception {
        try (Producer<byte[], byte[]> producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>(topic, value)).get(30, TimeUnit.SECONDS);
        }
    }

    @Test
    void ofABatchForACompactedTopicTheRecordWithoutAKeyIsNamed() throws Exception {
        // Given
        create(topic("compacted", 1).configs(Map.of("cleanup.policy", "compact")));
        try (Producer<byte[], byte[]> producer = producer(Map.of("linger.ms", "60000"))) {
            // When all three leave in one batch
            Future<RecordMetadata> first = producer.send(new ProducerRecord<>("compacted", new byte[1], new byte[1]));
            Future<RecordMetadata> keyless = producer.send(new ProducerRecord<>("compacted", new byte[1]));
            producer.flush();

            // Then only that one is blamed
            assertThatThrownBy(keyless::get)
                    .cause()
                    .isInstanceOf(InvalidRecordException.class)
                    .hasMessageContaining("key");
            assertThatThrownBy(first::get)
                    .cause()
                    .isInstanceOf(KafkaException.class)
                    .hasMessageContaining("part of a batch");
        }
    }

    /** Neither the first record of the batch nor the next batch: the record itself, found by looking at all of them. */
    @ParameterizedTest
    @ValueSource(strings = {"none", "lz4"})
    void offsetsByTimestampAreExactWithinBatches(String codec) throws Exception {
        // Given times that go up and down, in batches of many records
        String name = "times-" + codec;
        TopicPartition partition = new TopicPartition(name, 0);
        create(topic(name, 1));
        Random random = new Random(31);
        long began = InstantSource.system().millis() - 1_000_000;
        List<Long> times = new ArrayList<>();
        List<Future<RecordMetadata>> acks = new ArrayList<>();
        try (Producer<byte[], byte[]> producer = producer(Map.of("compression.type", codec, "linger.ms", "60000"))) {
            for (int i = 0; i < 500; i++) {
                times.add(began + i * 10L + random.nextInt(200));
                acks.add(producer.send(new ProducerRecord<>(name, 0, times.get(i), null, new byte[20])));
                if (random.nextInt(40) == 0) {
                    producer.flush();
                }
            }
            producer.flush();
            for (Future<RecordMetadata> ack : acks) {
                ack.get(30, TimeUnit.SECONDS);
            }
        }

        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap()), new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            for (int i = 0; i < 100; i++) {
                long wanted = began - 100 + random.nextInt(5_500);
                int expected = 0;
                while (expected < times.size() && times.get(expected) < wanted) {
                    expected++;
                }

                // When
                OffsetAndTimestamp found =
                        consumer.offsetsForTimes(Map.of(partition, wanted)).get(partition);

                // Then
                String where = "first at or after " + (wanted - began);
                if (expected == times.size()) {
                    assertThat(found).as(where).isNull();
                } else {
                    assertThat(found.offset()).as(where).isEqualTo(expected);
                    assertThat(found.timestamp()).as(where).isEqualTo(times.get(expected));
                }
            }
        }
    }

    @Test
    void aChangedTopicConfigurationActsAtOnce() throws Exception {
        // Given
        create(topic("strict", 1));
        produce("strict", new byte[5000]);

        // When
        alter(ConfigResource.Type.TOPIC, "strict", set("max.message.bytes", "1000"));

        // Then
        refused(() -> produce("strict", new byte[5000]), RecordTooLargeException.class);
        produce("strict", new byte[500]);

        // When
        alter(
                ConfigResource.Type.TOPIC,
                "strict",
                new AlterConfigOp(new ConfigEntry("max.message.bytes", ""), OpType.DELETE));

        // Then
        produce("strict", new byte[5000]);
    }

    @Test
    void aChangedDefaultOfAllBrokersActsAtOnceOnTopicsThatDoNotSayOtherwise() throws Exception {
        // Given
        create(topic("follows", 1), topic("own-mind", 1).configs(Map.of("max.message.bytes", "1048588")));

        // When
        alter(ConfigResource.Type.BROKER, "", set("message.max.bytes", "2000"));
        try {
            // Then
            assertThat(config(ConfigResource.Type.TOPIC, "follows").get("max.message.bytes"))
                    .satisfies(entry -> {
                        assertThat(entry.value()).isEqualTo("2000");
                        assertThat(entry.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_DEFAULT_BROKER_CONFIG);
                    });
            refused(() -> produce("follows", new byte[5000]), RecordTooLargeException.class);
            produce("own-mind", new byte[5000]);
        } finally {
            alter(
                    ConfigResource.Type.BROKER,
                    "",
                    new AlterConfigOp(new ConfigEntry("message.max.bytes", ""), OpType.DELETE));
        }
        produce("follows", new byte[5000]);
    }

    @Test
    void aTopicThatIsProducedToIsMadeWithTheDefaultNumberOfPartitions() throws Exception {
        produce("made-on-demand", new byte[10]);

        assertThat(describe("made-on-demand").partitions()).hasSize(4);
    }

    @Test
    void theBrokersOwnTopicStays() throws Exception {
        // Given
        admin.describeConsumerGroups(List.of("somebody")).describedGroups().get("somebody");
        await().atMost(Duration.ofSeconds(30)).until(() -> admin.listTopics(new ListTopicsOptions().listInternal(true))
                .names()
                .get()
                .contains("__consumer_offsets"));

        // Then
        assertThat(describe("__consumer_offsets").isInternal()).isTrue();
        assertThat(config(ConfigResource.Type.TOPIC, "__consumer_offsets")
                        .get("cleanup.policy")
                        .value())
                .isEqualTo("compact");
        refused(() -> admin.deleteTopics(List.of("__consumer_offsets")).all().get(), InvalidRequestException.class);
        refused(
                () -> admin.createPartitions(Map.of("__consumer_offsets", NewPartitions.increaseTo(60)))
                        .all()
                        .get(),
                InvalidPartitionsException.class);
    }

    @Test
    void aChangeOfOneBrokerWinsOverThatOfAll() throws Exception {
        create(topic("layered", 1));
        alter(ConfigResource.Type.BROKER, "", set("log.retention.ms", "7000000"));
        alter(ConfigResource.Type.BROKER, "1", set("log.retention.ms", "8000000"));
        try {
            ConfigEntry retention = config(ConfigResource.Type.TOPIC, "layered").get("retention.ms");
            assertThat(retention.value()).isEqualTo("8000000");
            assertThat(retention.source()).isEqualTo(ConfigEntry.ConfigSource.DYNAMIC_BROKER_CONFIG);
            assertThat(config(ConfigResource.Type.BROKER, "")
                            .get("log.retention.ms")
                            .value())
                    .isEqualTo("7000000");
        } finally {
            AlterConfigOp delete = new AlterConfigOp(new ConfigEntry("log.retention.ms", ""), OpType.DELETE);
            alter(ConfigResource.Type.BROKER, "", delete);
            alter(ConfigResource.Type.BROKER, "1", delete);
        }
    }

    @Test
    void listsAreAppendedToAndSubtractedFrom() throws Exception {
        create(topic("policy", 1));

        alter(
                ConfigResource.Type.TOPIC,
                "policy",
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "compact"), OpType.APPEND));
        assertThat(config(ConfigResource.Type.TOPIC, "policy")
                        .get("cleanup.policy")
                        .value())
                .isEqualTo("delete,compact");

        alter(
                ConfigResource.Type.TOPIC,
                "policy",
                new AlterConfigOp(new ConfigEntry("cleanup.policy", "delete"), OpType.SUBTRACT));
        assertThat(config(ConfigResource.Type.TOPIC, "policy")
                        .get("cleanup.policy")
                        .value())
                .isEqualTo("compact");
    }

    @Test
    void unknownKeysAreRefusedByName() throws Exception {
        create(topic("careful", 1));

        assertThatThrownBy(() -> alter(ConfigResource.Type.TOPIC, "careful", set("retention.msec", "5")))
                .hasMessageContaining("retention.msec: unknown key; did you mean retention.ms?");
    }

    @Test
    void everythingThatWasReadMayBeWrittenBack() throws Exception {
        // Given
        create(topic("read-modify-write", 1));
        Collection<ConfigEntry> entries = new ArrayList<>(
                config(ConfigResource.Type.TOPIC, "read-modify-write").entries());
        assertThat(entries).hasSize(33);
        entries.removeIf(entry -> entry.name().equals("retention.ms"));
        entries.add(new ConfigEntry("retention.ms", "12345"));
        List<AlterConfigOp> ops = entries.stream()
                .map(entry -> new AlterConfigOp(entry, OpType.SET))
                .toList();

        // When
        alter(ConfigResource.Type.TOPIC, "read-modify-write", ops.toArray(AlterConfigOp[]::new));

        // Then
        assertThat(config(ConfigResource.Type.TOPIC, "read-modify-write")
                        .get("retention.ms")
                        .value())
                .isEqualTo("12345");
    }

    @Test
    void everyKeyOfABrokerIsTold() throws Exception {
        Config config = config(ConfigResource.Type.BROKER, "1");

        assertThat(config.get("num.partitions").value()).isEqualTo("4");
        assertThat(config.get("num.partitions").source()).isEqualTo(ConfigEntry.ConfigSource.STATIC_BROKER_CONFIG);
        assertThat(config.entries()).hasSizeGreaterThan(340);
        assertThat(admin.listConfigResources().all().get())
                .contains(new ConfigResource(ConfigResource.Type.BROKER, "1"));
    }
}
