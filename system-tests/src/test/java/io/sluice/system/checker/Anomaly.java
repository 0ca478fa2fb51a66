/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.List;

/**
 * One thing that is wrong.
 *
 * @param what what exactly
 * @param around the events that show it, and some before and after them
 */
public record Anomaly(AnomalyKind kind, String partition, String what, List<Event> around) {
    public Anomaly {
        around = List.copyOf(around);
    }

    @Override
    public String toString() {
        var text = new StringBuilder("%s in %s (%s): %s\n".formatted(kind, partition, kind.meaning(), what));
        for (Event event : around) {
            text.append("    %-12s %s\n".formatted(Event.seconds(event.at()), event));
        }
        return text.toString();
    }
}
