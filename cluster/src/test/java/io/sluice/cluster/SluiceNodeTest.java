/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.Controller.ConfigChange;
import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.ConfigResult;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.cluster.metadata.Controller.ResourceType;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.MetadataCodec;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.cluster.sharding.EntityIds;
import io.sluice.cluster.sharding.PartitionFolders;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogSlice;
import io.sluice.log.LogView;
import io.sluice.log.batch.BatchBuilder;
import io.sluice.log.batch.Record;
import io.sluice.log.batch.Records;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SluiceNodeTest {
    @TempDir
    Path data;

    @Test
    void servesATopicAndRemembersItAfterARestart() throws Exception {
        // Given
        SluiceNode node = start(data);
        TopicResult topic = create(node, "orders", 3);
        assertThat(append(node.leader(topic.id(), 1), "hello", "world"))
                .isInstanceOfSatisfying(AppendResult.Appended.class, appended -> {
                    assertThat(appended.baseOffset()).isZero();
                    assertThat(appended.lastOffset()).isEqualTo(1);
                });
        await(node.stop());

        // When
        SluiceNode again = start(data);

        // Then
        assertThat(again.metadata().topic("orders"))
                .hasValueSatisfying(known -> assertThat(known.id()).isEqualTo(topic.id()));
        PartitionHandle leader = again.leader(topic.id(), 1);
        assertThat(leader.leaderEpoch()).isEqualTo(1);
        assertThat(values(leader)).containsExactly("hello", "world");
        await(again.stop());
    }

    @Test
    void aTopicMadeAgainUnderItsNameStartsEmptyWhileProducersAreBusy() throws Exception {
        // Given: producers that look the leader up again whenever they are refused
        SluiceNode node = start(data);
        create(node, "orders", 2);
        AtomicBoolean go = new AtomicBoolean(true);
        AtomicReference<Throwable> unexpected = new AtomicReference<>();
        ExecutorService producers = Executors.newFixedThreadPool(2);
        for (int i = 0; i < 2; i++) {
            int partition = i;
            producers.execute(() -> {
                while (go.get()) {
                    try {
                        appendToNewest(node, "orders", partition);
                    } catch (Exception | AssertionError failure) {
                        unexpected.compareAndSet(null, failure);
                        return;
                    }
                }
            });
        }

        // When
        List<UUID> ids = new ArrayList<>();
        for (int round = 0; round < 10; round++) {
            UUID id = node.metadata().topic("orders").orElseThrow().id();
            ids.add(id);
            List<TopicResult> deleted = await(node.controller().deleteTopics(List.of(id), 10_000));
            assertThat(deleted.get(0).error()).isEqualTo(ErrorCode.NONE);
            assertThat(node.leader(id, 0)).as("round %s", round).isNull();
            create(node, "orders", 2);
        }

        // Then
        go.set(false);
        producers.shutdown();
        assertThat(producers.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        assertThat(unexpected.get()).isNull();
        assertThat(ids).doesNotHaveDuplicates();
        UUID last = node.metadata().topic("orders").orElseThrow().id();
        Awaitility.await().untilAsserted(() -> assertThat(folders("orders"))
                .as("only the folders of the topic that is there")
                .allMatch(folder -> folder.endsWith(PartitionFolders.text(last))));
        await(node.stop());
    }

    @Test
    void readersThatWaitAreWokenWhenTheTopicIsDeleted() throws Exception {
        // Given
        SluiceNode node = start(data);
        TopicResult topic = create(node, "orders", 1);
        CompletableFuture<TopicPartition> woken = new CompletableFuture<>();
        PartitionHandle leader = node.leader(topic.id(), 0);
        leader.await(woken::complete, 0, LogView.Bound.HIGH_WATERMARK);

        // When
        await(node.controller().deleteTopics(List.of(topic.id()), 10_000));

        // Then
        assertThat(await(woken).topic()).isEqualTo("orders");
        assertThat(append(leader, "late"))
                .isInstanceOfSatisfying(AppendResult.Rejected.class, rejected -> assertThat(rejected.error())
                        .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        await(node.stop());
    }

    @Test
    void foldersOfTopicsThatWereDeletedWhileTheNodeWasDownAreRemoved() throws Exception {
        // Given
        SluiceNode node = start(data);
        TopicResult kept = create(node, "kept", 1);
        append(node.leader(kept.id(), 0), "a");
        await(node.stop());
        Path orphan = Files.createDirectories(new PartitionFolders(data).folder("gone", new UUID(5, 5), 0));
        Files.writeString(orphan.resolve("00000000000000000000.log"), "");

        // When
        SluiceNode again = start(data);

        // Then
        Awaitility.await().untilAsserted(() -> assertThat(orphan.getParent()).doesNotExist());
        assertThat(values(again.leader(kept.id(), 0))).containsExactly("a");
        await(again.stop());
    }

    @Test
    void aDamagedPartitionIsOfflineAndTheOthersServe() throws Exception {
        // Given
        SluiceNode node = start(data);
        TopicResult topic = create(node, "orders", 2);
        append(node.leader(topic.id(), 0), "a", "b");
        append(node.leader(topic.id(), 0), "c");
        append(node.leader(topic.id(), 1), "d");
        await(node.stop());
        damage(new PartitionFolders(data).folder("orders", topic.id(), 0));

        // When
        SluiceNode again = start(data);

        // Then
        assertThat(again.leader(topic.id(), 0)).isNull();
        assertThat(again.leadership(topic.id(), 0)).isEqualTo(Node.Leadership.NONE);
        assertThat(values(again.leader(topic.id(), 1))).containsExactly("d");
        await(again.stop());
    }

    @Test
    void aSecondNodeOnTheSameDirectoryIsRefusedInOneLine() throws Exception {
        // Given
        SluiceNode node = start(data);

        // When, then
        assertThatThrownBy(() -> start(data))
                .hasRootCauseInstanceOf(StartupException.class)
                .rootCause()
                .hasMessageContaining("is in use by another node");
        await(node.stop());
    }

    @Test
    void aPortInUseIsRefusedInOneLineAndTheDirectoryIsFreeAgain() throws Exception {
        // Given
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            NodeOptions options =
                    NodeOptions.of(BrokerSettings.defaults(), data).withAkka("127.0.0.1", taken.getLocalPort());

            // When, then
            assertThatThrownBy(() -> await(SluiceNode.start(options)))
                    .cause()
                    .isInstanceOf(StartupException.class)
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("in use");
        }
        await(start(data).stop());
    }

    @Test
    void metadataOfANewerProgramIsRefusedInOneLine() throws Exception {
        // Given: a record of a version that does not exist yet, behind the others
        SluiceNode node = start(data);
        PartitionHandle metadata = node.leader(EntityIds.METADATA_TOPIC_ID, 0);
        byte[] newer = MetadataCodec.encode(new MetadataRecord.ProducerIdsAllocated(5));
        newer[2] = 100;
        CompletableFuture<AppendResult> written = new CompletableFuture<>();
        metadata.append(
                BatchBuilder.create().add(0, null, newer).build(),
                AppendOrigin.COORDINATOR,
                (short) -1,
                1_000,
                written::complete);
        await(written);
        await(node.stop());

        // When, then
        assertThatThrownBy(() -> start(data))
                .cause()
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("PRODUCER_IDS_ALLOCATED has version 100");
    }

    @Test
    void aStoppedNodeLeavesNoThreadAndNoPort() throws Exception {
        // Given
        SluiceNode node = start(data);
        create(node, "orders", 3);
        String address = node.akkaAddress();
        int port = Integer.parseInt(address.substring(address.indexOf(':') + 1));

        assertThat(node.whenStopped().toCompletableFuture()).isNotDone();

        // When
        await(node.stop());
        await(node.stop());

        // Then
        await(node.whenStopped());
        Awaitility.await().untilAsserted(() -> assertThat(threadsOfNodes()).isEmpty());
        new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }

    @Test
    void manyNodesRunInOneJvm() throws Exception {
        // When
        List<SluiceNode> nodes = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            nodes.add(start(data.resolve("node" + i)));
        }

        // Then
        for (SluiceNode node : nodes) {
            create(node, "same-name", 1);
        }
        assertThat(nodes.stream().map(node -> node.metadata().clusterId()).distinct())
                .hasSize(3);
        for (SluiceNode node : nodes) {
            await(node.stop());
        }
    }

    @Test
    void aChangedTopicConfigurationActsAtOnce() throws Exception {
        // Given
        SluiceNode node = start(data);
        TopicResult topic = create(node, "orders", 1);
        PartitionHandle leader = node.leader(topic.id(), 0);
        assertThat(append(leader, "x".repeat(500))).isInstanceOf(AppendResult.Appended.class);

        // When
        List<ConfigResult> changed = await(node.controller()
                .alterConfigs(
                        List.of(new ConfigChange(
                                ResourceType.TOPIC,
                                "orders",
                                false,
                                List.of(new ConfigOp("max.message.bytes", Operation.SET, "200")))),
                        false));

        // Then
        assertThat(changed.get(0).error()).as(changed.toString()).isEqualTo(ErrorCode.NONE);
        assertThat(append(leader, "x".repeat(500)))
                .isInstanceOfSatisfying(AppendResult.Rejected.class, rejected -> assertThat(rejected.error())
                        .isEqualTo(ErrorCode.MESSAGE_TOO_LARGE));
        await(node.stop());
    }

    @Test
    void aTopicGrowsAndTheNewPartitionsServe() throws Exception {
        // Given
        SluiceNode node = start(data);
        TopicResult topic = create(node, "orders", 1);

        // When
        List<TopicResult> grown = await(
                node.controller().createPartitions(List.of(new NewPartitions("orders", 3, List.of())), false, 10_000));

        // Then
        assertThat(grown.get(0).error()).isEqualTo(ErrorCode.NONE);
        assertThat(append(node.leader(topic.id(), 2), "x")).isInstanceOf(AppendResult.Appended.class);
        await(node.stop());
    }

    @Test
    void producerIdBlocksGoOnAfterARestart() throws Exception {
        // Given
        SluiceNode node = start(data);
        assertThat(await(node.controller().allocateProducerIds(1_000))).isZero();
        await(node.stop());

        // When
        SluiceNode again = start(data);

        // Then
        assertThat(await(again.controller().allocateProducerIds(1_000))).isEqualTo(1_000);
        await(again.stop());
    }

    @Test
    void theAdvertisedAddressIsInTheMetadata() throws Exception {
        // Given
        SluiceNode node = start(data);

        // When
        await(node.advertise("broker.example", 12_345));

        // Then
        assertThat(node.metadata().brokers().get(1))
                .satisfies(broker -> assertThat(broker.host()).isEqualTo("broker.example"))
                .satisfies(broker -> assertThat(broker.port()).isEqualTo(12_345));
        assertThat(node.controllerId()).isEqualTo(1);
        await(node.stop());
    }

    @Test
    void requestsAtOnceDoNotMakeMorePartitionsThanThereMayBe() throws Exception {
        // Given
        BrokerSettings settings = BrokerSettings.parse(Map.of("sluice.partitions.max", "10"));
        SluiceNode node = await(SluiceNode.start(NodeOptions.of(settings, data)));

        // When
        List<CompletionStage<List<TopicResult>>> answers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            NewTopic topic = new NewTopic("topic" + i, 2, (short) 1, List.of(), Map.of());
            answers.add(node.controller().createTopics(List.of(topic), false, 30_000));
        }
        List<ErrorCode> errors = new ArrayList<>();
        for (CompletionStage<List<TopicResult>> answer : answers) {
            errors.add(await(answer).get(0).error());
        }

        // Then
        assertThat(errors).filteredOn(error -> error == ErrorCode.NONE).hasSize(5);
        assertThat(errors)
                .filteredOn(error -> error == ErrorCode.INVALID_PARTITIONS)
                .hasSize(15);
        assertThat(node.metadata().topics()).hasSize(5);
        await(node.stop());
    }

    @Test
    void withLogFlushAlwaysEveryWriteIsOnDiskBeforeItIsAcknowledged() throws Exception {
        // Given
        SimpleMeterRegistry meters = new SimpleMeterRegistry();
        BrokerSettings settings = BrokerSettings.parse(Map.of("log.flush", "always"));
        SluiceNode node = await(SluiceNode.start(NodeOptions.of(settings, data).withMetrics(meters)));
        PartitionHandle orders = node.leader(create(node, "orders", 1).id(), 0);
        double writesBefore = count(meters, "sluice.partition.writes");
        double forcesBefore = count(meters, "sluice.log.forces");

        // When many wait at once
        List<CompletableFuture<AppendResult>> answers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            CompletableFuture<AppendResult> answer = new CompletableFuture<>();
            answers.add(answer);
            ByteBuffer batch =
                    BatchBuilder.create().add(1_000, null, new byte[100]).build();
            orders.append(batch, AppendOrigin.CLIENT, (short) -1, 10_000, answer::complete);
        }
        for (CompletableFuture<AppendResult> answer : answers) {
            assertThat(await(answer)).isInstanceOf(AppendResult.Appended.class);
        }

        // Then each gathering write was forced, once
        double writes = count(meters, "sluice.partition.writes") - writesBefore;
        assertThat(count(meters, "sluice.log.forces") - forcesBefore).isEqualTo(writes);
        assertThat(writes).isBetween(1.0, 200.0);
        await(node.stop());
    }

    private static double count(SimpleMeterRegistry meters, String name) {
        return meters.get(name).functionCounter().count();
    }

    static SluiceNode start(Path data) throws Exception {
        return await(SluiceNode.start(NodeOptions.of(BrokerSettings.defaults(), data)));
    }

    static TopicResult create(SluiceNode node, String name, int partitions) throws Exception {
        List<TopicResult> results = await(node.controller()
                .createTopics(List.of(new NewTopic(name, partitions, (short) 1, List.of(), Map.of())), false, 30_000));
        assertThat(results).hasSize(1);
        assertThat(results.get(0).error()).as(results.toString()).isEqualTo(ErrorCode.NONE);
        return results.get(0);
    }

    static AppendResult append(PartitionHandle leader, String... values) throws Exception {
        BatchBuilder batch = BatchBuilder.create();
        for (String value : values) {
            batch = batch.add(1_000, null, value.getBytes(StandardCharsets.UTF_8));
        }
        CompletableFuture<AppendResult> result = new CompletableFuture<>();
        leader.append(batch.build(), AppendOrigin.CLIENT, (short) -1, 10_000, result::complete);
        return await(result);
    }

    static List<String> values(PartitionHandle leader) throws Exception {
        List<String> values = new ArrayList<>();
        LogView view = leader.view();
        LogSlice slice = view.read(view.logStartOffset(), 1 << 20, true, LogView.Bound.HIGH_WATERMARK);
        for (Record record : Records.in(slice.copy())) {
            values.add(StandardCharsets.UTF_8.decode(record.value()).toString());
        }
        slice.release();
        return values;
    }

    static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static void appendToNewest(SluiceNode node, String name, int partition) throws Exception {
        MetadataImage.TopicInfo topic = node.metadata().topic(name).orElse(null);
        PartitionHandle leader = topic == null ? null : node.leader(topic.id(), partition);
        if (leader == null) {
            Thread.onSpinWait();
            return;
        }
        AppendResult result = append(leader, "x");
        if (result instanceof AppendResult.Rejected rejected) {
            assertThat(rejected.error()).as(rejected.message()).isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER);
        }
    }

    private List<String> folders(String topic) throws IOException {
        Path folder = data.resolve("topics").resolve(topic);
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(path -> path.getFileName().toString()).toList();
        }
    }

    /** Turns a bit in the middle of the first batch and takes the clean-stop marker's word away. */
    private static void damage(Path folder) throws IOException {
        Path log = folder.resolve("00000000000000000000.log");
        byte[] content = Files.readAllBytes(log);
        content[70] ^= 1;
        Files.write(log, content);
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : (Iterable<Path>) files::iterator) {
                if (!file.equals(log)) {
                    Files.delete(file);
                }
            }
        }
    }

    private static List<String> threadsOfNodes() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("sluice"))
                .toList();
    }
}
