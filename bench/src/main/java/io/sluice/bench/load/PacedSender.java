/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.load;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends numbered records at a fixed rate (open loop: a broker that stands still does not slow it down), and keeps when each was due,
 * when its answer came, and what the answer was. The number of a record is its key; records go to the partitions in turn.
 *
 * <p>All times are nanoseconds since {@link #begin}. Arrays are filled by the producer's thread and are read after {@link #close}.
 */
final class PacedSender implements AutoCloseable {
    /** What {@link #offset} holds while there is no answer, or when it is an error. */
    static final long NONE = -1;

    private static final int MAX_BLOCK_MS = 120_000;

    final long begin;
    final long[] due;
    final long[] answered;
    final long[] offset;
    final String[] error;

    private final KafkaProducer<byte[], byte[]> producer;
    private final String topic;
    private final int partitions;
    private final long stepNs;
    private final byte[] value;

    /** {@code records} at {@code perSecond}; {@code settings} go on top of acks=all and linger.ms=0. */
    PacedSender(
            String bootstrap,
            String topic,
            int partitions,
            int records,
            int perSecond,
            int size,
            Map<String, Object> settings) {
        this.topic = topic;
        this.partitions = partitions;
        stepNs = 1_000_000_000L / perSecond;
        value = new byte[size];
        Arrays.fill(value, (byte) 'x');
        due = new long[records];
        answered = new long[records];
        offset = new long[records];
        error = new String[records];
        Arrays.fill(offset, NONE);
        Map<String, Object> config = new java.util.HashMap<>(
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 0, "max.block.ms", MAX_BLOCK_MS));
        config.putAll(settings);
        producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        producer.partitionsFor(topic);
        begin = System.nanoTime();
    }

    /** Sends everything, and returns when every answer is there. */
    void run() {
        for (int i = 0; i < due.length; i++) {
            int record = i;
            due[i] = i * stepNs;
            sleepUntil(begin + due[i]);
            byte[] key = Integer.toString(i).getBytes(StandardCharsets.US_ASCII);
            var unused =
                    producer.send(new ProducerRecord<>(topic, i % partitions, key, value), (metadata, exception) -> {
                        answered[record] = System.nanoTime() - begin;
                        if (exception == null) {
                            offset[record] = metadata.offset();
                        } else {
                            error[record] = exception.getClass().getSimpleName();
                        }
                    });
        }
        producer.flush();
    }

    /** Milliseconds from when each record of this span (seconds since the begin) was due to its acknowledgement, in order of size. */
    double[] latenciesMs(double fromSecond, double toSecond) {
        int from = indexAt(fromSecond);
        int to = indexAt(toSecond);
        double[] latencies = new double[to - from];
        for (int i = from; i < to; i++) {
            latencies[i - from] = (answered[i] - due[i]) / 1e6;
        }
        Arrays.sort(latencies);
        return latencies;
    }

    private int indexAt(double second) {
        return (int) Math.max(0, Math.min(due.length, (long) (second * 1e9) / stepNs));
    }

    static void sleepUntil(long nanoTime) {
        for (long early = nanoTime - System.nanoTime(); early > 0; early = nanoTime - System.nanoTime()) {
            LockSupport.parkNanos(early);
        }
    }

    @Override
    public void close() {
        producer.close();
    }
}
