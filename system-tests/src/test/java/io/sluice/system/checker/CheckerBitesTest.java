/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.system.checker.Event.Acknowledged;
import io.sluice.system.checker.Event.CommitRead;
import io.sluice.system.checker.Event.Committed;
import io.sluice.system.checker.Event.Entry;
import io.sluice.system.checker.Event.Polled;
import io.sluice.system.checker.Event.ReadBack;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Random histories of a broker without errors are clean; one error put into any of them is found. */
class CheckerBitesTest {
    private static final int SEEDS = 100;

    @Test
    void aBrokerThatDoesEverythingRightIsClean() {
        for (long seed = 0; seed < SEEDS; seed++) {
            assertThat(HistoryChecker.check(history(seed)).toString())
                    .as("seed %d", seed)
                    .doesNotContain("wrong");
        }
    }

    @Test
    void aRecordTakenOutIsFound() {
        assertFound(AnomalyKind.LOST_WRITE, (events, random) -> {
            String lost = pick(events, Acknowledged.class, a -> true, random).value();
            changeEntries(events, entries -> entries.removeIf(e -> e.value().equals(lost)));
        });
    }

    @Test
    void aRecordWrittenTwiceIsFound() {
        assertFound(AnomalyKind.DUPLICATE, (events, random) -> {
            String doubled = pick(events, Acknowledged.class, a -> true, random).value();
            changeEntries(events, entries -> {
                if (entries.stream().anyMatch(e -> e.value().equals(doubled))) {
                    entries.add(new Entry(entries.size(), doubled));
                }
            });
        });
    }

    @Test
    void twoRecordsThatChangedPlacesAreFound() {
        assertFound(AnomalyKind.INCONSISTENT_OFFSET, (events, random) -> {
            Polled poll = pick(events, Polled.class, p -> p.entries().size() > 1, random);
            List<Entry> entries = new ArrayList<>(poll.entries());
            Entry first = entries.get(0);
            Entry second = entries.get(1);
            entries.set(0, new Entry(first.offset(), second.value()));
            entries.set(1, new Entry(second.offset(), first.value()));
            replace(events, poll, new Polled(poll.at(), poll.consumer(), poll.group(), poll.partition(), entries));
        });
    }

    @Test
    void aRecordLeftOutOfAPollIsFound() {
        assertFound(AnomalyKind.POLL_SKIPS, (events, random) -> {
            Polled poll = pick(events, Polled.class, p -> p.entries().size() > 1, random);
            List<Entry> entries = poll.entries().subList(1, poll.entries().size());
            replace(events, poll, new Polled(poll.at(), poll.consumer(), poll.group(), poll.partition(), entries));
        });
    }

    @Test
    void aPollGivenAgainIsFound() {
        assertFound(AnomalyKind.POLL_GOES_BACK, (events, random) -> {
            Polled poll = pick(events, Polled.class, p -> true, random);
            events.add(events.indexOf(poll), poll);
        });
    }

    @Test
    void aCommitThatIsForgottenIsFound() {
        assertFound(AnomalyKind.COMMIT_FORGOTTEN, (events, random) -> {
            Committed commit = pick(events, Committed.class, Committed::acknowledged, random);
            long after = commit.at();
            events.add(new CommitRead(after + 1, after + 1, "x", commit.group(), commit.partition(), -1));
        });
    }

    private interface Mistake {
        void make(List<Event> events, Random random);
    }

    private static void assertFound(AnomalyKind kind, Mistake mistake) {
        for (long seed = 0; seed < SEEDS; seed++) {
            List<Event> events = history(seed);
            mistake.make(events, new Random(seed));
            Verdict verdict = HistoryChecker.check(events);
            assertThat(verdict.counts()).as("seed %d: %s", seed, verdict).containsKey(kind);
        }
    }

    private static List<Event> history(long seed) {
        var events = new ArrayList<Event>();
        IntStream.range(0, 2).forEach(p -> events.addAll(ModelHistory.of(seed * 2 + p, "orders-" + p)));
        return events;
    }

    private static <E extends Event> E pick(List<Event> events, Class<E> type, Predicate<E> which, Random random) {
        List<E> candidates = events.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .filter(which)
                .toList();
        return candidates.get(random.nextInt(candidates.size()));
    }

    private static void replace(List<Event> events, Event old, Event changed) {
        events.set(events.indexOf(old), changed);
    }

    private interface Change {
        void on(List<Entry> entries);
    }

    private static void changeEntries(List<Event> events, Change change) {
        for (int i = 0; i < events.size(); i++) {
            if (events.get(i) instanceof ReadBack back) {
                List<Entry> entries = new ArrayList<>(back.entries());
                change.on(entries);
                events.set(i, new ReadBack(back.at(), back.partition(), entries));
            }
        }
    }
}
