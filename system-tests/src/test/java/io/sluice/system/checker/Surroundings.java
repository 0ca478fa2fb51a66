/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Finds the events that a reader of a report wants to see: those that mention a record, their neighbours, and the trouble before. */
final class Surroundings {
    private static final int MOST_EVENTS = 40;
    private static final int NEIGHBOURS = 2;
    private static final long TROUBLE_WITHIN_NANOS = 10_000_000_000L;

    private final List<Event> trouble;
    private final Map<String, List<Event>> ofPartitions = new HashMap<>();

    Surroundings(List<Event> sorted, Map<String, List<Event>> ofPartitions) {
        this.trouble = sorted.stream().filter(e -> e instanceof Event.Trouble).toList();
        this.ofPartitions.putAll(ofPartitions);
    }

    List<Event> ofValues(String partition, Set<String> values) {
        List<Event> events = ofPartitions.getOrDefault(partition, List.of());
        return around(events, event -> mentions(event, values));
    }

    /** What the client of {@code event} was told before and after, and who else mentions the records. */
    List<Event> ofEvent(Event event, Set<String> values) {
        List<Event> events = ofPartitions.getOrDefault(event.partition(), List.of());
        String consumer = consumer(event);
        List<Event> own =
                events.stream().filter(e -> consumer(e).equals(consumer)).toList();
        SortedSet<Event> chosen = sortedSet();
        chosen.addAll(around(own, e -> e.equals(event)));
        chosen.addAll(ofValues(event.partition(), values));
        return limited(chosen);
    }

    List<Event> ofCommits(String group, Event event) {
        List<Event> commits = ofPartitions.getOrDefault(event.partition(), List.of()).stream()
                .filter(e -> group.equals(groupOfCommit(e)))
                .toList();
        int at = commits.indexOf(event);
        SortedSet<Event> chosen = sortedSet();
        chosen.addAll(
                commits.subList(Math.max(0, at - MOST_EVENTS / 4), Math.min(commits.size(), at + 1 + MOST_EVENTS / 8)));
        return withTrouble(chosen);
    }

    private List<Event> around(List<Event> events, Predicate<Event> wanted) {
        SortedSet<Event> chosen = sortedSet();
        for (int i = 0; i < events.size() && chosen.size() < MOST_EVENTS; i++) {
            if (wanted.test(events.get(i))) {
                chosen.addAll(events.subList(Math.max(0, i - NEIGHBOURS), Math.min(events.size(), i + 1 + NEIGHBOURS)));
            }
        }
        return withTrouble(chosen);
    }

    private List<Event> withTrouble(SortedSet<Event> chosen) {
        if (!chosen.isEmpty()) {
            long from = chosen.first().at() - TROUBLE_WITHIN_NANOS;
            long to = Math.min(chosen.last().at(), chosen.first().at() + TROUBLE_WITHIN_NANOS);
            trouble.stream().filter(t -> t.at() >= from && t.at() <= to).forEach(chosen::add);
        }
        return limited(chosen);
    }

    private static List<Event> limited(Collection<Event> events) {
        return events.stream().limit(2L * MOST_EVENTS).toList();
    }

    private static SortedSet<Event> sortedSet() {
        return new TreeSet<>(Comparator.comparingLong(Event::at).thenComparing(Event::toString));
    }

    private static boolean mentions(Event event, Set<String> values) {
        if (event instanceof Event.Sent sent) {
            return values.contains(sent.value());
        } else if (event instanceof Event.Acknowledged acknowledged) {
            return values.contains(acknowledged.value());
        } else if (event instanceof Event.Failed failed) {
            return values.contains(failed.value());
        } else if (event instanceof Event.Polled polled) {
            return polled.entries().stream().anyMatch(e -> values.contains(e.value()));
        } else if (event instanceof Event.ReadBack readBack) {
            return readBack.entries().stream().anyMatch(e -> values.contains(e.value()));
        }
        return false;
    }

    private static String consumer(Event event) {
        if (event instanceof Event.Polled polled) {
            return polled.consumer();
        } else if (event instanceof Event.Positioned positioned) {
            return positioned.consumer();
        } else if (event instanceof Event.Committed committed) {
            return committed.consumer();
        } else if (event instanceof Event.CommitRead read) {
            return read.consumer();
        }
        return "";
    }

    private static String groupOfCommit(Event event) {
        if (event instanceof Event.Committed committed) {
            return committed.group();
        } else if (event instanceof Event.CommitRead read) {
            return read.group();
        }
        return "";
    }
}
