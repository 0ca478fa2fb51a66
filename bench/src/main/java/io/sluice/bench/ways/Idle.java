/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * What a subscription costs that nothing comes for: {@code subscriptions=5000}, each on a WebSocket of its own, of one partition; live heap and
 * resident memory with them and without, before or after (where all of the heap is in memory from the start, the latter grows by what is not on it). A tenth of them is opened and closed before, so that what the first ones load is not counted. Options
 * {@code label=}, {@code address=}, {@code pid=}, {@code format=json}, {@code settle=15} seconds.
 */
public final class Idle {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final long READY_NS = 120 * SECOND_NS;
    private static final long LOOK_NS = 5_000_000;

    private final Options options;
    private final InetSocketAddress to;
    private final Format format;
    private final String topic = "idle-" + ProcessHandle.current().pid();
    private final WebSocketLoop loop;

    private Idle(Options options) throws IOException {
        this.options = options;
        to = Rest.address(options.text("address"));
        format = Format.valueOf(options.text("format", "json").toUpperCase(Locale.ROOT));
        loop = new WebSocketLoop(0);
    }

    /** Entry point. */
    public static void main(String[] args) throws Exception {
        new Idle(new Options(args)).run();
        System.exit(0);
    }

    private void run() throws Exception {
        int subscriptions = options.number("subscriptions", 5_000);
        ServerProcess server = ServerProcess.of(options);
        Rest.createTopic(options.text("address"), topic, 1);
        close(open(Math.max(1, subscriptions / 10)));
        settle();
        long heap0 = server.liveHeapBytes();
        long rss0 = server.rssBytes();
        double tcp0 = ServerProcess.tcpMegabytes();
        List<WebSocket> sockets = open(subscriptions);
        settle();
        long heap1 = server.liveHeapBytes();
        long rss1 = server.rssBytes();
        double tcp1 = ServerProcess.tcpMegabytes();
        double cpu0 = server.cpuSeconds();
        settle();
        double cpu = server.cpuSeconds() - cpu0;
        close(sockets);
        settle();
        long heap2 = server.liveHeapBytes();
        long heapWithout = Math.min(heap0, heap2); // what the start has left may go late
        new Figures(options.text("label"), "idle")
                .with("subscriptions", subscriptions)
                .with("heap_bytes_each", (heap1 - heapWithout) / subscriptions)
                .with("rss_bytes_each", (rss1 - rss0) / subscriptions)
                .with("bytes_each", (heap1 - heapWithout + rss1 - rss0) / subscriptions)
                .with("kernel_bytes_each", (long) ((tcp1 - tcp0) * 1048576 / subscriptions))
                .with("cpu_percent", cpu * 100 / options.number("settle", 15))
                .with("live_heap_without_mb", heap0 / 1048576.0)
                .with("live_heap_with_mb", heap1 / 1048576.0)
                .with("live_heap_closed_mb", heap2 / 1048576.0)
                .with("srv_rss_without_mb", rss0 >> 20)
                .with("srv_rss_with_mb", rss1 >> 20)
                .print();
    }

    private List<WebSocket> open(int count) throws IOException {
        Tally tally = new Tally(1, 0, 0);
        List<WebSocket> sockets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            WebSocket socket =
                    SluiceSubscriber.subscribe(to, topic, "latest", format, 100, SluiceSubscriber.Window.JS, tally);
            sockets.add(socket);
            loop.add(socket);
        }
        long end = System.nanoTime() + READY_NS;
        while (tally.ready.sum() < count) {
            tally.check();
            loop.check();
            if (System.nanoTime() > end) {
                throw new IllegalStateException("only " + tally.ready.sum() + " of " + count + " subscribed");
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return sockets;
    }

    private static void close(List<WebSocket> sockets) {
        for (WebSocket socket : sockets) {
            socket.close();
        }
    }

    private void settle() {
        long end = System.nanoTime() + options.number("settle", 15) * SECOND_NS;
        while (System.nanoTime() < end) {
            loop.check();
            LockSupport.parkNanos(LOOK_NS);
        }
    }
}
