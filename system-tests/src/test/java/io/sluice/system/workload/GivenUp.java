/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.workload;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.OutOfOrderSequenceException;
import org.apache.kafka.common.errors.TimeoutException;

/**
 * What an impatient producer may be told. Where it has given up a record (its delivery timeout is over), the records behind it have sequences that do not follow what
 * the broker has: refused for that they are tried again, and one whose own timeout is over meanwhile is given up with that refusal for a reason.
 */
final class GivenUp {
    private final Set<TopicPartition> gaps = ConcurrentHashMap.newKeySet();

    void acknowledged(TopicPartition partition) {
        gaps.remove(partition);
    }

    /** @return whether the error is one of a producer that does not want to wait, and nothing that the broker did */
    boolean explains(TopicPartition partition, Exception error) {
        if (error instanceof TimeoutException) {
            gaps.add(partition);
            return true;
        }
        return error instanceof OutOfOrderSequenceException && gaps.contains(partition);
    }
}
