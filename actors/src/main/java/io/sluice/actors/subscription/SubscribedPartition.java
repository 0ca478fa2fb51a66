/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.subscription.SubscriptionException.Code;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/** A partition of a subscription, of one incarnation of its topic. */
record SubscribedPartition(UUID topicId, PartitionName name) {
    /**
     * What a request asks for, as it is now; sorted within each topic.
     *
     * @throws SubscriptionException if it asks for nothing, for something twice or for what is not there
     */
    static List<SubscribedPartition> of(SubscriptionRequest request, PartitionDirectory directory) {
        List<SubscribedPartition> partitions = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (TopicSelection selection : request.topics()) {
            if (!names.add(selection.topic())) {
                throw new SubscriptionException(
                        Code.INVALID_REQUEST, "topic '" + selection.topic() + "' is named twice");
            }
            PartitionDirectory.Topic topic = directory.topic(selection.topic());
            if (topic == null) {
                throw new SubscriptionException(Code.UNKNOWN_TOPIC, "there is no topic '" + selection.topic() + "'");
            }
            add(partitions, topic, selection.partitions());
        }
        if (partitions.isEmpty()) {
            throw new SubscriptionException(Code.INVALID_REQUEST, "no topic is named");
        }
        return partitions;
    }

    private static void add(List<SubscribedPartition> to, PartitionDirectory.Topic topic, Set<Integer> wanted) {
        for (int partition : wanted) {
            if (partition < 0 || partition >= topic.partitions()) {
                throw new SubscriptionException(
                        Code.UNKNOWN_PARTITION,
                        "topic '" + topic.name() + "' has no partition " + partition + ", it has "
                                + topic.partitions());
            }
        }
        for (int partition = 0; partition < topic.partitions(); partition++) {
            if (wanted.isEmpty() || wanted.contains(partition)) {
                to.add(new SubscribedPartition(topic.id(), new PartitionName(topic.name(), partition)));
            }
        }
    }
}
