/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code POST /v1/topics/T/records}, the same batch again and again, one request at a time on each of a few connections. A bare socket: an HTTP
 * client would take a good part of the processor. Options {@code label=}, {@code address=}, {@code pid=}, {@code connections=8}, {@code batch=100},
 * {@code size=1024}, {@code seconds=20}, {@code warmup=10}, {@code partitions=6}, {@code form=json|lines}.
 */
public final class HttpProduce {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final String OK = "HTTP/1.1 200";
    private static final String LENGTH = "content-length: ";

    private final byte[] request;
    private final InetSocketAddress to;
    private final LongAdder answered = new LongAdder();
    private final Histogram latencies = new Histogram();
    private final AtomicReference<String> failure = new AtomicReference<>();
    private volatile boolean counting;
    private volatile boolean stopped;

    private HttpProduce(InetSocketAddress to, byte[] request) {
        this.to = to;
        this.request = request;
    }

    /** Entry point. */
    public static void main(String[] args) throws Exception {
        Options options = new Options(args);
        String address = options.text("address");
        String topic = "produce-" + ProcessHandle.current().pid();
        Rest.createTopic(address, topic, options.number("partitions", 6));
        int batch = options.number("batch", 100);
        int size = options.number("size", 1024);
        boolean lines = options.text("form", "json").equals("lines");
        byte[] request = request(address, topic, batch, size, lines);
        new HttpProduce(Rest.address(address), request).run(options, batch, size);
        System.exit(0);
    }

    private static byte[] request(String address, String topic, int batch, int size, boolean lines) {
        StringBuilder body = new StringBuilder(lines ? "" : "[");
        for (int i = 0; i < batch; i++) {
            body.append(i == 0 || lines ? "" : ",")
                    .append("{\"value\":\"")
                    .append(new String(Numbered.value(i, size), StandardCharsets.US_ASCII))
                    .append(lines ? "\"}\n" : "\"}");
        }
        body.append(lines ? "" : "]");
        String head = "POST /v1/topics/" + topic + "/records" + (lines ? "?results=array" : "") + " HTTP/1.1\r\nHost: "
                + address + "\r\nContent-Type: application/" + (lines ? "x-ndjson" : "json") + "\r\nContent-Length: "
                + body.length() + "\r\n\r\n";
        return (head + body).getBytes(StandardCharsets.US_ASCII);
    }

    private void run(Options options, int batch, int size) throws InterruptedException {
        int connections = options.number("connections", 8);
        int seconds = options.number("seconds", 20);
        ServerProcess server = ServerProcess.of(options);
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < connections; i++) {
            Thread thread = new Thread(this::post, "post-" + i);
            threads.add(thread);
            thread.start();
        }
        pass(options.number("warmup", 10));
        counting = true;
        double cpu0 = server.cpuSeconds();
        double own0 = FanOut.ownCpuSeconds();
        long answered0 = answered.sum();
        long begin = System.nanoTime();
        pass(seconds);
        double took = (System.nanoTime() - begin) / 1e9;
        long requests = answered.sum() - answered0;
        double cpu = server.cpuSeconds() - cpu0;
        double own = FanOut.ownCpuSeconds() - own0;
        stopped = true;
        for (Thread thread : threads) {
            thread.join();
        }
        check();
        double megabytes = (double) requests * batch * size / 1e6;
        new Figures(options.text("label"), "produce")
                .with("form", options.text("form", "json"))
                .with("connections", connections)
                .with("batch", batch)
                .with("size", size)
                .with("seconds", took)
                .with("mb_s", megabytes / took)
                .with("rec_s", requests * batch / took)
                .with("srv_cpu_s", cpu)
                .with("srv_cpu_s_per_GB", cpu / megabytes * 1e3)
                .with("cli_cpu_s", own)
                .with("p50_ms", latencies.quantileMs(0.5))
                .with("p99_ms", latencies.quantileMs(0.99))
                .with("srv_rss_mb", server.rssBytes() >> 20)
                .print();
    }

    private void pass(int seconds) {
        long end = System.nanoTime() + seconds * SECOND_NS;
        while (System.nanoTime() < end) {
            check();
            LockSupport.parkNanos(Math.min(SECOND_NS / 20, Math.max(0, end - System.nanoTime())));
        }
    }

    private void check() {
        if (failure.get() != null) {
            throw new IllegalStateException(failure.get());
        }
    }

    private void post() {
        try (Socket socket = new Socket(to.getAddress(), to.getPort())) {
            socket.setTcpNoDelay(true);
            OutputStream out = socket.getOutputStream();
            InputStream in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
            while (!stopped) {
                long begin = System.nanoTime();
                out.write(request);
                answer(in);
                answered.increment();
                if (counting) {
                    synchronized (latencies) {
                        latencies.add((System.nanoTime() - begin) / 1000);
                    }
                }
            }
        } catch (IOException | UncheckedIOException e) {
            failure.compareAndSet(null, e.toString());
        }
    }

    private static void answer(InputStream in) throws IOException {
        String status = line(in);
        int length = 0;
        for (String header = line(in); !header.isEmpty(); header = line(in)) {
            if (header.toLowerCase(Locale.ROOT).startsWith(LENGTH)) {
                length = Integer.parseInt(header.substring(LENGTH.length()).trim());
            }
        }
        byte[] body = in.readNBytes(length);
        if (!status.startsWith(OK)) {
            throw new IOException(status + ": " + new String(body, StandardCharsets.UTF_8));
        }
    }

    private static String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                throw new IOException("the connection has ended");
            }
            if (next != '\r') {
                line.write(next);
            }
        }
        return line.toString(StandardCharsets.US_ASCII);
    }
}
