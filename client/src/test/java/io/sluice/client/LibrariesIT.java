/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.reactivex.rxjava3.core.Flowable;
import io.reactivex.rxjava3.schedulers.Schedulers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/** Project Reactor and RxJava read, with their own demand; connections are lost on the way. */
@Timeout(60)
class LibrariesIT {
    private static final long RECORDS = 3_000;

    private static final List<Long> EXPECTED = LongStream.iterate(0, offset -> offset + 1)
            .filter(FakeTopics::exists)
            .limit(RECORDS)
            .boxed()
            .toList();

    private static FakeServer server() {
        return new FakeServer(new FakeTopics(Map.of("orders", 1), 20, new Random(11)));
    }

    private static SluiceClient client(FakeServer server) {
        return SluiceClient.builder(server.address())
                .backOff(Duration.ofMillis(1), Duration.ofMillis(10))
                .build();
    }

    private static RecordPublisher orders(SluiceClient client) {
        return client.subscribe(Subscribe.to("orders").from(StartFrom.earliest()));
    }

    @Test
    void reactorTakesWhatItWants() {
        try (FakeServer server = server();
                SluiceClient client = client(server)) {
            List<Long> offsets = Flux.from(orders(client))
                    .publishOn(reactor.core.scheduler.Schedulers.parallel(), 16)
                    .map(Record::offset)
                    .take(RECORDS)
                    .collectList()
                    .block(Duration.ofSeconds(50));
            assertThat(offsets).isEqualTo(EXPECTED);
        }
    }

    @Test
    void reactorLimitsItsRate() {
        try (FakeServer server = server();
                SluiceClient client = client(server)) {
            List<Long> offsets = Flux.from(orders(client))
                    .limitRate(7)
                    .concatMap(record -> Flux.just(record.offset()), 3)
                    .take(RECORDS)
                    .collectList()
                    .block(Duration.ofSeconds(50));
            assertThat(offsets).isEqualTo(EXPECTED);
        }
    }

    @Test
    void rxJavaTakesWhatItWants() {
        try (FakeServer server = server();
                SluiceClient client = client(server)) {
            List<Long> offsets = Flowable.fromPublisher(orders(client))
                    .observeOn(Schedulers.computation(), false, 5)
                    .map(Record::offset)
                    .take(RECORDS)
                    .toList()
                    .blockingGet();
            assertThat(offsets).isEqualTo(EXPECTED);
        }
    }

    @Test
    void reactorProduces() throws Exception {
        FakeProducing producing = new FakeProducing(3, new Random(7));
        try (FakeServer server = new FakeServer(producing);
                SluiceClient client = client(server)) {
            RecordSubscriber subscriber = client.produce(Produce.to("orders").producer("reactor", 0));
            Flux.range(0, 5_000)
                    .map(i -> Record.of("any", i % 10 + "-key", Integer.toString(i)))
                    .subscribe(subscriber);
            assertThat(subscriber.done().toCompletableFuture().get(50, java.util.concurrent.TimeUnit.SECONDS))
                    .isEqualTo(5_000);
            producing.assertEachOnceAndInOrder(5_000);
        }
    }

    @Test
    void rxJavaProduces() throws Exception {
        FakeProducing producing = new FakeProducing(2, new Random(8));
        try (FakeServer server = new FakeServer(producing);
                SluiceClient client = client(server)) {
            RecordSubscriber subscriber = client.produce(Produce.to("orders").producer("rx", 0));
            Flowable.range(0, 5_000)
                    .map(i -> Record.of("any", null, Integer.toString(i)))
                    .subscribe(subscriber);
            assertThat(subscriber.done().toCompletableFuture().get(50, java.util.concurrent.TimeUnit.SECONDS))
                    .isEqualTo(5_000);
            producing.assertEachOnceAndInOrder(5_000);
        }
    }
}
