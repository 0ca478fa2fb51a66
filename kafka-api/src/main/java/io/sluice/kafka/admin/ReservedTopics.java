/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.metadata.InternalTopic;

/** Topics that only the broker itself makes, deletes and makes larger. */
final class ReservedTopics {
    private ReservedTopics() {}

    static boolean contains(String name) {
        for (InternalTopic topic : InternalTopic.values()) {
            if (topic.topic().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
