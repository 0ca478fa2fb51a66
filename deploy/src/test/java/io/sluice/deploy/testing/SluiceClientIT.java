/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.client.Acknowledgement;
import io.sluice.client.Acks;
import io.sluice.client.Produce;
import io.sluice.client.Record;
import io.sluice.client.RecordSubscriber;
import io.sluice.client.SluiceClient;
import io.sluice.client.SluiceException;
import io.sluice.client.StartFrom;
import io.sluice.client.Subscribe;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@link SluiceClient} and a whole node: what one of them says the other understands. */
@Timeout(120)
class SluiceClientIT {
    @TempDir
    Path data;

    /** Takes what comes. */
    private static final class Taking implements Flow.Subscriber<Record> {
        final BlockingQueue<Record> records = new LinkedBlockingQueue<>();
        final CompletableFuture<String> end = new CompletableFuture<>();

        @Override
        public void onSubscribe(Flow.Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Record record) {
            records.add(record);
        }

        @Override
        public void onError(Throwable error) {
            end.completeExceptionally(error);
        }

        @Override
        public void onComplete() {
            end.complete("complete");
        }
    }

    private static void create(URI node, int partitions) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(node.resolve("/v1/topics"))
                                .header("Content-Type", "application/json")
                                .POST(HttpRequest.BodyPublishers.ofString(
                                        "{\"name\":\"orders\",\"partitions\":" + partitions + "}"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(201);
    }

    private static SluiceClient client(URI node) {
        return SluiceClient.builder(node.toString())
                .backOff(Duration.ofMillis(10), Duration.ofMillis(200))
                .build();
    }

    private static long produce(SluiceClient client, Produce how, int from, int to) throws Exception {
        RecordSubscriber subscriber = client.produce(how);
        try (SubmissionPublisher<Record> publisher = new SubmissionPublisher<>()) {
            publisher.subscribe(subscriber);
            for (int i = from; i < to; i++) {
                publisher.submit(
                        Record.of("any", "key-" + i % 10, "{\"n\":" + i + "}").withHeader("n", new byte[] {(byte) i}));
            }
        }
        return subscriber.done().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void whatIsProducedIsReadWithAllThatItHas() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start(data);
                SluiceClient client = client(broker.http().orElseThrow())) {
            // Given
            create(broker.http().orElseThrow(), 3);
            List<Acknowledgement> acknowledged = new CopyOnWriteArrayList<>();

            // When
            assertThat(produce(client, Produce.to("orders").onAcknowledged(acknowledged::add), 0, 1_000))
                    .isEqualTo(1_000);
            assertThat(produce(client, Produce.to("orders").acks(Acks.LEADER), 1_000, 1_100))
                    .isEqualTo(100);
            Taking taking = new Taking();
            client.subscribe(Subscribe.to("orders").from(StartFrom.earliest()).limit(1_100))
                    .subscribe(taking);

            // Then
            assertThat(taking.end.get(60, TimeUnit.SECONDS)).isEqualTo("complete");
            assertThat(taking.records).hasSize(1_100);
            for (int partition = 0; partition < 3; partition++) {
                int wanted = partition;
                List<Record> of = taking.records.stream()
                        .filter(r -> r.partition() == wanted)
                        .toList();
                int last = -1;
                for (Record record : of) {
                    String value = record.valueAsString();
                    int n = Integer.parseInt(value.substring(5, value.length() - 1));
                    assertThat(n).isGreaterThan(last);
                    last = n;
                    assertThat(record.keyAsString()).isEqualTo("key-" + n % 10);
                    assertThat(record.header("n")).containsExactly((byte) n);
                    assertThat(record.timestampMs()).isPositive();
                }
            }
            Map<String, Record> places =
                    taking.records.stream().collect(Collectors.toMap(r -> r.partition() + "@" + r.offset(), r -> r));
            assertThat(acknowledged).hasSize(1_000).allSatisfy(one -> assertThat(
                            places.get(one.partition() + "@" + one.offset()).value())
                    .isEqualTo(one.record().value()));
        }
    }

