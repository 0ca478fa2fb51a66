/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Reads and writes topics as Reactive Streams, over WebSockets: nothing but the JDK and the interfaces of reactivestreams.org.
 *
 * <pre>{@code
 * try (SluiceClient client = SluiceClient.connect("http://127.0.0.1:8080")) {
 *     client.subscribe(Subscribe.to("orders").from(StartFrom.earliest())).subscribe(subscriber);
 * }
 * }</pre>
 *
 * <p>Thread-safe. Connections are made by publishers and producers; a client without any has none. Its threads are daemons.
 */
public final class SluiceClient implements AutoCloseable {
    private final ClientSettings settings;
    private final ExecutorService executor;
    private final ScheduledThreadPoolExecutor timer;
    private final Set<LiveSubscription> subscriptions = ConcurrentHashMap.newKeySet();
    private final Set<LiveProducer> producers = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    private SluiceClient(Builder builder) {
        executor = Executors.newCachedThreadPool(daemons("sluice-client"));
        timer = new ScheduledThreadPoolExecutor(1, daemons("sluice-client-timer"));
        timer.setRemoveOnCancelPolicy(true);
        HttpClient http = builder.http != null
                ? builder.http
                : HttpClient.newBuilder().connectTimeout(builder.connectTimeout).build();
        settings = new ClientSettings(
                List.copyOf(builder.nodes),
                Map.copyOf(builder.headers),
                http,
                executor,
                timer,
                new ConnectionPlan.BackOff(builder.firstRetry.toMillis(), builder.maxRetry.toMillis(), builder.retries),
                new SubscriptionCore.Window(builder.windowRecords, builder.windowBytes),
                builder.connectTimeout,
                builder.silence,
                builder.maxFrameBytes,
                () -> ThreadLocalRandom.current().nextDouble());
        settings.plan("/");
    }

    private static ThreadFactory daemons(String name) {
        AtomicInteger threads = new AtomicInteger();
        return work -> {
            Thread thread = new Thread(work, name + "-" + threads.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        };
    }

    /** A client of these nodes, {@code http://HOST:PORT} each, with defaults for everything else. */
    public static SluiceClient connect(String... nodes) {
        return builder(nodes).build();
    }

    /** A client with settings of its own. */
    public static Builder builder(String... nodes) {
        return new Builder(nodes);
    }

    /** Records of topics. Nothing happens until somebody subscribes. */
    public RecordPublisher subscribe(Subscribe what) {
        Objects.requireNonNull(what, "what");
        return new RecordPublisher(downstream -> {
            LiveSubscription subscription = new LiveSubscription(settings, what, downstream, subscriptions::remove);
            subscriptions.add(subscription);
            if (closed) {
                subscription.fail(SluiceException.CLOSED, "the client was closed");
            }
            return subscription;
        });
    }

    /** A subscriber that appends what it gets. It connects when it is subscribed. */
    public RecordSubscriber produce(Produce how) {
        String name = how.producer() == null ? "client-" + UUID.randomUUID() : how.producer();
        LiveProducer producer = new LiveProducer(settings, how, name, producers::remove);
        producers.add(producer);
        if (closed) {
            producer.fail(SluiceException.CLOSED, "the client was closed");
        }
        return new RecordSubscriber(producer);
    }

    /** Ends every subscription and every producer with {@link SluiceException#CLOSED}. */
    @Override
    public void close() {
        closed = true;
        subscriptions.forEach(subscription -> subscription.fail(SluiceException.CLOSED, "the client was closed"));
        producers.forEach(producer -> producer.fail(SluiceException.CLOSED, "the client was closed"));
        // its threads end when they were idle for a while: what was just told to end still needs them
        timer.setKeepAliveTime(1, TimeUnit.SECONDS);
        timer.allowCoreThreadTimeOut(true);
    }

    /** Settings of a client. */
    public static final class Builder {
        private final List<URI> nodes = new ArrayList<>();
        private final Map<String, String> headers = new LinkedHashMap<>();
        private HttpClient http;
        private Duration firstRetry = Duration.ofMillis(100);
        private Duration maxRetry = Duration.ofSeconds(10);
        private int retries = Integer.MAX_VALUE;
        private Duration connectTimeout = Duration.ofSeconds(10);
        private Duration silence = Duration.ofSeconds(45);
        private long windowRecords = 20_000;
        private long windowBytes = 4 << 20;
        private int maxFrameBytes = 64 << 20;

        private Builder(String... addresses) {
            if (addresses.length == 0) {
                throw new IllegalArgumentException("no node");
            }
            Arrays.stream(addresses).map(NodeAddress::parse).forEach(nodes::add);
        }

        /** Sent with each handshake: {@code Authorization}, {@code Cookie}. */
        public Builder header(String name, String value) {
            headers.put(name, value);
            return this;
        }

        /** For TLS, proxies, executors of one's own. */
        public Builder httpClient(HttpClient client) {
            http = client;
            return this;
        }

        /** How long to wait before the first retry, and what that doubles up to. If not called: 100 ms, 10 s. */
        public Builder backOff(Duration first, Duration max) {
            firstRetry = first;
            maxRetry = max;
            return this;
        }

        /** How many tries in a row may fail before a subscription does. If not called: any number. */
        public Builder retries(int number) {
            retries = number;
            return this;
        }

        /** How long a handshake may take. If not called: 10 s. */
        public Builder connectTimeout(Duration timeout) {
            connectTimeout = timeout;
            return this;
        }

        /** A connection on which nothing was heard for so long, not even a ping, is lost. If not called: 45 s; nodes ping every 20 s. */
        public Builder silence(Duration limit) {
            if (limit.toMillis() < 1) {
                throw new IllegalArgumentException("silence of " + limit);
            }
            silence = limit;
            return this;
        }

        /**
         * How much of one subscription may be on its way at a time, however much is requested; of a producer, how much may be unacknowledged. If not
         * called: 20,000 records, 4 MiB.
         */
        public Builder window(long records, long bytes) {
            windowRecords = records;
            windowBytes = bytes;
            return this;
        }

        /** The longest frame that is taken from a node: above the largest record. If not called: 64 MiB. */
        public Builder maxFrameBytes(int bytes) {
            maxFrameBytes = bytes;
            return this;
        }

        /** The client. */
        public SluiceClient build() {
            return new SluiceClient(this);
        }
    }
}
