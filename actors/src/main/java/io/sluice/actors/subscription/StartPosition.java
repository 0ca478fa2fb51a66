/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Objects;

/** Where a subscription begins in each of its partitions. */
public sealed interface StartPosition {
    /** The oldest record that is there. */
    enum Earliest implements StartPosition {
        INSTANCE
    }

    /** Only what comes from now on. */
    enum Latest implements StartPosition {
        INSTANCE
    }

    /**
     * The first record at or after a time; what comes from now on in a partition that has none.
     *
     * @param timestampMs milliseconds since the epoch
     */
    record Timestamp(long timestampMs) implements StartPosition {}

    /**
     * Given offsets. One that was deleted meanwhile is told as a {@link SubscriptionEvent.Gap}.
     *
     * @param otherwise for partitions without one; no {@code Offsets} itself
     */
    record Offsets(Positions positions, StartPosition otherwise) implements StartPosition {
        public Offsets {
            Objects.requireNonNull(positions, "positions");
            if (Objects.requireNonNull(otherwise, "otherwise") instanceof Offsets) {
                throw new IllegalArgumentException("otherwise must not be offsets again");
            }
        }
    }

    static StartPosition earliest() {
        return Earliest.INSTANCE;
    }

    static StartPosition latest() {
        return Latest.INSTANCE;
    }
}
