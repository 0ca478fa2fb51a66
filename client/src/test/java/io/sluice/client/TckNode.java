/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.reactivestreams.tck.TestEnvironment;

/** A node and a client for the specification's tests. */
final class TckNode implements AutoCloseable {
    private final FakeServer reading = new FakeServer(new FakeTopics(Map.of("orders", 1), 3, null));
    private final FakeServer writing = new FakeServer(new FakeProducing(2, null));
    private final SluiceClient reader = client(reading);
    private final SluiceClient writer = client(writing);

    /** The first connection of a JVM loads a thousand classes: not within the time of a test. */
    TckNode() {
        TestSubscriber first = new TestSubscriber(1);
        publisher(1).subscribe(first);
        first.end.orTimeout(60, TimeUnit.SECONDS).join();
    }

    private static SluiceClient client(FakeServer server) {
        return SluiceClient.builder(server.address())
                .backOff(Duration.ofMillis(1), Duration.ofMillis(20))
                .build();
    }

    /** Signals come over sockets, on a machine that may be busy. */
    static TestEnvironment environment() {
        return new TestEnvironment(10_000, 100, 20);
    }

    RecordPublisher publisher(long elements) {
        return reader.subscribe(
                Subscribe.to("orders").from(StartFrom.earliest()).limit(elements));
    }

    RecordPublisher failing() {
        return reader.subscribe(Subscribe.to("nothing"));
    }

    RecordSubscriber subscriber() {
        return writer.produce(Produce.to("orders"));
    }

    static Record element(int number) {
        return new Record("any", -1, -1, -1, null, new byte[] {(byte) number}, List.of());
    }

    @Override
    public void close() {
        reader.close();
        writer.close();
        reading.close();
        writing.close();
    }
}
