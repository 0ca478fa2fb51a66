/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Producing over real sockets. */
@Timeout(60)
class ProduceIT {
    private static SluiceClient client(FakeServer server) {
        return SluiceClient.builder(server.address())
                .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
                .build();
    }

    private static long done(RecordSubscriber subscriber) throws Exception {
        return subscriber.done().toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private static Record record(int i) {
        return Record.of("orders", i % 7 + "-key", Integer.toString(i));
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void everyRecordIsAppendedOnceThroughCutsAndRefusals(long seed) throws Exception {
        FakeProducing producing = new FakeProducing(4, new Random(seed));
        List<Acknowledgement> acknowledged = new CopyOnWriteArrayList<>();
        try (FakeServer server = new FakeServer(producing);
                SluiceClient client = client(server)) {
            RecordSubscriber subscriber = client.produce(Produce.toTheirTopics().onAcknowledged(acknowledged::add));
            try (SubmissionPublisher<Record> publisher = new SubmissionPublisher<>()) {
                publisher.subscribe(subscriber);
                for (int i = 0; i < 3_000; i++) {
                    publisher.submit(record(i));
                }
            }
            assertThat(done(subscriber)).isEqualTo(3_000);
            producing.assertEachOnceAndInOrder(3_000);
            assertThat(acknowledged).hasSize(3_000);
            assertThat(acknowledged).allSatisfy(one -> assertThat(
                            producing.values(one.partition()).get((int) one.offset()))
                    .isEqualTo(one.record().valueAsString()));
            await().until(() -> server.openConnections() == 0);
        }
    }

    @Test
    void aProducerThatComesAgainDoublesNothing() throws Exception {
        FakeProducing producing = new FakeProducing(1, null);
        try (FakeServer server = new FakeServer(producing);
                SluiceClient client = client(server)) {
            for (int run = 0; run < 2; run++) {
                RecordSubscriber subscriber =
                        client.produce(Produce.toTheirTopics().producer("till-7", run));
                try (SubmissionPublisher<Record> publisher = new SubmissionPublisher<>()) {
                    publisher.subscribe(subscriber);
                    publisher.submit(record(run));
                    publisher.submit(record(run + 1));
                }
                assertThat(done(subscriber)).isEqualTo(2);
            }
            assertThat(producing.values(0)).containsExactly("0", "1", "2");
        }
    }

    @Test
    void aRefusalForGoodCancelsThePublisher() throws Exception {
        AtomicBoolean cancelled = new AtomicBoolean();
        try (FakeServer server =
                        new FakeServer((connection, frame) -> connection.send(FakeTopics.error("UNKNOWN_TOPIC", false)
                                .put("id", frame.get("id").asText())));
                SluiceClient client = client(server)) {
            RecordSubscriber subscriber = client.produce(Produce.to("nothing"));
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {}

                @Override
                public void cancel() {
                    cancelled.set(true);
                }
            });
            subscriber.onNext(record(0));
            assertThatThrownBy(() -> done(subscriber)).rootCause().hasMessageStartingWith("UNKNOWN_TOPIC: ");
            await().untilTrue(cancelled);
        }
    }

    /** A node that does not answer: the publisher is asked for a window and no more. */
    @Test
    void demandIsBounded() {
        AtomicLong requested = new AtomicLong();
        try (FakeServer server = new FakeServer((connection, frame) -> {});
                SluiceClient client = SluiceClient.builder(server.address())
                        .window(50, 1 << 20)
                        .build()) {
            RecordSubscriber subscriber = client.produce(Produce.to("orders"));
            subscriber.onSubscribe(new Flow.Subscription() {
                @Override
                public void request(long n) {
                    for (long i = 0; i < n; i++) {
                        subscriber.onNext(record((int) requested.getAndIncrement()));
                    }
                }

                @Override
                public void cancel() {}
            });
            await().until(() -> requested.get() == 50);
            await().during(Duration.ofMillis(200)).until(() -> requested.get() == 50);
        }
    }

    @Test
    void closingTheClientEndsItsProducers() {
        try (FakeServer server = new FakeServer(new FakeProducing(1, null))) {
            SluiceClient client = client(server);
            RecordSubscriber subscriber = client.produce(Produce.to("orders"));
            client.close();
            assertThatThrownBy(() -> done(subscriber)).rootCause().hasMessageStartingWith("CLOSED: ");
        }
    }
}
