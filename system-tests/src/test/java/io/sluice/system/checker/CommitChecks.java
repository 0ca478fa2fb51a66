/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What must hold of groups' offsets, given that each member begins at what is committed and so never means to commit less: a committed offset does
 * not go back, and is one that somebody committed.
 */
final class CommitChecks {
    private final List<Event> events;
    private final Findings findings;

    CommitChecks(List<Event> events, Findings findings) {
        this.events = events;
        this.findings = findings;
    }

    void check() {
        Map<String, List<Event.CommitRead>> reads = new HashMap<>();
        Map<String, List<Event.Committed>> commits = new HashMap<>();
        for (Event event : events) {
            if (event instanceof Event.CommitRead read) {
                reads.computeIfAbsent(read.group(), g -> new ArrayList<>()).add(read);
            } else if (event instanceof Event.Committed committed) {
                commits.computeIfAbsent(committed.group(), g -> new ArrayList<>())
                        .add(committed);
            }
        }
        reads.forEach((group, read) -> checkGroup(group, commits.getOrDefault(group, List.of()), read));
    }

    private void checkGroup(String group, List<Event.Committed> commits, List<Event.CommitRead> reads) {
        Set<Long> tried = new HashSet<>();
        commits.forEach(commit -> tried.add(commit.offset()));
        List<Known> known = known(commits, reads);
        int seen = 0;
        Known highest = null;
        for (Event.CommitRead read : reads.stream()
                .sorted(Comparator.comparingLong(Event.CommitRead::from))
                .toList()) {
            while (seen < known.size() && known.get(seen).at() < read.from()) {
                if (highest == null || known.get(seen).offset() > highest.offset()) {
                    highest = known.get(seen);
                }
                seen++;
            }
            if (highest != null && read.offset() < highest.offset()) {
                findings.addOfGroup(
                        AnomalyKind.COMMIT_FORGOTTEN,
                        group,
                        "%s, but at %s %s".formatted(read, Event.seconds(highest.at()), highest.by()),
                        read);
            }
            if (read.offset() >= 0 && !tried.contains(read.offset())) {
                findings.addOfGroup(AnomalyKind.COMMIT_INVENTED, group, read.toString(), read);
            }
        }
    }

    /** What was known to be committed: acknowledged, or told to somebody. By the time from which on it was known. */
    private static List<Known> known(List<Event.Committed> commits, List<Event.CommitRead> reads) {
        var known = new ArrayList<Known>();
        for (Event.Committed commit : commits) {
            if (commit.acknowledged()) {
                known.add(new Known(commit.at(), commit.offset(), commit));
            }
        }
        for (Event.CommitRead read : reads) {
            known.add(new Known(read.at(), read.offset(), read));
        }
        known.sort(Comparator.comparingLong(Known::at));
        return known;
    }

    private record Known(long at, long offset, Event by) {}
}
