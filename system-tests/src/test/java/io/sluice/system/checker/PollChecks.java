/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/** What must hold of what consumers are given: from where they begin, everything, each offset once; a group as a whole leaves nothing out. */
final class PollChecks {
    private static final int SHOWN_VALUES = 3;

    private final String partition;
    private final List<Event> events;
    private final SettledLog settled;
    private final Findings findings;

    /** The offset that each consumer must be given next, or a later one if nothing is there. */
    private final Map<String, Long> next = new HashMap<>();

    private final Map<String, Set<Long>> givenToGroups = new HashMap<>();

    PollChecks(String partition, List<Event> events, SettledLog settled, Findings findings) {
        this.partition = partition;
        this.events = events;
        this.settled = settled;
        this.findings = findings;
    }

    void check() {
        for (Event event : events) {
            if (event instanceof Event.Positioned positioned) {
                next.put(positioned.consumer(), positioned.offset());
            } else if (event instanceof Event.Polled polled) {
                checkPoll(polled);
            }
        }
        if (settled.isReadBack()) {
            givenToGroups.forEach(this::checkGroup);
        }
    }

    private void checkPoll(Event.Polled polled) {
        for (Event.Entry entry : polled.entries()) {
            long expected = next.getOrDefault(polled.consumer(), entry.offset());
            if (entry.offset() < expected) {
                findings.add(
                        AnomalyKind.POLL_GOES_BACK,
                        partition,
                        "%s was given %d:%s where %d was next"
                                .formatted(polled.consumer(), entry.offset(), entry.value(), expected),
                        polled,
                        Set.of(entry.value()));
            } else {
                checkSkip(polled, settled.between(expected, entry.offset()), expected, entry);
            }
            next.put(polled.consumer(), entry.offset() + 1);
            if (!polled.group().isEmpty()) {
                givenToGroups
                        .computeIfAbsent(polled.group(), g -> new HashSet<>())
                        .add(entry.offset());
            }
        }
    }

    private void checkSkip(Event.Polled polled, NavigableMap<Long, String> skipped, long expected, Event.Entry entry) {
        if (!skipped.isEmpty()) {
            findings.add(
                    AnomalyKind.POLL_SKIPS,
                    partition,
                    "%s was given %d:%s where %d was next: %d records left out, the first is %s"
                            .formatted(
                                    polled.consumer(),
                                    entry.offset(),
                                    entry.value(),
                                    expected,
                                    skipped.size(),
                                    skipped.firstEntry()),
                    polled,
                    Set.of(skipped.firstEntry().getValue()));
        }
    }

    private void checkGroup(String group, Set<Long> given) {
        long last = given.stream().mapToLong(o -> o).max().orElse(-1);
        var missing = new LinkedHashSet<String>();
        settled.entries().headMap(last).forEach((offset, value) -> {
            if (!given.contains(offset)) {
                missing.add(value);
            }
        });
        if (!missing.isEmpty()) {
            String first = missing.iterator().next();
            findings.add(
                    AnomalyKind.GROUP_NEVER_SAW,
                    partition,
                    "group %s was given %d, but never %d records before it, e.g. %s"
                            .formatted(
                                    group,
                                    last,
                                    missing.size(),
                                    missing.stream()
                                            .limit(SHOWN_VALUES)
                                            .map(value -> settled.offsetOf(value) + ":" + value)
                                            .toList()),
                    Set.of(first));
        }
    }
}
