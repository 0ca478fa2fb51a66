/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.stream.javadsl.AsPublisher;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.SinkQueueWithCancel;
import akka.stream.javadsl.Source;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.http.record.NewRecord;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;

/** Producing inside the JVM. */
@Timeout(120)
class SluiceBrokerAppendIT {
    private static final int COUNT = 20_000;

    @TempDir
    private Path data;

    private SluiceBroker broker;
    private Admin admin;

    @BeforeEach
    void start() {
        broker = SluiceBroker.start(data);
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrap()));
    }

    @AfterEach
    void stop() {
        admin.close();
        broker.close();
    }

    private void topic(String name, int partitions, Map<String, String> configs) throws Exception {
        admin.createTopics(List.of(new NewTopic(name, partitions, (short) 1).configs(configs)))
                .all()
                .get(30, TimeUnit.SECONDS);
    }

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private List<StoredRecord> stored(String topic, int count) throws Exception {
        return get(broker.records(SubscriptionRequest.of(StartPosition.earliest(), topic))
                .take(count)
                .runWith(Sink.seq(), broker.broker().actorSystem()));
    }

    private static String value(StoredRecord stored) {
        return StandardCharsets.UTF_8
                .decode(stored.record().value().duplicate())
                .toString();
    }

    private static List<String> values(int count) {
        return IntStream.range(0, count).mapToObj(i -> "v" + i).toList();
    }

    private static NewRecord record(String value) {
        return NewRecord.of(null, value);
    }

    @Test
    void aSinkAppendsAllInTheirOrderAndSaysHowMany() throws Exception {
        topic("orders", 1, Map.of());

        long appended = get(Source.from(values(COUNT))
                .map(SluiceBrokerAppendIT::record)
                .runWith(broker.sink("orders"), broker.broker().actorSystem()));

        assertThat(appended).isEqualTo(COUNT);
        assertThat(stored("orders", COUNT))
                .extracting(SluiceBrokerAppendIT::value)
                .isEqualTo(values(COUNT));
    }

    @Test
    void eachRecordIsAcknowledgedWithItsPlaceAndKeysGoWhereKafkasClientsPutThem() throws Exception {
        topic("orders", 6, Map.of());
        List<NewRecord> records = IntStream.range(0, 1_000)
                .mapToObj(i -> NewRecord.of("key-" + i % 50, "v" + i))
                .toList();

        List<Appended> places = get(Source.from(records)
                .via(broker.appending("orders"))
                .runWith(Sink.seq(), broker.broker().actorSystem()));

        assertThat(places).hasSize(1_000);
        Map<String, String> found = stored("orders", 1_000).stream()
                .collect(Collectors.toMap(
                        one -> one.partition() + "@" + one.record().offset(), SluiceBrokerAppendIT::value));
        for (int i = 0; i < places.size(); i++) {
            Appended place = places.get(i);
            assertThat(found.get(place.partition() + "@" + place.offset())).isEqualTo("v" + i);
            assertThat(place.partition())
                    .isEqualTo(Utils.toPositive(Utils.murmur2(records.get(i).key())) % 6);
        }
    }

    @Test
    void recordsWithoutKeysTakeTurnsWithThePartitions() throws Exception {
        topic("orders", 3, Map.of());
        List<NewRecord> records = values(30).stream()
                .map(value -> record(value + "x".repeat(200_000)))
                .toList();

        List<Appended> places = get(Source.from(records)
                .via(broker.appending("orders"))
                .runWith(Sink.seq(), broker.broker().actorSystem()));

        assertThat(places).extracting(Appended::partition).contains(0, 1, 2);
    }

    /** A publisher of which nobody knows how far it would go: says how much was requested. */
    private Publisher<NewRecord> endless(AtomicInteger given) {
        return Source.range(0, Integer.MAX_VALUE - 1)
                .map(i -> {
                    given.incrementAndGet();
                    return record("v" + i + "-" + "x".repeat(1_000));
                })
                .runWith(
                        Sink.<NewRecord>asPublisher(AsPublisher.WITHOUT_FANOUT),
                        broker.broker().actorSystem());
    }

    @Test
    void whoDoesNotTakeAcknowledgementsHoldsThePublisherBack() throws Exception {
        // Given
        topic("orders", 1, Map.of());
        AtomicInteger given = new AtomicInteger();
        int inABatch = RecordAppender.BATCH_BYTES_MAX / 1_000;

        // When
        SinkQueueWithCancel<Appended> acknowledgements = Source.fromPublisher(endless(given))
                .via(broker.appending("orders"))
                .runWith(Sink.queue(), broker.broker().actorSystem());

        // Then: one batch whose acknowledgements wait, one that is appended, one that has gathered
        await().until(() -> given.get() > inABatch);
        await().during(Duration.ofMillis(500)).until(() -> given.get() <= 3 * inABatch + 100);
        for (int i = 0; i < 5 * inABatch; i++) {
            assertThat(get(acknowledgements.pull())).contains(new Appended("orders", 0, i));
        }
        acknowledgements.cancel();
    }

    @Test
    void aPublisherOfTheJdk() throws Exception {
        topic("orders", 1, Map.of());
        AppendingSubscriber subscriber = broker.subscriber("orders");

        try (SubmissionPublisher<NewRecord> publisher = new SubmissionPublisher<>()) {
            publisher.subscribe(subscriber);
            values(1_000).forEach(value -> publisher.submit(record(value)));
        }

        assertThat(get(subscriber.done())).isEqualTo(1_000);
        assertThat(stored("orders", 1_000))
                .extracting(SluiceBrokerAppendIT::value)
                .isEqualTo(values(1_000));
    }

    @Test
    void whatIsRefusedForGoodEndsTheStreamAndSaysWhy() throws Exception {
        topic("small", 1, Map.of("max.message.bytes", "1000"));
        List<Throwable> failures = new ArrayList<>();

        for (String topic : List.of("nothing", "small", "__consumer_offsets")) {
            failures.add(failure(Source.repeat(record("x".repeat(2_000)))
                    .runWith(broker.sink(topic), broker.broker().actorSystem())));
        }

        assertThat(failures).allSatisfy(failure -> assertThat(failure).isInstanceOf(AppendException.class));
        assertThat(failures)
                .extracting(failure -> ((AppendException) failure).code())
                .containsExactly("UNKNOWN_TOPIC", "TOO_LARGE", "UNKNOWN_TOPIC");
        assertThat(failures.get(0)).hasMessage("UNKNOWN_TOPIC: There is no topic \"nothing\".");
    }

    private static Throwable failure(CompletionStage<?> stage) throws Exception {
        Throwable failure = get(stage.handle((value, error) -> error));
        return failure instanceof CompletionException ? failure.getCause() : failure;
    }
}
