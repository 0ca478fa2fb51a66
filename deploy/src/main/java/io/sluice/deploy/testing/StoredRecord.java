/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.testing;

import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.log.batch.Record;
import java.util.List;

/**
 * A record and where it is.
 *
 * @param record views of memory that others read too: its buffers are to be read by index, or duplicated
 */
public record StoredRecord(String topic, int partition, Record record) {
    /** Those of an event; progress and gaps have none. */
    static List<StoredRecord> of(SubscriptionEvent event) {
        return event instanceof SubscriptionEvent.Records records
                ? records.records().stream()
                        .map(record -> new StoredRecord(records.topic(), records.partition(), record))
                        .toList()
                : List.of();
    }
}