    @Test
    void aProducerThatComesAgainDoublesNothing() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start(data);
                SluiceClient client = client(broker.http().orElseThrow())) {
            create(broker.http().orElseThrow(), 2);
            produce(client, Produce.to("orders").producer("till-7", 0), 0, 100);
            produce(client, Produce.to("orders").producer("till-7", 0), 0, 100);
            produce(client, Produce.to("orders").producer("till-7", 100), 100, 120);
            Taking taking = new Taking();
            client.subscribe(Subscribe.to("orders").from(StartFrom.earliest()).limit(120))
                    .subscribe(taking);
            assertThat(taking.end.get(60, TimeUnit.SECONDS)).isEqualTo("complete");
            assertThat(taking.records.stream().map(Record::valueAsString).distinct())
                    .hasSize(120);
        }
    }

    @Test
    void aGroupGoesOnWhereItsMembersHaveCommitted() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start(data);
                SluiceClient client = client(broker.http().orElseThrow())) {
            // Given
            create(broker.http().orElseThrow(), 2);
            produce(client, Produce.to("orders"), 0, 100);
            Subscribe member = Subscribe.to("orders").from(StartFrom.group("workers"));
            Taking first = new Taking();
            client.subscribe(member.limit(100)).subscribe(first);
            assertThat(first.end.get(60, TimeUnit.SECONDS)).isEqualTo("complete");

            // When
            produce(client, Produce.to("orders"), 100, 120);
            Taking second = new Taking();
            client.subscribe(member.limit(20)).subscribe(second);

            // Then
            assertThat(second.end.get(60, TimeUnit.SECONDS)).isEqualTo("complete");
            assertThat(second.records)
                    .extracting(Record::valueAsString)
                    .containsExactlyInAnyOrderElementsOf(IntStream.range(100, 120)
                            .mapToObj(n -> "{\"n\":" + n + "}")
                            .toList());
        }
    }

    @Test
    void aFilterIsEvaluatedOnTheNode() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start(data);
                SluiceClient client = client(broker.http().orElseThrow())) {
            create(broker.http().orElseThrow(), 2);
            produce(client, Produce.to("orders"), 0, 500);
            Taking taking = new Taking();
            client.subscribe(Subscribe.to("orders")
                            .from(StartFrom.earliest())
                            .filter("$.n >= 490 && key != 'key-5'")
                            .fields(Subscribe.Field.KEY)
                            .limit(9))
                    .subscribe(taking);
            assertThat(taking.end.get(60, TimeUnit.SECONDS)).isEqualTo("complete");
            assertThat(taking.records)
                    .extracting(Record::keyAsString)
                    .hasSize(9)
                    .doesNotContain("key-5");
            assertThat(taking.records)
                    .allSatisfy(record -> assertThat(record.value()).isNull());
        }
    }

    /** The node stops in the middle and another one comes back at its address, with its data. */
    @Test
    void aNodeThatComesBackIsNotNoticed() throws Exception {
        Taking taking = new Taking();
        int total = 3_000;
        String port;
        List<Acknowledgement> acknowledged = new CopyOnWriteArrayList<>();
        SluiceClient client;
        RecordSubscriber subscriber;
        SubmissionPublisher<Record> publisher = new SubmissionPublisher<>();
        try (SluiceBroker broker = SluiceBroker.start(data)) {
            URI node = broker.http().orElseThrow();
            port = "127.0.0.1:" + node.getPort();
            create(node, 2);
            client = client(node);
            client.subscribe(Subscribe.to("orders").from(StartFrom.earliest()).limit(total))
                    .subscribe(taking);
            subscriber = client.produce(Produce.to("orders").onAcknowledged(acknowledged::add));
            publisher.subscribe(subscriber);
            for (int i = 0; i < total / 2; i++) {
                publisher.submit(Record.of("any", "key-" + i % 10, Integer.toString(i)));
            }
        }
        try (client;
                SluiceBroker again = SluiceBroker.builder()
                        .dataDirectory(data)
                        .config("sluice.http.listen", port)
                        .start()) {
            try (publisher) {
                for (int i = total / 2; i < total; i++) {
                    publisher.submit(Record.of("any", "key-" + i % 10, Integer.toString(i)));
                }
            }
            assertThat(subscriber.done().toCompletableFuture().get(60, TimeUnit.SECONDS))
                    .isEqualTo(total);
            assertThat(taking.end.get(60, TimeUnit.SECONDS)).isEqualTo("complete");
            assertThat(taking.records.stream().map(Record::valueAsString).distinct())
                    .hasSize(total);
            assertThat(again.http()).isPresent();
        }
    }

    @Test
    void refusalsAreSaid() throws Exception {
        try (SluiceBroker broker = SluiceBroker.start(data);
                SluiceClient client = client(broker.http().orElseThrow())) {
            Taking nothing = new Taking();
            client.subscribe(Subscribe.to("nothing")).subscribe(nothing);
            assertThat(code(nothing.end)).isEqualTo("UNKNOWN_TOPIC");
            create(broker.http().orElseThrow(), 1);
            Taking wrong = new Taking();
            client.subscribe(Subscribe.to("orders").filter("$.n >=")).subscribe(wrong);
            assertThat(code(wrong.end)).isEqualTo("INVALID_FILTER");
            RecordSubscriber producing = client.produce(Produce.to("nothing"));
            try (SubmissionPublisher<Record> publisher = new SubmissionPublisher<>()) {
                publisher.subscribe(producing);
                publisher.submit(Record.of("any", null, "x".getBytes(StandardCharsets.UTF_8)));
                assertThat(code(producing.done().toCompletableFuture())).isEqualTo("UNKNOWN_TOPIC");
            }
        }
    }

    private static String code(CompletableFuture<?> failing) throws Exception {
        Throwable thrown = failing.handle((done, error) -> error).get(60, TimeUnit.SECONDS);
        Throwable failure = thrown instanceof CompletionException ? thrown.getCause() : thrown;
        assertThat(failure).isInstanceOf(SluiceException.class);
        return ((SluiceException) failure).code();
    }
}
