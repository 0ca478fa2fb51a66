/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * One subscriber reads everything that a partition has, {@code runs=3} times (the first is also the server's warm-up). Options {@code label=},
 * {@code address=}, {@code kafka=}, {@code pid=}, {@code gclog=}, {@code records=2000000}, {@code size=100}, {@code format=cbor}, {@code window=java|js}.
 */
public final class Backlog {
    private static final long WITHIN_NS = 300_000_000_000L;
    private static final long LOOK_NS = 1_000_000;

    private Backlog() {}

    /** Entry point. */
    public static void main(String[] args) throws Exception {
        Options options = new Options(args);
        String topic = "backlog-" + ProcessHandle.current().pid();
        int records = options.number("records", 2_000_000);
        int size = options.number("size", 100);
        Rest.createTopic(options.text("address"), topic, 1);
        Tally filled = new Tally(1, 0, 0);
        fill(options, topic, records, size, filled);
        for (int run = 1; run <= options.number("runs", 3); run++) {
            read(options, topic, records, size, run);
        }
        System.exit(0);
    }

    private static void fill(Options options, String topic, int records, int size, Tally tally) {
        try (Publishers.Publisher publisher = Publishers.kafka(options.text("kafka"), topic, size, tally)) {
            for (int i = 0; i < records; i++) {
                publisher.send(i);
            }
        }
        tally.check();
    }

    private static void read(Options options, String topic, int records, int size, int run) throws IOException {
        InetSocketAddress to = Rest.address(options.text("address"));
        Format format = Format.valueOf(options.text("format", "cbor").toUpperCase(Locale.ROOT));
        SluiceSubscriber.Window window =
                options.text("window", "java").equals("js") ? SluiceSubscriber.Window.JS : SluiceSubscriber.Window.JAVA;
        ServerProcess server = ServerProcess.of(options);
        long heapBefore = server.liveHeapBytes();
        Tally tally = new Tally(1, 0, 0);
        GcLog collections = new GcLog(options.text("gclog"));
        try (WebSocketLoop loop = new WebSocketLoop(0)) {
            double cpu0 = server.cpuSeconds();
            double own0 = FanOut.ownCpuSeconds();
            long begin = System.nanoTime();
            WebSocket socket = SluiceSubscriber.subscribe(to, topic, "earliest", format, size, window, tally);
            loop.add(socket);
            while (tally.delivered.sum() < records && System.nanoTime() < begin + WITHIN_NS) {
                tally.check();
                loop.check();
                LockSupport.parkNanos(LOOK_NS);
            }
            double took = (System.nanoTime() - begin) / 1e9;
            double cpu = server.cpuSeconds() - cpu0;
            double own = FanOut.ownCpuSeconds() - own0;
            long heapAfter = server.liveHeapBytes(); // in the log, too: two of its full collections
            socket.close();
            long delivered = tally.delivered.sum();
            Figures figures = new Figures(options.text("label"), "backlog")
                    .with("run", run)
                    .with("records", records)
                    .with("size", size)
                    .with("missing", records - delivered)
                    .with("wrong", tally.wrong.sum())
                    .with("seconds", took)
                    .with("rec_s", delivered / took)
                    .with("records_per_frame", (double) delivered / tally.frames.sum())
                    .with("srv_cpu_s", cpu)
                    .with("srv_cpu_us_per_record", cpu * 1e6 / delivered)
                    .with("cli_cpu_s", own)
                    .with("live_heap_before_mb", heapBefore / 1048576.0)
                    .with("live_heap_after_mb", heapAfter / 1048576.0)
                    .with("srv_rss_mb", server.rssBytes() >> 20);
            collections.addTo(figures);
            figures.print();
            if (delivered != records || tally.wrong.sum() != 0) {
                System.exit(1);
            }
        }
    }
}
