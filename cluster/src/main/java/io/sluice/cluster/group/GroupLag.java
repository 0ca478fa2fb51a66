/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

/**
 * How far a group is behind in a partition.
 *
 * @param toHighWatermark committed records that it has not consumed
 * @param toLastStable of those, the ones that a consumer may have that reads committed transactions only
 */
record GroupLag(String group, String topic, int partition, long toHighWatermark, long toLastStable) {
    /** Whose lag. */
    record Key(String group, String topic, int partition) {}

    Key key() {
        return new Key(group, topic, partition);
    }
}
