/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Gathers anomalies; the first ones of each kind with the events around them. */
final class Findings {
    private static final int SHOWN_OF_A_KIND = 3;

    private final Surroundings surroundings;
    private final List<Anomaly> anomalies = new ArrayList<>();
    private final Map<AnomalyKind, Integer> counts = new EnumMap<>(AnomalyKind.class);

    Findings(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    /** @param values the records that it is about */
    void add(AnomalyKind kind, String partition, String what, Set<String> values) {
        if (first(kind)) {
            anomalies.add(new Anomaly(kind, partition, what, surroundings.ofValues(partition, values)));
        }
    }

    /** @param event the event that shows it */
    void add(AnomalyKind kind, String partition, String what, Event event, Set<String> values) {
        if (first(kind)) {
            anomalies.add(new Anomaly(kind, partition, what, surroundings.ofEvent(event, values)));
        }
    }

    /** Of a group's commits. */
    void addOfGroup(AnomalyKind kind, String group, String what, Event event) {
        if (first(kind)) {
            anomalies.add(new Anomaly(kind, event.partition(), what, surroundings.ofCommits(group, event)));
        }
    }

    Verdict verdict(String summary) {
        return new Verdict(anomalies, counts, summary);
    }

    private boolean first(AnomalyKind kind) {
        return counts.merge(kind, 1, Integer::sum) <= SHOWN_OF_A_KIND;
    }
}
