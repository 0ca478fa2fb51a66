/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.metadata.InternalTopic;

/** Names that no client may make, delete or see as an ordinary topic. */
final class ReservedTopics {
    static final String CLUSTER_METADATA = "__cluster_metadata";

    private ReservedTopics() {}

    /** Whether only the broker itself makes and deletes it. */
    static boolean contains(String name) {
        if (name.equals(CLUSTER_METADATA)) {
            return true;
        }
        for (InternalTopic topic : InternalTopic.values()) {
            if (topic.topic().equals(name)) {
                return true;
            }
        }
        return false;
    }
}
