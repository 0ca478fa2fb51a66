/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.log.batch.Record;

/**
 * Which records a subscriber gets. Called on the threads of its stream, for one record at a time, in the order of each partition; must not block. One that
 * throws fails its subscription.
 */
@FunctionalInterface
public interface RecordFilter {
    /** Every record. */
    RecordFilter ALL = (topic, partition, record) -> true;

    /** @param record shared with other subscribers: positions and limits of its buffers must stay as they are */
    boolean matches(String topic, int partition, Record record);
}
