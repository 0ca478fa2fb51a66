/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What the checker found.
 *
 * @param anomalies the first ones of each kind
 * @param counts how many there are of each kind
 * @param summary how much was looked at, in one line
 */
public record Verdict(List<Anomaly> anomalies, Map<AnomalyKind, Integer> counts, String summary) {
    public Verdict {
        anomalies = List.copyOf(anomalies);
        counts = counts.isEmpty() ? Map.of() : Map.copyOf(new EnumMap<>(counts));
    }

    /** Whether nothing is wrong. */
    public boolean clean() {
        return counts.isEmpty();
    }

    @Override
    public String toString() {
        var text = new StringBuilder(summary).append('\n');
        if (!clean()) {
            text.append("wrong: ").append(new EnumMap<>(counts)).append('\n');
        }
        anomalies.forEach(text::append);
        return text.toString();
    }
}
