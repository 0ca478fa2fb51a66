/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.util.UUID;

/**
 * A partition of one incarnation of a topic: a topic deleted and made again has another id.
 *
 * @param topicId the topic's id
 * @param topic its name
 * @param partition its number, from 0
 */
public record TopicPartition(UUID topicId, String topic, int partition) {
    @Override
    public String toString() {
        return topic + "-" + partition;
    }
}
