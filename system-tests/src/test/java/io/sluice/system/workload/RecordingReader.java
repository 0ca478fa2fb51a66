/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import io.sluice.system.checker.Event;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads all partitions from the beginning on. There is always something at its position, so it must never be told that there is not. */
final class RecordingReader extends Client {
    private final String name;
    private final Workload.Options options;
    private final Recorder recorder;
    private final Map<TopicPartition, Long> positions = new ConcurrentHashMap<>();

    RecordingReader(String name, Workload.Options options, Recorder recorder) {
        super(name);
        this.name = name;
        this.options = options;
        this.recorder = recorder;
        options.partitions().forEach(partition -> positions.put(partition, 0L));
    }

    /** The offset that it reads next. */
    long position(TopicPartition partition) {
        return positions.get(partition);
    }

    @Override
    void run() {
        while (!isStopping()) {
            try (var consumer = new KafkaConsumer<>(
                    Map.<String, Object>of(
                            "bootstrap.servers", options.bootstrap(), "client.id", name, "auto.offset.reset", "none"),
                    new ByteArrayDeserializer(),
                    new ByteArrayDeserializer())) {
                read(consumer);
            } catch (KafkaException e) {
                if (!isStopping()) {
                    recorder.error(name, e);
                }
            }
        }
    }

    private void read(KafkaConsumer<byte[], byte[]> consumer) {
        consumer.assign(options.partitions());
        positions.forEach((partition, position) -> {
            consumer.seek(partition, position);
            recorder.add(new Event.Positioned(recorder.now(), name, "", partition.toString(), position));
        });
        while (!isStopping()) {
            ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofMillis(100));
            recorder.polled(name, "", records);
            records.forEach(one -> positions.put(new TopicPartition(one.topic(), one.partition()), one.offset() + 1));
        }
    }
}
