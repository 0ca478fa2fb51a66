/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A partition that remembers one producer only, and two that write to it in turn: each time the other one is forgotten. The client must
 * begin a new epoch by itself, and every record must be there once and in order.
 */
class ForgottenProducerIT {
    private static final TopicPartition PARTITION = new TopicPartition("in-turn", 0);
    private static final int TURNS = 20;
    private static final int RECORDS = 5;

    @Test
    @Timeout(120)
    void producersThatForgetEachOtherLoseAndRepeatNothing(@TempDir Path data) throws Exception {
        // Given
        try (SluiceBroker broker = SluiceBroker.builder()
                        .dataDirectory(data)
                        .config("sluice.producers.max.per.partition", "1")
                        .start();
                var first = producer(broker);
                var second = producer(broker)) {
            List<String> sent = new ArrayList<>();

            // When
            for (int turn = 0; turn < TURNS; turn++) {
                KafkaProducer<String, String> producer = turn % 2 == 0 ? first : second;
                List<Future<RecordMetadata>> answers = new ArrayList<>();
                for (int i = 0; i < RECORDS; i++) {
                    String value = turn + "-" + i;
                    answers.add(producer.send(new ProducerRecord<>(PARTITION.topic(), 0, "k", value)));
                    sent.add(value);
                }
                for (Future<RecordMetadata> answer : answers) {
                    answer.get(60, TimeUnit.SECONDS);
                }
            }

            // Then
            assertThat(received(broker, sent.size())).isEqualTo(sent);
        }
    }

    private static List<String> received(SluiceBroker broker, int expected) {
        List<String> received = new ArrayList<>();
        try (var consumer = new KafkaConsumer<>(
                Map.<String, Object>of("bootstrap.servers", broker.bootstrap(), "auto.offset.reset", "earliest"),
                new StringDeserializer(),
                new StringDeserializer())) {
            consumer.assign(List.of(PARTITION));
            long end = consumer.endOffsets(List.of(PARTITION)).get(PARTITION);
            assertThat(end).as("end offset").isEqualTo(expected);
            while (consumer.position(PARTITION) < end) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofSeconds(1))) {
                    received.add(record.value());
                }
            }
        }
        return received;
    }

    /** One record a batch and several in flight, so that the client has something to put in order again. */
    private static KafkaProducer<String, String> producer(SluiceBroker broker) {
        return new KafkaProducer<>(
                Map.of(
                        "bootstrap.servers",
                        broker.bootstrap(),
                        "acks",
                        "all",
                        "batch.size",
                        0,
                        "delivery.timeout.ms",
                        60_000),
                new StringSerializer(),
                new StringSerializer());
    }
}
