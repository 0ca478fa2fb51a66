/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.time.Instant;
import java.util.Objects;

/** Where a subscription begins. */
public sealed interface StartFrom {
    /** At the first record that there is. */
    record Earliest() implements StartFrom {}

    /** With what comes from now on. */
    record Latest() implements StartFrom {}

    /** At the first record at or after a time, in milliseconds since the epoch. */
    record Timestamp(long ms) implements StartFrom {
        public Timestamp {
            if (ms < 0) {
                throw new IllegalArgumentException("timestamp " + ms + " is negative");
            }
        }
    }

    /** At a position vector; partitions that are not in it begin at the first record. */
    record Offsets(Positions positions) implements StartFrom {
        public Offsets {
            Objects.requireNonNull(positions, "positions");
        }
    }

    /** Where a consumer group is, whose members share the partitions. */
    record Group(String name) implements StartFrom {
        public Group {
            Objects.requireNonNull(name, "name");
        }
    }

    /** {@link Earliest}. */
    static StartFrom earliest() {
        return new Earliest();
    }

    /** {@link Latest}. */
    static StartFrom latest() {
        return new Latest();
    }

    /** {@link Timestamp}. */
    static StartFrom time(Instant time) {
        return new Timestamp(time.toEpochMilli());
    }

    /** {@link Offsets}. */
    static StartFrom offsets(Positions positions) {
        return new Offsets(positions);
    }

    /** {@link Group}. */
    static StartFrom group(String name) {
        return new Group(name);
    }
}
