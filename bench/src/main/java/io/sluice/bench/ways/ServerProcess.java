/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The measured process, as Linux and {@code jcmd} see it. */
record ServerProcess(long pid) {
    /** Clock ticks a second: USER_HZ, which is 100 on every platform of Linux. */
    private static final double TICKS = 100;

    private static final int USER_TICKS = 11;
    private static final double PAGE_MB = 4096 / 1048576.0;
    private static final Pattern RSS = Pattern.compile("VmRSS:\\s+(\\d+) kB");
    private static final Pattern TCP_PAGES = Pattern.compile("TCP: .* mem (\\d+)");
    /** The generations of the parallel and of the serial collector, and G1's heap. */
    private static final Pattern HEAP_USED = Pattern.compile(
            "(?:PSYoungGen|ParOldGen|def new generation|tenured generation|garbage-first heap).* used (\\d+)K");

    static ServerProcess of(Options options) {
        return new ServerProcess(Long.parseLong(options.text("pid")));
    }

    /** User and kernel together, since its start. */
    double cpuSeconds() {
        String stat = read(Path.of("/proc/" + pid + "/stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
        return (Long.parseLong(fields[USER_TICKS]) + Long.parseLong(fields[USER_TICKS + 1])) / TICKS;
    }

    long rssBytes() {
        return found(RSS, read(Path.of("/proc/" + pid + "/status"))) * 1024;
    }

    /** What is on the heap now, garbage included. */
    long heapBytes() {
        return found(HEAP_USED, jcmd("GC.heap_info")) * 1024;
    }

    /** What is on the heap after a full collection. Twice: what is freed through a reference queue goes with the second. */
    long liveHeapBytes() {
        jcmd("GC.run");
        jcmd("GC.run");
        return heapBytes();
    }

    /** Kernel memory of all TCP sockets of this machine. */
    static double tcpMegabytes() {
        return found(TCP_PAGES, read(Path.of("/proc/net/sockstat"))) * PAGE_MB;
    }

    private static long found(Pattern pattern, String text) {
        long sum = 0;
        Matcher matcher = pattern.matcher(text);
        boolean any = false;
        while (matcher.find()) {
            any = true;
            sum += Long.parseLong(matcher.group(1));
        }
        if (!any) {
            throw new IllegalStateException("no " + pattern + " in " + text);
        }
        return sum;
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String jcmd(String command) {
        try {
            Process process = new ProcessBuilder("jcmd", Long.toString(pid), command)
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException("jcmd " + command + ": " + output);
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException("interrupted", e);
        }
    }
}
