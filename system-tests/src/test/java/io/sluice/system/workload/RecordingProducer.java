/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import io.sluice.system.checker.Event;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * An idempotent producer with acks=all on a thread of its own. Each record has a value of its own, {@code NAME.LIFE-NUMBER}; a life ends when the
 * producer is in an error from which it can't go on.
 */
final class RecordingProducer extends Client {
    private static final int VALUE_BYTES = 120;
    private static final int BURST = 4;

    private final String name;
    private final List<TopicPartition> partitions;
    private final Map<String, Object> config;
    private final Recorder recorder;
    private final Random random;
    private final long pauseNanos;
    private final boolean patient;
    private final GivenUp givenUp = new GivenUp();
    private KafkaProducer<byte[], byte[]> producer;
    private volatile boolean broken;
    private int life;
    private long number;

    /**
     * @param patient whether a send may take minutes, so that none may fail
     * @param recordsASecond about so many
     */
    RecordingProducer(
            String name, Workload.Options options, Recorder recorder, boolean patient, int recordsASecond, long seed) {
        super(name);
        this.name = name;
        this.partitions = options.partitions();
        this.recorder = recorder;
        this.patient = patient;
        this.random = new Random(seed);
        this.pauseNanos = 1_000_000_000L * BURST / recordsASecond;
        this.config = Map.of(
                "bootstrap.servers",
                options.bootstrap(),
                "client.id",
                name,
                "acks",
                "all",
                "enable.idempotence",
                true,
                "linger.ms",
                patient ? 2 : 0,
                "delivery.timeout.ms",
                patient ? 180_000 : 4_000,
                "request.timeout.ms",
                patient ? 30_000 : 2_000,
                "max.block.ms",
                patient ? 180_000 : 4_000);
    }

    @Override
    void run() {
        producer = newProducer();
        try {
            while (!isStopping()) {
                for (int i = 0; i < BURST; i++) {
                    send(partitions.get(random.nextInt(partitions.size())));
                }
                if (broken) {
                    producer.close(Duration.ZERO);
                    broken = false;
                    life++;
                    producer = newProducer();
                }
                LockSupport.parkNanos(pauseNanos);
            }
            producer.flush();
        } catch (InterruptException abandoned) {
            recorder.add(new Event.Trouble(recorder.now(), name + " was abandoned"));
        } catch (RuntimeException e) {
            recorder.error(name, e);
        } finally {
            producer.close(Duration.ZERO);
        }
    }

    private KafkaProducer<byte[], byte[]> newProducer() {
        return new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
    }

    private void send(TopicPartition partition) {
        String self = name + "." + life;
        String value = self + "-" + number++;
        recorder.add(new Event.Sent(recorder.now(), self, partition.toString(), value));
        try {
            var unused = producer.send(
                    new ProducerRecord<>(partition.topic(), partition.partition(), null, bytes(value)),
                    (metadata, error) -> {
                        if (error == null) {
                            recorder.acknowledged(partition);
                            givenUp.acknowledged(partition);
                            recorder.add(new Event.Acknowledged(
                                    recorder.now(),
                                    self,
                                    partition.toString(),
                                    value,
                                    metadata.hasOffset() ? metadata.offset() : -1));
                        } else {
                            failed(self, partition, value, error);
                        }
                    });
        } catch (InterruptException e) {
            throw e;
        } catch (KafkaException e) {
            failed(self, partition, value, e); // the producer is in an error for good
            broken = true;
        }
    }

    private void failed(String self, TopicPartition partition, String value, Exception error) {
        recorder.failedSend();
        recorder.add(new Event.Failed(recorder.now(), self, partition.toString(), value, false, error.toString()));
        if (patient || !givenUp.explains(partition, error)) {
            recorder.error(self, error);
        }
    }

    private static byte[] bytes(String value) {
        byte[] bytes = new byte[VALUE_BYTES];
        Arrays.fill(bytes, (byte) ' ');
        byte[] text = value.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(text, 0, bytes, 0, text.length);
        return bytes;
    }
}
