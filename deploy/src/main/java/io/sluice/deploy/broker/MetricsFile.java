/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.broker;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Statistic;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Every meter of the broker as text, for people, scripts and collectors of text files: the file {@code metrics} in the data directory, in the text
 * format of Prometheus. It says when it was written, for it outlives a process that was killed.
 *
 * <pre>
 *   # written 2026-11-21T08:00:00Z
 *   # HELP sluice_partition_appends_total appends written
 *   # TYPE sluice_partition_appends_total counter
 *   sluice_partition_appends_total{node="1"} 1200
 * </pre>
 *
 * <p>Names are those that Micrometer's own registry for Prometheus makes: underscores for dots, then the unit, then {@code _total} for counters.
 */
final class MetricsFile {
    static final String NAME = "metrics";

    private static final double WHOLE_MAX = 1e15;

    private MetricsFile() {}

    /** Writes into {@code folder} every so often until it is closed. */
    static RewrittenFile start(Path folder, Duration interval, MeterRegistry meters, InstantSource clock) {
        return RewrittenFile.start(
                folder.resolve(NAME),
                interval,
                () -> "# written " + clock.instant() + "\n" + text(meters),
                "it does not tell what the broker counts");
    }

    static String text(MeterRegistry meters) {
        Map<String, List<Meter>> byName = new TreeMap<>();
        meters.getMeters().forEach(meter -> byName.computeIfAbsent(name(meter), name -> new ArrayList<>())
                .add(meter));
        StringBuilder text = new StringBuilder();
        byName.forEach((name, same) -> append(text, name, same));
        return text.toString();
    }

    private static void append(StringBuilder text, String name, List<Meter> same) {
        Meter.Id id = same.get(0).getId();
        if (id.getDescription() != null) {
            String help = id.getDescription().replace("\\", "\\\\").replace("\n", "\\n");
            text.append("# HELP ").append(name).append(' ').append(help).append('\n');
        }
        text.append("# TYPE ").append(name).append(' ').append(type(id)).append('\n');
        same.sort(Comparator.comparing(MetricsFile::tags));
        for (Meter meter : same) {
            String tags = tags(meter);
            meter.measure().forEach(measured -> text.append(name)
                    .append(suffix(id, measured.getStatistic()))
                    .append(tags)
                    .append(' ')
                    .append(number(measured.getValue()))
                    .append('\n'));
        }
    }

    private static String name(Meter meter) {
        Meter.Id id = meter.getId();
        String name = underscored(id.getName());
        String unit = meter instanceof Timer ? "seconds" : id.getBaseUnit();
        if (unit != null && !name.endsWith("_" + unit)) {
            name += "_" + unit;
        }
        return id.getType() == Meter.Type.COUNTER ? name + "_total" : name;
    }

    private static String type(Meter.Id id) {
        return switch (id.getType()) {
            case COUNTER -> "counter";
            case GAUGE -> "gauge";
            case TIMER, DISTRIBUTION_SUMMARY -> "summary";
            default -> "untyped";
        };
    }

    /** A counter or gauge is one number, other meters are several. */
    private static String suffix(Meter.Id id, Statistic statistic) {
        if (id.getType() == Meter.Type.COUNTER || id.getType() == Meter.Type.GAUGE) {
            return "";
        }
        return switch (statistic) {
            case TOTAL, TOTAL_TIME -> "_sum";
            default -> "_" + statistic.name().toLowerCase(Locale.ROOT);
        };
    }

    private static String tags(Meter meter) {
        List<Tag> tags = meter.getId().getTags();
        return tags.isEmpty()
                ? ""
                : tags.stream()
                        .map(tag -> underscored(tag.getKey()) + "=\""
                                + tag.getValue()
                                        .replace("\\", "\\\\")
                                        .replace("\"", "\\\"")
                                        .replace("\n", "\\n")
                                + "\"")
                        .collect(Collectors.joining(",", "{", "}"));
    }

    private static String underscored(String name) {
        return name.replaceAll("[^A-Za-z0-9_]", "_");
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < WHOLE_MAX
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
