/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.deploy.testing.SluiceBroker;
import io.sluice.deploy.testing.StoredRecord;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A publisher inside the broker's JVM against Kafka's consumer of the same data, in turn ({@code runs=5} each; the first of each is the warm-up and
 * not in the ratio): CPU of the whole process, broker and reader together. Options {@code label=}, {@code data=DIR}, {@code records=1000000},
 * {@code size=1024}.
 */
public final class InProcess {
    private static final Duration POLL = Duration.ofSeconds(10);
    private static final int WITHIN_MINUTES = 5;
    private static final String TOPIC = "inprocess";

    private final SluiceBroker broker;
    private final int records;
    private final int size;

    private InProcess(SluiceBroker broker, int records, int size) {
        this.broker = broker;
        this.records = records;
        this.size = size;
    }

    /** What one reading of everything took. */
    private record Cost(double cpuSeconds, double seconds) {}

    /** A reading of everything. */
    private interface Reading {
        void run() throws Exception;
    }

    /** Entry point. */
    public static void main(String[] args) throws Exception {
        Options options = new Options(args);
        try (SluiceBroker broker = SluiceBroker.start(Path.of(options.text("data")))) {
            var run = new InProcess(broker, options.number("records", 1_000_000), options.number("size", 1024));
            run.fill();
            run.compare(options);
        }
        System.exit(0);
    }

    private void fill() throws IOException, InterruptedException {
        String http = broker.http().orElseThrow().getAuthority();
        Rest.createTopic(http, TOPIC, 1);
        Tally tally = new Tally(1, 0, 0);
        try (Publishers.Publisher publisher = Publishers.kafka(broker.bootstrap(), TOPIC, size, tally)) {
            for (int i = 0; i < records; i++) {
                publisher.send(i);
            }
        }
        tally.check();
    }

    private void compare(Options options) throws Exception {
        int runs = options.number("runs", 5);
        double consumer = 0;
        double publisher = 0;
        for (int run = 1; run <= runs; run++) {
            Cost consumed = cost(this::consume);
            Cost published = cost(this::publish);
            if (run > 1 || runs == 1) {
                consumer += consumed.cpuSeconds();
                publisher += published.cpuSeconds();
            }
            new Figures(options.text("label"), "publisher")
                    .with("run", run)
                    .with("records", records)
                    .with("size", size)
                    .with("consumer_cpu_s", consumed.cpuSeconds())
                    .with("consumer_s", consumed.seconds())
                    .with("publisher_cpu_s", published.cpuSeconds())
                    .with("publisher_s", published.seconds())
                    .print();
        }
        int counted = Math.max(1, runs - 1);
        new Figures(options.text("label"), "publisher-ratio")
                .with("runs", counted)
                .with("consumer_cpu_s", consumer / counted)
                .with("publisher_cpu_s", publisher / counted)
                .with("ratio", publisher / consumer)
                .print();
    }

    private static Cost cost(Reading reading) throws Exception {
        double cpu = FanOut.ownCpuSeconds();
        long begin = System.nanoTime();
        reading.run();
        return new Cost(FanOut.ownCpuSeconds() - cpu, (System.nanoTime() - begin) / 1e9);
    }

    private void consume() {
        Map<String, Object> config = Map.of("bootstrap.servers", broker.bootstrap(), "auto.offset.reset", "earliest");
        try (var consumer = new KafkaConsumer<>(config, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
            var partition = new TopicPartition(TOPIC, 0);
            consumer.assign(List.of(partition));
            long next = 0;
            while (next < records) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                    if (record.offset() != next || record.value().length != size) {
                        throw wrong(next);
                    }
                    next++;
                }
            }
        }
    }

    private void publish() throws Exception {
        CompletableFuture<Void> done = new CompletableFuture<>();
        broker.publisher(SubscriptionRequest.of(StartPosition.earliest(), TOPIC))
                .subscribe(new Subscriber<>() {
                    private Subscription subscription;
                    private long next;

                    @Override
                    public void onSubscribe(Subscription to) {
                        subscription = to;
                        to.request(records);
                    }

                    @Override
                    public void onNext(StoredRecord stored) {
                        if (stored.record().offset() != next
                                || stored.record().value().remaining() != size) {
                            subscription.cancel(); // to throw is not allowed here
                            done.completeExceptionally(wrong(next));
                        } else if (++next == records) {
                            subscription.cancel();
                            done.complete(null);
                        }
                    }

                    @Override
                    public void onError(Throwable failure) {
                        done.completeExceptionally(failure);
                    }

                    @Override
                    public void onComplete() {
                        done.completeExceptionally(new IllegalStateException("ended at " + next));
                    }
                });
        done.get(WITHIN_MINUTES, TimeUnit.MINUTES);
    }

    private static IllegalStateException wrong(long number) {
        return new IllegalStateException("record " + number + " is not as it was written");
    }
}
