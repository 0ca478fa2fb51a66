/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import akka.NotUsed;
import akka.stream.SystemMaterializer;
import akka.stream.javadsl.AsPublisher;
import akka.stream.javadsl.Flow;
import akka.stream.javadsl.Keep;
import akka.stream.javadsl.Sink;
import akka.stream.javadsl.Source;
import io.sluice.actors.subscription.SubscriptionControl;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.SettingsSource;
import io.sluice.deploy.broker.Broker;
import io.sluice.http.record.NewRecord;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.reactivestreams.Publisher;

/**
 * A whole broker inside this JVM, for tests: the same code as the process, on the loopback interface and a free port.
 *
 * <pre>{@code
 * try (SluiceBroker broker = SluiceBroker.start()) {
 *     Properties settings = new Properties();
 *     settings.put("bootstrap.servers", broker.bootstrap());
 *     ...
 * }
 * }</pre>
 *
 * <p>{@link #start} and {@link #close} block until done: what {@code start} returns serves, and after {@code close} no thread, port or file
 * handle of the broker is left. Any number of brokers may run at one time, each in a directory of its own. Starting again in the
 * directory of a broker that was closed finds its data.
 */
public final class SluiceBroker implements AutoCloseable {
    private final Broker broker;
    private final Path dataDirectory;
    private final boolean deleteData;
    private final RecordAppender appender;

    private SluiceBroker(Broker broker, Path dataDirectory, boolean deleteData) {
        this.broker = broker;
        this.appender = new RecordAppender(broker.producer(), broker.actorSystem(), InstantSource.system());
        this.dataDirectory = dataDirectory;
        this.deleteData = deleteData;
    }

    /** A broker with its data in a temporary directory that goes away with it. */
    public static SluiceBroker start() {
        return builder().start();
    }

    /**
     * A broker with its data in {@code dataDirectory}.
     *
     * @param dataDirectory made if it is not there; kept when the broker closes
     */
    public static SluiceBroker start(Path dataDirectory) {
        return builder().dataDirectory(dataDirectory).start();
    }

    /** For a broker with settings of its own. */
    public static Builder builder() {
        return new Builder();
    }

    /** {@code HOST:PORT}, for {@code bootstrap.servers} of any Kafka client. */
    public String bootstrap() {
        return broker.bootstrap();
    }

    /** The port that the broker listens on. */
    public int port() {
        return broker.kafkaAddress().getPort();
    }

    /** Where HTTP is served: {@code http://HOST:PORT}; empty if {@code sluice.http.listen} is set to {@code none}. */
    public Optional<URI> http() {
        return broker.http().map(address -> URI.create("http://" + address));
    }

    /** Where the data is. */
    public Path dataDirectory() {
        return dataDirectory;
    }

    /**
     * Records of topics as an Akka stream, inside this JVM: no connection, no encoding, and its demand alone reads the log. The materialised control
     * moves, pauses and ends it.
     */
    public Source<StoredRecord, SubscriptionControl> records(SubscriptionRequest request) {
        return broker.node().subscriptions().subscribe(request).mapConcat(StoredRecord::of);
    }

    /** The same for any library of Reactive Streams; each subscriber is a subscription of its own. */
    public Publisher<StoredRecord> publisher(SubscriptionRequest request) {
        Source<StoredRecord, SubscriptionControl> records = records(request);
        return subscriber -> {
            Objects.requireNonNull(subscriber, "subscriber");
            records.runWith(Sink.<StoredRecord>asPublisher(AsPublisher.WITHOUT_FANOUT), broker.actorSystem())
                    .subscribe(subscriber);
        };
    }

    /**
     * Appends records to a topic, as an Akka stream inside this JVM: no connection, no encoding. Each record's place comes out when all replicas that must have it do
     * ({@code acks=all}), in the order of the records. Two batches of at most 1 MiB are all that a stream holds; when both are full it asks for nothing more.
     *
     * <p>Keys go to the partitions where Kafka's clients put them. What a partition refuses for now (no leader, too few replicas) is tried again for two minutes, without a
     * record being there twice; what it refuses for good fails the stream with an {@link AppendException}.
     */
    public Flow<NewRecord, Appended, NotUsed> appending(String topic) {
        return appender.flow(topic);
    }

    /** The same as a sink; it completes with the number of records when all of them were appended. */
    public Sink<NewRecord, CompletionStage<Long>> sink(String topic) {
        return appending(topic).toMat(Sink.fold(0L, (count, appended) -> count + 1), Keep.right());
    }

    /** The same for one publisher of any library of Reactive Streams, or of the JDK. */
    public AppendingSubscriber subscriber(String topic) {
        return new AppendingSubscriber(
                sink(topic), SystemMaterializer.get(broker.actorSystem()).materializer());
    }

    /** The running broker, for tests of Sluice itself: not part of the public API. */
    public Broker broker() {
        return broker;
    }

    /** Stops the broker. Any number of calls. */
    @Override
    public void close() {
        broker.close();
        if (deleteData) {
            deleteTree(dataDirectory);
        }
    }

    private static void deleteTree(Path root) {
        if (!Files.exists(root)) {
            return;
        }
        try {
            Files.walkFileTree(root, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                    Files.delete(file);
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult postVisitDirectory(Path folder, IOException failed) throws IOException {
                    Files.delete(folder);
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new UncheckedIOException("can't delete the broker's data at " + root, e);
        }
    }

    /** Collects what a broker shall be like. */
    public static final class Builder {
        private final Map<String, String> settings = new LinkedHashMap<>();
        private Path dataDirectory;
        private int port;

        private Builder() {
            // A test wants to begin: no waiting for members that may come, and a group's log in few partitions.
            settings.put("group.initial.rebalance.delay.ms", "0");
            settings.put("offsets.topic.num.partitions", "5");
            settings.put("sluice.http.listen", "127.0.0.1:0");
        }

        /** Where the data goes, and stays. Default: a temporary directory, deleted when the broker closes. */
        public Builder dataDirectory(Path directory) {
            dataDirectory = directory;
            return this;
        }

        /** Default: 0, any free one. */
        public Builder port(int value) {
            port = value;
            return this;
        }

        /**
         * A setting, by the name that it has in a configuration file: {@code num.partitions}, {@code log.retention.ms}, {@code sluice.*} ...
         * Differing from the process, {@code group.initial.rebalance.delay.ms} is 0, {@code offsets.topic.num.partitions} 5, and HTTP on a free port
         * ({@code sluice.http.listen}), unless set here.
         */
        public Builder config(String key, String value) {
            settings.put(key, value);
            return this;
        }

        /**
         * Starts the broker; it serves when this returns.
         *
         * @throws RuntimeException whose message says in one line what is in the way: an unknown key, a port in use, a directory in use
         */
        public SluiceBroker start() {
            boolean temporary = dataDirectory == null;
            Path directory = temporary ? temporaryDirectory() : dataDirectory;
            Map<String, String> all = new LinkedHashMap<>(settings);
            all.put("log.dirs", directory.toString());
            all.put("listeners", "PLAINTEXT://127.0.0.1:" + port);
            try {
                BrokerSettings parsed = BrokerSettings.parse(List.of(new SettingsSource("", all)));
                return new SluiceBroker(Broker.start(parsed), directory, temporary);
            } catch (RuntimeException e) {
                if (temporary) {
                    deleteTree(directory);
                }
                throw e;
            }
        }

        private static Path temporaryDirectory() {
            try {
                return Files.createTempDirectory("sluice-");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
