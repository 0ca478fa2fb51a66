/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.system.broker.SluiceProcess;
import io.sluice.system.broker.SmallDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.serialization.IntegerDeserializer;
import org.apache.kafka.common.serialization.IntegerSerializer;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The disk runs full: writers and groups are told to try again, readers go on, and writing resumes by itself once there is room. */
@Tag("process")
class DiskFullIT {
    private static final int DISK_MIB = 96;
    private static final long ROOM_LEFT = 4 << 20;
    private static final int FIRST = 10;
    private static final int AFTER = 50;
    private static final String VALUE = "v".repeat(100_000);
    private static final TopicPartition PARTITION = new TopicPartition("small-disk", 0);

    @Test
    @Timeout(150)
    void producersAreToldToRetryConsumersGoOnAndWritingResumes(@TempDir Path data) throws Exception {
        try (SluiceProcess sluice = SluiceProcess.in(data).onSmallDisk(DISK_MIB).start()) {
            SmallDisk disk = SmallDisk.of(sluice, data);
            createTopic(sluice.bootstrap());
            try (var impatient = producer(sluice.bootstrap(), Map.of("enable.idempotence", false, "retries", 0));
                    var patient = producer(sluice.bootstrap(), Map.of("delivery.timeout.ms", 100_000));
                    var consumer = consumer(sluice.bootstrap())) {
                // Given a producer that knows its topic, and a disk with little room left
                var written = new ArrayList<Integer>();
                for (int key = 0; key < FIRST; key++) {
                    impatient.send(record(key)).get();
                    written.add(key);
                }
                disk.takeAllBut(ROOM_LEFT);

                // When producers write on until there is none
                Throwable error = writeUntilRefused(impatient, written);
                var waiting = patient.send(record(-1));

                // Then one is told to retry, the other does so, and all that was acknowledged can be read
                assertThat(error)
                        .as("after %d records; the broker said:%n%s", written.size(), sluice.output())
                        .isInstanceOf(RetriableException.class);
                assertThatThrownBy(() -> waiting.get(2, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
                List<Integer> read = readUntil(consumer, written.get(written.size() - 1));
                assertThat(read).containsSubsequence(written).doesNotHaveDuplicates();

                // and when there is room again, what waits gets through by itself
                disk.giveBack();
                waiting.get(60, TimeUnit.SECONDS);
                for (int key = 1_000_000; key < 1_000_000 + AFTER; key++) {
                    patient.send(record(key)).get();
                    written.add(key);
                }
                read.addAll(readUntil(consumer, 1_000_000 + AFTER - 1));
                assertThat(read).containsSubsequence(written).contains(-1).doesNotHaveDuplicates();
            }
            assertThat(sluice.stop())
                    .as("exit code; the broker said:%n%s", sluice.output())
                    .isIn(0, 128 + 15);
        }
    }

    @Test
    @Timeout(150)
    void groupsAreToldToRetryAndCommitAgainByThemselves(@TempDir Path data) throws Exception {
        try (SluiceProcess sluice = SluiceProcess.in(data).onSmallDisk(DISK_MIB).start()) {
            SmallDisk disk = SmallDisk.of(sluice, data);
            createTopic(sluice.bootstrap());
            try (var member = member(sluice.bootstrap())) {
                // Given a member of a group that has committed once, and a disk without any room
                while (member.assignment().isEmpty()) {
                    member.poll(Duration.ofMillis(100));
                }
                member.commitSync(Map.of(PARTITION, new OffsetAndMetadata(1)));
                String memberId = member.groupMetadata().memberId();
                disk.takeAllBut(0);

                // When it commits until there is none
                Throwable error = commitUntilRefused(member);

                // Then it is told to try again
                assertThat(error)
                        .as("the broker said:%n%s", sluice.output())
                        .isInstanceOfAny(
                                RetriableException.class, org.apache.kafka.common.errors.TimeoutException.class);

                // and when there is room again the same member commits
                disk.giveBack();
                member.commitSync(Map.of(PARTITION, new OffsetAndMetadata(1_000_000)), Duration.ofSeconds(60));
                assertThat(committed(sluice.bootstrap(), member.groupMetadata().groupId()))
                        .isEqualTo(1_000_000);
                assertThat(member.groupMetadata().memberId()).isEqualTo(memberId);
            }
            sluice.stop();
        }
    }

    /** Each commit waits a second for its retries; its text fills what is left of the disk's last page. */
    private static Throwable commitUntilRefused(KafkaConsumer<Integer, String> member) {
        String text = "m".repeat(4_000);
        for (int offset = 2; offset < 10_000; offset++) {
            try {
                member.commitSync(Map.of(PARTITION, new OffsetAndMetadata(offset, text)), Duration.ofSeconds(2));
            } catch (KafkaException e) {
                return e;
            }
        }
        throw new AssertionError("the disk never got full");
    }

    private static KafkaConsumer<Integer, String> member(String bootstrap) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers",
                bootstrap,
                "group.id",
                "small-disk-readers",
                "enable.auto.commit",
                false,
                "auto.offset.reset",
                "earliest");
        var consumer = new KafkaConsumer<>(config, new IntegerDeserializer(), new StringDeserializer());
        consumer.subscribe(List.of(PARTITION.topic()));
        return consumer;
    }

    private static Throwable writeUntilRefused(KafkaProducer<Integer, String> producer, List<Integer> written)
            throws InterruptedException {
        for (int key = written.size(); key < 1_000; key++) {
            try {
                producer.send(record(key)).get();
                written.add(key);
            } catch (ExecutionException e) {
                return e.getCause();
            }
        }
        throw new AssertionError("the disk never got full");
    }

    private static List<Integer> readUntil(KafkaConsumer<Integer, String> consumer, int lastKey) {
        var keys = new ArrayList<Integer>();
        while (keys.isEmpty() || keys.get(keys.size() - 1) != lastKey) {
            var records = consumer.poll(Duration.ofSeconds(20));
            assertThat(records)
                    .as("records after %s, until key %d", keys, lastKey)
                    .isNotEmpty();
            records.forEach(r -> {
                assertThat(r.value()).isEqualTo(VALUE);
                keys.add(r.key());
            });
        }
        return keys;
    }

    private static ProducerRecord<Integer, String> record(int key) {
        return new ProducerRecord<>(PARTITION.topic(), PARTITION.partition(), key, VALUE);
    }

    private static KafkaProducer<Integer, String> producer(String bootstrap, Map<String, Object> more) {
        Map<String, Object> config = new HashMap<>(more);
        config.put("bootstrap.servers", bootstrap);
        config.put("acks", "all");
        config.put("request.timeout.ms", 10_000);
        return new KafkaProducer<>(config, new IntegerSerializer(), new StringSerializer());
    }

    private static KafkaConsumer<Integer, String> consumer(String bootstrap) {
        Map<String, Object> config = Map.of("bootstrap.servers", bootstrap, "auto.offset.reset", "earliest");
        var consumer = new KafkaConsumer<>(config, new IntegerDeserializer(), new StringDeserializer());
        consumer.assign(List.of(PARTITION));
        return consumer;
    }

    /** Not as the member sees it: a consumer may take for it the late answer to what it has asked when it began. */
    private static long committed(String bootstrap, String group) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            return admin.listConsumerGroupOffsets(group)
                    .partitionsToOffsetAndMetadata()
                    .get()
                    .get(PARTITION)
                    .offset();
        }
    }

    private static void createTopic(String bootstrap) throws InterruptedException, ExecutionException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(PARTITION.topic(), 1, (short) 1)))
                    .all()
                    .get();
        }
    }
}
