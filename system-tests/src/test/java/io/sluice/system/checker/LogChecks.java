/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What must hold of a partition's records, whoever tells of them. */
final class LogChecks {
    private final String partition;
    private final List<Event> events;
    private final SettledLog settled;
    private final Findings findings;

    /** Every value that anybody said to be at an offset. */
    private final Map<Long, Set<String>> valuesAt = new TreeMap<>();

    /** Where each value was read. */
    private final Map<String, SortedSet<Long>> offsetsOf = new HashMap<>();

    private final Map<String, Event.Sent> sent = new HashMap<>();
    private final Map<String, Event.Acknowledged> acknowledged = new HashMap<>();
    private final Set<String> refused = new HashSet<>();

    /**
     * May be there, and more than once: a Java producer that gives up on a batch gets a new epoch and numbers all that it has in hand anew,
     * also what was sent already (KIP-360). No broker can tell that from a new batch.
     */
    private final Set<String> inDoubt = new HashSet<>();

    LogChecks(String partition, List<Event> events, SettledLog settled, Findings findings) {
        this.partition = partition;
        this.events = events;
        this.settled = settled;
        this.findings = findings;
    }

    void check() {
        gather();
        checkOffsets();
        checkPresence();
        checkOrder();
    }

    private void gather() {
        for (Event event : events) {
            if (event instanceof Event.Sent one) {
                sent.put(one.value(), one);
            } else if (event instanceof Event.Acknowledged one) {
                acknowledged.put(one.value(), one);
                if (one.offset() >= 0) {
                    valuesAt(one.offset()).add(one.value());
                }
            } else if (event instanceof Event.Failed one) {
                (one.certainly() ? refused : inDoubt).add(one.value());
            } else if (event instanceof Event.Polled one) {
                one.entries().forEach(this::place);
            } else if (event instanceof Event.ReadBack one) {
                one.entries().forEach(this::place);
            }
        }
    }

    private void place(Event.Entry entry) {
        valuesAt(entry.offset()).add(entry.value());
        offsetsOf.computeIfAbsent(entry.value(), v -> new TreeSet<>()).add(entry.offset());
    }

    private Set<String> valuesAt(long offset) {
        return valuesAt.computeIfAbsent(offset, o -> new LinkedHashSet<>(2));
    }

    private void checkOffsets() {
        valuesAt.forEach((offset, values) -> {
            if (values.size() > 1) {
                findings.add(
                        AnomalyKind.INCONSISTENT_OFFSET,
                        partition,
                        "offset %d was said to hold %s".formatted(offset, values),
                        values);
            }
        });
        offsetsOf.forEach((value, offsets) -> {
            Event.Acknowledged told = acknowledged.get(value);
            if (offsets.size() > 1 && !inDoubt.contains(value)) {
                add(AnomalyKind.DUPLICATE, value, "%s was read at %s".formatted(value, offsets));
            } else if (offsets.size() == 1 && told != null && told.offset() >= 0 && !offsets.contains(told.offset())) {
                add(AnomalyKind.WRONG_OFFSET, value, "%s, but it was read at %s".formatted(told, offsets));
            }
            if (!sent.containsKey(value)) {
                add(AnomalyKind.NEVER_SENT, value, "%s was read at %s".formatted(value, offsets));
            }
            if (refused.contains(value)) {
                add(AnomalyKind.REFUSED_BUT_THERE, value, "%s was read at %s".formatted(value, offsets));
            }
        });
    }

    private void add(AnomalyKind kind, String value, String what) {
        findings.add(kind, partition, what, Set.of(value));
    }

    private void checkPresence() {
        if (!settled.isReadBack()) {
            return;
        }
        for (Event.Acknowledged one : acknowledged.values()) {
            if (!settled.contains(one.value())) {
                add(AnomalyKind.LOST_WRITE, one.value(), one + "; " + instead(one.offset()));
            }
        }
        offsetsOf.forEach((value, offsets) -> {
            if (!settled.contains(value) && !acknowledged.containsKey(value)) {
                add(AnomalyKind.LOST_READ, value, "%s was read at %s".formatted(value, offsets));
            }
        });
    }

    private String instead(long offset) {
        String value = settled.entries().get(offset);
        return value == null ? "at the end nothing is there" : "at the end %s is there".formatted(value);
    }

    /**
     * In the log, each producer's records must stand as sent, and none before one whose acknowledgement came before its sending. The second
     * copy of a record that was given up has no order: the client sends it under a new producer epoch, with those behind it long written.
     */
    private void checkOrder() {
        Map<String, Event.Sent> lastOf = new HashMap<>();
        for (Map.Entry<Long, String> entry : settled.entries().entrySet()) {
            String value = entry.getValue();
            Event.Sent one = sent.get(value);
            boolean again = inDoubt.contains(value) && settled.offsetOf(value) != entry.getKey();
            if (one == null || again) {
                continue;
            }
            Event.Sent before = lastOf.put(one.producer(), one);
            if (before != null && before.at() > one.at()) {
                findings.add(
                        AnomalyKind.REORDERED,
                        partition,
                        "%s stands at %d before %s at %d, but was sent after it"
                                .formatted(
                                        before.value(),
                                        settled.offsetOf(before.value()),
                                        value,
                                        settled.offsetOf(value)),
                        Set.of(before.value(), value));
            }
        }
        Event.Acknowledged earliestBehind = null;
        for (String value : settled.entries().descendingMap().values()) {
            Event.Sent one = sent.get(value);
            if (one != null && earliestBehind != null && earliestBehind.at() < one.at()) {
                findings.add(
                        AnomalyKind.OVERTAKEN,
                        partition,
                        "%s stands at %d before %s at %d, which had been acknowledged when it was sent"
                                .formatted(
                                        value,
                                        settled.offsetOf(value),
                                        earliestBehind.value(),
                                        settled.offsetOf(earliestBehind.value())),
                        Set.of(value, earliestBehind.value()));
            }
            Event.Acknowledged told = acknowledged.get(value);
            if (told != null && (earliestBehind == null || told.at() < earliestBehind.at())) {
                earliestBehind = told;
            }
        }
    }
}
