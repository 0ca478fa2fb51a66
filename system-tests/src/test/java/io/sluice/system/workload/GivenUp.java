/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.CorruptRecordException;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.RetriableException;

/**
 * What an impatient producer may be told. When the delivery timeout of a record is over, the Java client gives it up, and names as the reason what it would else have
 * tried again for: a lost connection, a leader that has moved. The records behind it have sequences that do not follow what the broker has, and are refused, tried again
 * and given up for that.
 */
final class GivenUp {
    private final Set<TopicPartition> gaps = ConcurrentHashMap.newKeySet();

    void acknowledged(TopicPartition partition) {
        gaps.remove(partition);
    }

    /** @return whether the error is one of a producer that does not want to wait, and nothing that the broker did */
    boolean explains(TopicPartition partition, Exception error) {
        if (error instanceof RetriableException && !(error instanceof CorruptRecordException)) {
            gaps.add(partition);
            return true;
        }
        return error instanceof OutOfOrderSequenceException && gaps.contains(partition);
    }
}
