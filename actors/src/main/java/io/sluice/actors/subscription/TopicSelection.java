/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.Objects;
import java.util.Set;

/**
 * A topic, or some of its partitions.
 *
 * @param partitions empty for all that the topic has when the subscription begins
 */
public record TopicSelection(String topic, Set<Integer> partitions) {
    public TopicSelection {
        Objects.requireNonNull(topic, "topic");
        partitions = Set.copyOf(partitions);
    }

    /** The whole topic. */
    public static TopicSelection all(String topic) {
        return new TopicSelection(topic, Set.of());
    }
}
