/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sluice.system.checker.Event;
import io.sluice.system.checker.HistoryChecker;
import io.sluice.system.checker.Verdict;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.RangeAssignor;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Producers (acks=all, idempotent; all but one so patient that no send may fail), readers of everything, and two groups that commit, on a topic
 * of their own. When all trouble has ended, {@link #finish} reads everything back and checks what was told.
 */
public final class Workload implements AutoCloseable {
    private static final Duration DRAINED_WITHIN = Duration.ofSeconds(60);
    private static final int TROUBLE_SHOWN = 20;
    private static final int RECORDS_A_SECOND = 100;

    /** Groups, and how they share their partitions: one all at once, one little by little. */
    private static final Map<String, Class<?>> GROUPS =
            Map.of("g1", RangeAssignor.class, "g2", CooperativeStickyAssignor.class);

    /**
     * @param replication how many replicas the topic has
     * @param minInsync how many of them must have an acknowledged record
     * @param seed of all that clients do at random
     */
    public record Options(
            String bootstrap, String topic, int partitionCount, int replication, int minInsync, long seed) {
        List<String> topics() {
            return List.of(topic);
        }

        List<TopicPartition> partitions() {
            return IntStream.range(0, partitionCount)
                    .mapToObj(p -> new TopicPartition(topic, p))
                    .toList();
        }
    }

    private final Options options;
    private final Recorder recorder = new Recorder();
    private final List<RecordingProducer> producers = new ArrayList<>();
    private final List<RecordingReader> readers = new ArrayList<>();
    private final List<RecordingMember> members = new ArrayList<>();

    private Workload(Options options) {
        this.options = options;
        for (int i = 1; i <= 3; i++) {
            producers.add(new RecordingProducer(
                    "p" + i, options, recorder, i > 1, RECORDS_A_SECOND, options.seed() * 31 + i));
        }
        for (int i = 1; i <= 2; i++) {
            readers.add(new RecordingReader("r" + i, options, recorder));
        }
        GROUPS.forEach((group, assignor) -> {
            for (int i = 1; i <= 2; i++) {
                members.add(new RecordingMember(
                        group + "m" + i, group, assignor, options, recorder, options.seed() * 37 + members.size()));
            }
        });
    }

    /** Makes the topic and starts all clients. */
    public static Workload start(Options options) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", options.bootstrap()))) {
            var topic = new NewTopic(options.topic(), options.partitionCount(), (short) options.replication())
                    .configs(Map.of("min.insync.replicas", Integer.toString(options.minInsync())));
            admin.createTopics(List.of(topic)).all().get();
        }
        var workload = new Workload(options);
        workload.clients().forEach(Client::start);
        return workload;
    }

    /** The consumer groups. */
    public List<String> groups() {
        return GROUPS.keySet().stream().sorted().toList();
    }

    /** Notes trouble in the history. */
    public void note(String trouble) {
        recorder.add(new Event.Trouble(recorder.now(), trouble));
    }

    /** Waits until every partition has acknowledged something new: it is there again. */
    public void awaitProgress(Duration within) {
        Map<TopicPartition, Long> before = new HashMap<>();
        options.partitions().forEach(partition -> before.put(partition, recorder.acknowledgedIn(partition)));
        await("every partition acknowledges")
                .atMost(within)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> {
                    assertNoErrors();
                    before.forEach((partition, count) -> assertThat(recorder.acknowledgedIn(partition))
                            .as("acknowledged in %s", partition)
                            .isGreaterThan(count));
                });
    }

    /** Waits until every group has committed something new. */
    public void awaitCommits(Duration within) {
        for (String group : groups()) {
            long before = recorder.commits(group);
            await("group " + group + " commits").atMost(within).untilAsserted(() -> assertThat(recorder.commits(group))
                    .as("commits of group %s; %s", group, recentTrouble())
                    .isGreaterThan(before));
        }
    }

    private String recentTrouble() {
        List<String> trouble = recorder.history().events().stream()
                .filter(event -> event instanceof Event.Trouble)
                .map(event -> Event.seconds(event.at()) + " " + event)
                .toList();
        return String.join("\n", trouble.subList(Math.max(0, trouble.size() - TROUBLE_SHOWN), trouble.size()));
    }

    /** The longest time without an acknowledgement in any partition since this was asked last. */
    public Gap takeLongestGap() {
        return recorder.takeLongestGap();
    }

    /** Fails if a client was told something that it may not be told. */
    public void assertNoErrors() {
        assertThat(recorder.errors()).as("errors that no client may be shown").isEmpty();
    }

    /** Sends that failed so far, those of the impatient producer too. */
    public long failedSends() {
        return recorder.failedSends();
    }

    /** Lets everything come to rest, reads all of it back, and checks it. All nodes must run. */
    public Verdict finish() throws InterruptedException, ExecutionException {
        for (RecordingProducer producer : producers) {
            producer.stop();
        }
        assertNoErrors();
        readBack();
        for (Client client : clients()) {
            client.stop();
        }
        assertNoErrors();
        return HistoryChecker.check(recorder.history().events());
    }

    private void readBack() throws ExecutionException, InterruptedException {
        Map<String, Object> config =
                Map.of("bootstrap.servers", options.bootstrap(), "auto.offset.reset", "none", "check.crcs", true);
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            Map<TopicPartition, Long> ends = consumer.endOffsets(options.partitions());
            awaitReaders(ends);
            awaitGroups(ends);
            for (Map.Entry<TopicPartition, Long> one : ends.entrySet()) {
                readBack(consumer, one.getKey(), one.getValue());
            }
        }
    }

    private void readBack(KafkaConsumer<byte[], byte[]> consumer, TopicPartition partition, long end) {
        consumer.assign(List.of(partition));
        consumer.seekToBeginning(List.of(partition));
        var entries = new ArrayList<Event.Entry>();
        long deadline = System.nanoTime() + DRAINED_WITHIN.toNanos();
        while (consumer.position(partition) < end) {
            assertThat(System.nanoTime())
                    .as("read back %s up to %d, is at %d", partition, end, consumer.position(partition))
                    .isLessThan(deadline);
            entries.addAll(
                    Recorder.entries(consumer.poll(Duration.ofMillis(500)).records(partition)));
        }
        recorder.add(new Event.ReadBack(recorder.now(), partition.toString(), entries));
    }

    private void awaitReaders(Map<TopicPartition, Long> ends) {
        await("readers reach the end").atMost(DRAINED_WITHIN).untilAsserted(() -> {
            for (RecordingReader reader : readers) {
                ends.forEach((partition, end) -> assertThat(reader.position(partition))
                        .as("position of %s in %s", reader, partition)
                        .isGreaterThanOrEqualTo(end));
            }
        });
    }

    private void awaitGroups(Map<TopicPartition, Long> ends) {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", options.bootstrap()))) {
            for (String group : groups()) {
                await("group " + group + " commits the end")
                        .atMost(DRAINED_WITHIN)
                        .ignoreExceptionsInstanceOf(ExecutionException.class)
                        .untilAsserted(() -> assertThat(committed(admin, group)).isEqualTo(ends));
            }
        }
    }

    private Map<TopicPartition, Long> committed(Admin admin, String group)
            throws ExecutionException, InterruptedException {
        long from = recorder.now();
        var offsets = admin.listConsumerGroupOffsets(group)
                .partitionsToOffsetAndMetadata()
                .get();
        long at = recorder.now();
        var committed = new HashMap<TopicPartition, Long>();
        offsets.forEach((partition, offset) -> {
            if (offset != null) {
                committed.put(partition, offset.offset());
                recorder.add(new Event.CommitRead(from, at, "admin", group, partition.toString(), offset.offset()));
            }
        });
        return committed;
    }

    private List<Client> clients() {
        return Stream.of(producers, readers, members)
                .flatMap(List::stream)
                .map(Client.class::cast)
                .toList();
    }

    /** Ends all clients that still run, at once. */
    @Override
    public void close() {
        for (Client client : clients()) {
            client.abandon();
        }
    }
}
