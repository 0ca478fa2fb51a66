/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** Ways to publish {@link Numbered} records into one partition, or one subject. */
final class Publishers {
    /** Sends a record; any number of times, from one thread. */
    interface Publisher extends AutoCloseable {
        void send(long number);

        /** Returns when everything is with the server. */
        @Override
        void close();
    }

    private Publishers() {}

    /** Sends records when they are due, up to but without this number. A publisher that is late does not wait. */
    static void paced(Publisher publisher, Tally tally, long records) {
        for (long number = 0; number < records; number++) {
            long due = tally.due(number);
            for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
                LockSupport.parkNanos(early);
            }
            publisher.send(number);
        }
    }

    /** One {@code produce} frame a record over {@code /v1/produce}, in JSON, not waiting for its answer. */
    static Publisher sluice(InetSocketAddress to, WebSocketLoop loop, String topic, int size, Tally tally)
            throws IOException {
        WebSocket socket = WebSocket.connect(to, "/v1/produce", Format.JSON.protocol, new WebSocket.Listener() {
            @Override
            public void message(WebSocket from, byte[] bytes, int begin, int end) {
                if (bytes[begin + Format.JSON.kindAt] != 'p') {
                    tally.failed(new String(bytes, begin, end - begin, StandardCharsets.UTF_8));
                }
            }

            @Override
            public void lost(WebSocket from, String why) {
                tally.failed("the publisher's connection was lost: " + why);
            }
        });
        loop.add(socket);
        String id = "0".repeat(Numbered.DIGITS);
        String frame = "{\"type\":\"produce\",\"id\":\"" + id + "\",\"topic\":\"" + topic
                + "\",\"records\":[{\"p\":0,\"v\":\"";
        return template(socket, WebSocket.TEXT, frame, size, "\"}]}", frame.indexOf(id));
    }

    /** One {@code PUB} a record over NATS' WebSocket. */
    static Publisher nats(InetSocketAddress to, WebSocketLoop loop, String subject, int size, Tally tally)
            throws IOException {
        WebSocket socket = NatsSubscriber.publisher(to, tally);
        loop.add(socket);
        return template(socket, WebSocket.BINARY, "PUB " + subject + " " + size + "\r\n", size, "\r\n", -1);
    }

    /** @param idAt where the number stands once more; -1 if nowhere */
    private static Publisher template(WebSocket socket, int opcode, String before, int size, String behind, int idAt) {
        byte[] payload = (before + "x".repeat(size) + behind).getBytes(StandardCharsets.US_ASCII);
        return new Publisher() {
            @Override
            public void send(long number) {
                Numbered.write(number, payload, before.length());
                if (idAt >= 0) {
                    Numbered.write(number, payload, idAt);
                }
                socket.send(WebSocket.frame(opcode, payload));
            }

            @Override
            public void close() {
                // stays open for its answers until the program ends
            }
        };
    }

    /** Kafka's producer, with batches of up to 128 KiB and a linger of 5 ms. */
    static Publisher kafka(String bootstrap, String topic, int size, Tally tally) {
        Map<String, Object> config =
                Map.of("bootstrap.servers", bootstrap, "acks", "all", "batch.size", 128 << 10, "linger.ms", 5);
        var producer = new KafkaProducer<>(config, new ByteArraySerializer(), new ByteArraySerializer());
        producer.partitionsFor(topic);
        return new Publisher() {
            @Override
            public void send(long number) {
                var unused = producer.send(
                        new ProducerRecord<>(topic, 0, null, Numbered.value(number, size)), (metadata, failure) -> {
                            if (failure != null) {
                                tally.failed(failure.toString());
                            }
                        });
            }

            @Override
            public void close() {
                producer.close();
            }
        };
    }
}
