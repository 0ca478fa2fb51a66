/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/** A partition as it was read back at the end. Without a read-back nothing is known to be there or to be missing. */
final class SettledLog {
    private final NavigableMap<Long, String> valueAt = new TreeMap<>();
    private final Map<String, Long> offsetOf = new HashMap<>();
    private boolean readBack;

    SettledLog(List<Event> events) {
        for (Event event : events) {
            if (event instanceof Event.ReadBack back) {
                readBack = true;
                for (Event.Entry entry : back.entries()) {
                    valueAt.putIfAbsent(entry.offset(), entry.value());
                    offsetOf.putIfAbsent(entry.value(), entry.offset());
                }
            }
        }
    }

    boolean isReadBack() {
        return readBack;
    }

    int size() {
        return valueAt.size();
    }

    boolean contains(String value) {
        return offsetOf.containsKey(value);
    }

    /** Where a record is; -1 if nowhere. */
    long offsetOf(String value) {
        return offsetOf.getOrDefault(value, -1L);
    }

    /** All of it, by offset. */
    NavigableMap<Long, String> entries() {
        return Collections.unmodifiableNavigableMap(valueAt);
    }

    /** What stands at {@code from} and after it, before {@code to}. */
    NavigableMap<Long, String> between(long from, long to) {
        return from >= to ? Collections.emptyNavigableMap() : valueAt.subMap(from, true, to, false);
    }
}
