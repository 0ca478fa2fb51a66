/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Looks at what clients were told and says what can't be true together ({@link AnomalyKind}). A send without an answer may be
 * there or not, but once, and in order. What was read back when all trouble had ended is what is there.
 *
 * @see <a href="https://github.com/jepsen-io/redpanda">Jepsen's Kafka workload</a>, whose kinds of errors these are
 */
public final class HistoryChecker {
    private HistoryChecker() {}

    /** Checks a whole history. */
    public static Verdict check(List<Event> history) {
        List<Event> sorted =
                history.stream().sorted(Comparator.comparingLong(Event::at)).toList();
        Map<String, List<Event>> ofPartitions = new TreeMap<>();
        for (Event event : sorted) {
            if (!event.partition().isEmpty()) {
                ofPartitions
                        .computeIfAbsent(event.partition(), p -> new ArrayList<>())
                        .add(event);
            }
        }
        var findings = new Findings(new Surroundings(sorted, ofPartitions));
        int there = 0;
        for (Map.Entry<String, List<Event>> one : ofPartitions.entrySet()) {
            var settled = new SettledLog(one.getValue());
            there += settled.size();
            new LogChecks(one.getKey(), one.getValue(), settled, findings).check();
            new PollChecks(one.getKey(), one.getValue(), settled, findings).check();
            new CommitChecks(one.getValue(), findings).check();
        }
        return findings.verdict(summary(sorted, ofPartitions.size(), there));
    }

    private static String summary(List<Event> events, int partitions, int there) {
        long sent = count(events, Event.Sent.class);
        long acknowledged = count(events, Event.Acknowledged.class);
        long polls = count(events, Event.Polled.class);
        long commits = events.stream()
                .filter(e -> e instanceof Event.Committed commit && commit.acknowledged())
                .count();
        return "%d partitions: %d records sent, %d acknowledged, %d there at the end; %d polls, %d commits"
                .formatted(partitions, sent, acknowledged, there, polls, commits);
    }

    private static long count(List<Event> events, Class<? extends Event> type) {
        return events.stream().filter(type::isInstance).count();
    }
}
