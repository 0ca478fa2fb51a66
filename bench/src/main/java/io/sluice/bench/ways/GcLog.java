/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What collections have left on the server's heap, from its log ({@code -Xlog:gc:file=...}): it costs the server nothing, where asking for it would. A
 * line is
 *
 * <pre>
 * [12.345s][info][gc] GC(5) Pause Young (Allocation Failure) 300M->45M(900M) 3.250ms
 * </pre>
 */
final class GcLog {
    private static final Pattern PAUSE =
            Pattern.compile("^\\[([0-9.]+)s\\].* Pause (Young|Full) .* (\\d+)M->(\\d+)M\\(\\d+M\\) ([0-9.]+)ms");
    private static final int SPAN_S = 10;

    private final Path file;
    private final long from;

    /** From now on. */
    GcLog(String file) throws IOException {
        this.file = Path.of(file);
        from = Files.size(this.file);
    }

    /** Adds what has happened since. Of every ten seconds the least that was left: the nearest to what is alive. */
    void addTo(Figures figures) throws IOException {
        byte[] all = Files.readAllBytes(file);
        String since = new String(all, (int) from, all.length - (int) from, StandardCharsets.UTF_8);
        TreeMap<Long, Long> lows = new TreeMap<>();
        List<Double> pauses = new ArrayList<>();
        int full = 0;
        for (String line : since.lines().toList()) {
            Matcher pause = PAUSE.matcher(line);
            if (pause.find()) {
                lows.merge(
                        (long) Double.parseDouble(pause.group(1)) / SPAN_S, Long.parseLong(pause.group(4)), Math::min);
                pauses.add(Double.parseDouble(pause.group(5)));
                full += pause.group(2).equals("Full") ? 1 : 0;
            }
        }
        figures.raw(
                        "heap_left_mb",
                        lows.values().stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]")))
                .with("gcs", pauses.size())
                .with("full_gcs", full)
                .with("gc_ms", pauses.stream().mapToDouble(Double::doubleValue).sum())
                .with(
                        "gc_max_ms",
                        pauses.stream().mapToDouble(Double::doubleValue).max().orElse(0));
    }
}
