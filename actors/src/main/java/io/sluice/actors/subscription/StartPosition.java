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
            if (Objects.requireNonNull(otherwise, "otherwise") instanceof Offsets || otherwise instanceof Group) {
                throw new IllegalArgumentException("otherwise must be earliest, latest or a time");
            }
        }
    }

    /**
     * The offsets that a consumer group has committed; the subscription is a member of the group, among ordinary Kafka consumers if there are any, and reads the partitions that
     * the group gives it.
     *
     * @param group its id
     * @param otherwise for partitions without an offset; neither offsets nor a group itself
     * @param autoCommit what was delivered is committed every few seconds, and before the partitions pass to others; if not, {@link SubscriptionControl#commit} does
     * @param clientId as tools show it
     */
    record Group(String group, StartPosition otherwise, boolean autoCommit, String clientId) implements StartPosition {
        public Group {
            Objects.requireNonNull(clientId, "clientId");
            if (Objects.requireNonNull(group, "group").isEmpty()) {
                throw new IllegalArgumentException("the group has no name");
            }
            if (otherwise instanceof Offsets || Objects.requireNonNull(otherwise, "otherwise") instanceof Group) {
                throw new IllegalArgumentException("otherwise must be earliest, latest or a time");
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
