/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Something that a client did or was told. Times are nanoseconds since the history began; {@code from} is when a call began,
 * {@code at} when it returned. Values are unique over the whole history.
 */
public sealed interface Event {
    /** When it was known. */
    long at();

    /** The partition it is about, e.g. {@code orders-0}; empty if it is about none. */
    default String partition() {
        return "";
    }

    /** A producer hands a record over. */
    record Sent(long at, String producer, String partition, String value) implements Event {
        @Override
        public String toString() {
            return "%s sends %s".formatted(producer, value);
        }
    }

    /**
     * A send was acknowledged.
     *
     * @param offset -1 if the answer did not know it
     */
    record Acknowledged(long at, String producer, String partition, String value, long offset) implements Event {
        @Override
        public String toString() {
            return "%s is told that %s is at %d".formatted(producer, value, offset);
        }
    }

    /**
     * A send failed.
     *
     * @param certainly whether the broker refused it, so that it must never be seen; else it may be there or not
     */
    record Failed(long at, String producer, String partition, String value, boolean certainly, String error)
            implements Event {
        @Override
        public String toString() {
            return "%s is told that %s %s: %s"
                    .formatted(producer, value, certainly ? "was refused" : "may be there or not", error);
        }
    }

    /** A consumer begins to read a partition (again): assigned, or after a seek. */
    record Positioned(long at, String consumer, String group, String partition, long offset) implements Event {
        @Override
        public String toString() {
            return "%s begins to read at %d".formatted(consumer, offset);
        }
    }

    /** What one poll gave of one partition, in the order given. */
    record Polled(long at, String consumer, String group, String partition, List<Entry> entries) implements Event {
        @Override
        public String toString() {
            return "%s polls %s".formatted(consumer, Entry.describe(entries));
        }
    }

    /** A commit of a group that was acknowledged, or not: then it may count or not. */
    record Committed(
            long from, long at, String consumer, String group, String partition, long offset, boolean acknowledged)
            implements Event {
        @Override
        public String toString() {
            return "%s %s %d for group %s (begun %s)"
                    .formatted(consumer, acknowledged ? "commits" : "may have committed", offset, group, seconds(from));
        }
    }

    /**
     * What a group's committed offset is said to be.
     *
     * @param offset -1 for none
     */
    record CommitRead(long from, long at, String consumer, String group, String partition, long offset)
            implements Event {
        @Override
        public String toString() {
            return "%s is told that group %s has committed %d (asked %s)"
                    .formatted(consumer, group, offset, seconds(from));
        }
    }

    /** The partition as it was when everything had settled, from its first to its last offset. */
    record ReadBack(long at, String partition, List<Entry> entries) implements Event {
        @Override
        public String toString() {
            return "read back at the end: %s".formatted(Entry.describe(entries));
        }
    }

    /** Trouble that was made, or ended; only there to be shown. */
    record Trouble(long at, String text) implements Event {
        @Override
        public String toString() {
            return "*** " + text;
        }
    }

    /** A record as it was read. */
    record Entry(long offset, String value) {
        static String describe(List<Entry> entries) {
            if (entries.size() <= 3) {
                return entries.stream().map(e -> e.offset + ":" + e.value).collect(Collectors.joining(" ", "[", "]"));
            }
            Entry first = entries.get(0);
            Entry last = entries.get(entries.size() - 1);
            return "[%d:%s .. %d:%s] (%d records)"
                    .formatted(first.offset, first.value, last.offset, last.value, entries.size());
        }
    }

    /** A time as it is printed. */
    static String seconds(long nanos) {
        return "%.4f s".formatted(nanos / 1e9);
    }
}
