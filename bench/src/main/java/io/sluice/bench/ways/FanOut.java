/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * Many WebSocket subscribers of one partition (or one subject of NATS), one publisher at a fixed rate: every record to every subscriber, in order,
 * or the run fails. Options:
 *
 * <pre>
 *  label=  address=HOST:PORT  pid=PID     the server; peer=sluice|nats
 *  subscribers=500  stuck=0               those that read, and those that ask for everything and then read nothing
 *  rate=1000  size=100  seconds=60        after warmup=10 seconds more, which are checked but not counted, the first third at a tenth of the rate
 *  format=json|cbor                       of Sluice's frames
 *  window=js|java|none                    credit
 *  kafka=HOST:PORT                        publish with Kafka's producer (batches) instead of one record a message over WebSocket
 *  gclog=FILE                             live heap after the first third of the warm-up and at the end, and what collections leave meanwhile
 *  pause=2                                milliseconds that the client's thread rests between rounds of reading
 * </pre>
 */
public final class FanOut {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long LATE_NS = 60 * SECOND_NS;
    private static final long READY_NS = 120 * SECOND_NS;
    private static final long SOON_NS = SECOND_NS / 2;
    private static final long LOOK_NS = 5_000_000;
    /** Of the warm-up, at a tenth of the rate. */
    private static final int GENTLE_PART = 3;

    private static final String TOPIC = "fanout";
    /** Shorter than two pings of the server, which those that read nothing don't answer. */
    private static final int SIGN_OF_LIFE_S = 10;

    private final Options options;
    private final boolean nats;
    private final InetSocketAddress to;
    private final Format format;
    private final int size;
    private final int rate;
    private final int seconds;
    private final int warmUp;
    private final long gentle;
    private final long counted;
    private final long records;
    private final Tally tally;
    private final WebSocketLoop loop;
    private final String topic;

    private FanOut(Options options) throws IOException {
        this.options = options;
        nats = options.text("peer", "sluice").equals("nats");
        to = Rest.address(options.text("address"));
        format = Format.valueOf(options.text("format", "json").toUpperCase(Locale.ROOT));
        size = options.number("size", 100);
        rate = options.number("rate", 1_000);
        seconds = options.number("seconds", 60);
        warmUp = options.number("warmup", 10);
        gentle = Tally.gentle(rate, warmUp / GENTLE_PART);
        counted = gentle + (long) rate * (warmUp - warmUp / GENTLE_PART);
        records = counted + (long) rate * seconds;
        tally = new Tally(rate, gentle, counted, records);
        loop = new WebSocketLoop(options.number("pause", 2) * 1_000_000L);
        topic = TOPIC + "-" + ProcessHandle.current().pid();
    }

    /** Entry point. */
    public static void main(String[] args) throws Exception {
        new FanOut(new Options(args)).run();
        System.exit(0); // producers and sockets have threads of their own
    }

    private void run() throws Exception {
        if (!nats) {
            Rest.createTopic(options.text("address"), topic, 1);
        }
        int reading = options.number("subscribers", 500);
        int stuck = options.number("stuck", 0);
        List<WebSocket> sockets = subscribe(reading, tally, loop);
        await(tally, reading, "subscribed");
        List<WebSocket> stuckSockets = subscribeAndIgnore(stuck);
        ServerProcess server = ServerProcess.of(options);
        String gcLog = options.text("gclog", null);

        Thread publisher = new Thread(this::publish, "publisher");
        tally.begin(System.nanoTime() + SOON_NS);
        publisher.start();
        // long before anything counts: whole collections stop the server for a moment
        sleepUntil(tally.due(gentle), stuckSockets);
        long heapBefore = gcLog == null ? 0 : server.liveHeapBytes();
        GcLog collections = gcLog == null ? null : new GcLog(gcLog);
        sleepUntil(tally.due(counted), stuckSockets);
        Usage usage = Usage.upToNow(server, tally);
        sleepUntil(tally.due(records), stuckSockets);
        usage = Usage.upToNow(server, tally).minus(usage);
        long rss = server.rssBytes();
        double tcp = ServerProcess.tcpMegabytes();

        publisher.join();
        long expected = records * reading;
        long end = System.nanoTime() + LATE_NS;
        while (tally.delivered.sum() < expected && System.nanoTime() < end) {
            check();
            LockSupport.parkNanos(LOOK_NS);
        }
        Figures figures = figures(reading, stuck, expected, usage)
                .with("srv_rss_mb", rss >> 20)
                .with("tcp_mb", tcp);
        if (collections != null) {
            collections.addTo(figures);
            figures.with(
                            "stuck_open",
                            stuckSockets.stream()
                                    .filter(s -> s.channel().isOpen())
                                    .count())
                    .with("live_heap_before_mb", heapBefore / 1048576.0)
                    .with("live_heap_after_mb", server.liveHeapBytes() / 1048576.0);
        }
        figures.print();
        sockets.forEach(WebSocket::close);
        stuckSockets.forEach(WebSocket::close);
        if (tally.delivered.sum() != expected || tally.wrong.sum() != 0) {
            System.exit(1);
        }
    }

