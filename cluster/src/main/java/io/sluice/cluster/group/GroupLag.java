/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

/**
 * How far a group is behind in a partition.
 *
 * @param toHighWatermark committed records that it has not consumed
 * @param toLastStable of those, the ones that a consumer may have that reads committed transactions only
 * @param sinceMs the time of the first of those records, by that of its batch, in ms since the epoch; {@link Backlog#NOTHING} if there is none, {@link #UNKNOWN} if nobody
 *     could tell
 */
record GroupLag(String group, String topic, int partition, long toHighWatermark, long toLastStable, long sinceMs) {
    static final long UNKNOWN = Long.MIN_VALUE;

    /** Whose lag. */
    record Key(String group, String topic, int partition) {}

    Key key() {
        return new Key(group, topic, partition);
    }
}
