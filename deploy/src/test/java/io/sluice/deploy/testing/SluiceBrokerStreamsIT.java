/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.stream.javadsl.Sink;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionRequest;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A topic as a stream inside the JVM. */
@Timeout(120)
class SluiceBrokerStreamsIT {
    private static final List<String> VALUES =
            IntStream.range(0, 500).mapToObj(Integer::toString).toList();

    private static final SubscriptionRequest ORDERS = SubscriptionRequest.of(StartPosition.earliest(), "orders");

    @TempDir
    private Path data;

    private static void produce(SluiceBroker broker) {
        try (KafkaProducer<String, String> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap(), "linger.ms", 1),
                new StringSerializer(),
                new StringSerializer())) {
            for (String value : VALUES) {
                Future<?> unused = producer.send(new ProducerRecord<>("orders", value));
            }
        }
    }

    private static String value(StoredRecord stored) {
        ByteBuffer value = stored.record().value();
        return StandardCharsets.UTF_8.decode(value.duplicate()).toString();
    }

    @Test
    void anAkkaSource() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start(data)) {
            produce(broker);
            List<StoredRecord> read = broker.records(ORDERS)
                    .take(VALUES.size())
                    .runWith(Sink.seq(), broker.broker().actorSystem())
                    .toCompletableFuture()
                    .get(60, TimeUnit.SECONDS);
            assertThat(read).extracting(SluiceBrokerStreamsIT::value).isEqualTo(VALUES);
        }
    }

    @Test
    void aPublisherGivesWhatIsRequested() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start(data)) {
            // Given
            produce(broker);
            List<String> read = new CopyOnWriteArrayList<>();
            CompletableFuture<Subscription> subscribed = new CompletableFuture<>();
            broker.publisher(ORDERS).subscribe(new Subscriber<>() {
                @Override
                public void onSubscribe(Subscription subscription) {
                    subscribed.complete(subscription);
                }

                @Override
                public void onNext(StoredRecord stored) {
                    read.add(value(stored));
                }

                @Override
                public void onError(Throwable error) {
                    read.add(error.toString());
                }

                @Override
                public void onComplete() {
                    read.add("complete");
                }
            });
            Subscription subscription = subscribed.get(60, TimeUnit.SECONDS);

            // When, then
            subscription.request(3);
            await().until(() -> read.size() == 3);
            await().during(Duration.ofMillis(300)).until(() -> read.size() == 3);
            subscription.request(497);
            await().atMost(Duration.ofSeconds(60)).until(() -> read.size() == 500);
            assertThat(read).isEqualTo(VALUES);
            subscription.cancel();
        }
    }
}