    /** CPU of the server and of this program, and what was delivered. */
    private record Usage(double server, double own, long delivered, long frames) {
        static Usage upToNow(ServerProcess server, Tally tally) {
            return new Usage(server.cpuSeconds(), ownCpuSeconds(), tally.delivered.sum(), tally.frames.sum());
        }

        Usage minus(Usage before) {
            return new Usage(
                    server - before.server, own - before.own, delivered - before.delivered, frames - before.frames);
        }
    }

    private Figures figures(int reading, int stuck, long expected, Usage usage) {
        return new Figures(options.text("label"), options.text("w", "fanout"))
                .with("subscribers", reading)
                .with("stuck", stuck)
                .with("rate", rate)
                .with("size", size)
                .with("seconds", seconds)
                .with("missing", expected - tally.delivered.sum())
                .with("wrong", tally.wrong.sum())
                .with("delivered_per_s", (double) usage.delivered() / seconds)
                .with("records_per_frame", (double) usage.delivered() / Math.max(1, usage.frames()))
                .with("srv_cpu_s", usage.server())
                .with("srv_cpu_us_per_record", usage.server() * 1e6 / Math.max(1, usage.delivered()))
                .with("cli_cpu_s", usage.own())
                .with("p50_ms", tally.latencies().quantileMs(0.5))
                .with("p99_ms", tally.latencies().quantileMs(0.99))
                .with("p999_ms", tally.latencies().quantileMs(0.999))
                .with("max_ms", tally.latencies().maxMs())
                .raw("max_ms_by_twelfth", tally.longest());
    }

    private List<WebSocket> subscribe(int count, Tally into, WebSocketLoop readBy) throws IOException {
        SluiceSubscriber.Window window =
                switch (options.text("window", "js")) {
                    case "js" -> SluiceSubscriber.Window.JS;
                    case "java" -> SluiceSubscriber.Window.JAVA;
                    default -> SluiceSubscriber.Window.NONE;
                };
        List<WebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WebSocket socket = nats
                    ? NatsSubscriber.subscribe(to, topic, into)
                    : SluiceSubscriber.subscribe(to, topic, "earliest", format, size, window, into);
            sockets.add(socket);
            readBy.add(socket);
        }
        return sockets;
    }

    /** They are not in any loop. Their credit has no end, so that nothing but the socket holds the server back. */
    private List<WebSocket> subscribeAndIgnore(int count) throws IOException {
        List<WebSocket> sockets = new ArrayList<>();
        Tally ignored = new Tally(1, 0, 0);
        for (int i = 0; i < count; i++) {
            sockets.add(
                    nats
                            ? NatsSubscriber.subscribe(to, topic, ignored)
                            : SluiceSubscriber.subscribe(
                                    to, topic, "earliest", format, size, SluiceSubscriber.Window.NONE, ignored));
        }
        return sockets;
    }

    private void publish() {
        String bootstrap = options.text("kafka", null);
        try (Publishers.Publisher publisher = bootstrap != null
                ? Publishers.kafka(bootstrap, topic, size, tally)
                : nats
                        ? Publishers.nats(to, loop, topic, size, tally)
                        : Publishers.sluice(to, loop, topic, size, tally)) {
            Publishers.paced(publisher, tally, records);
        } catch (IOException | RuntimeException e) {
            tally.failed("publisher: " + e);
        }
    }

    private void await(Tally of, long ready, String what) {
        long end = System.nanoTime() + READY_NS;
        while (of.ready.sum() < ready) {
            check();
            if (System.nanoTime() > end) {
                throw new IllegalStateException("only " + of.ready.sum() + " of " + ready + " " + what);
            }
            LockSupport.parkNanos(LOOK_NS);
        }
    }

    private void check() {
        loop.check();
        tally.check();
    }

    /** Meanwhile those that read nothing say that they are there, else the server would close them for their silence. */
    private void sleepUntil(long nanoTime, List<WebSocket> silent) {
        long nextSign = System.nanoTime();
        while (System.nanoTime() < nanoTime) {
            check();
            if (System.nanoTime() >= nextSign) {
                nextSign += SIGN_OF_LIFE_S * SECOND_NS;
                for (WebSocket socket : silent) {
                    socket.pong();
                }
            }
            LockSupport.parkNanos(Math.min(LOOK_NS, Math.max(0, nanoTime - System.nanoTime())));
        }
    }

    static double ownCpuSeconds() {
        var os = (com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return os.getProcessCpuTime() / 1e9;
    }
}
