/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** CreatePartitions. */
final class TopicGrowth {
    private final PartitionLimits limits;

    TopicGrowth(PartitionLimits limits) {
        this.limits = limits;
    }

    Decision<List<TopicResult>> decide(
            ClusterImage image, ControllerRequest.CreatePartitions request, Set<Integer> live) {
        Map<String, Integer> times = new HashMap<>();
        request.topics().forEach(topic -> times.merge(topic.topic(), 1, Integer::sum));
        PartitionLimits.Room room = limits.beside(image);
        Groups groups = new Groups(image);
        List<MetadataRecord> records = new ArrayList<>();
        List<TopicResult> results = new ArrayList<>();
        for (NewPartitions wanted : request.topics()) {
            try {
                if (times.get(wanted.topic()) > 1) {
                    throw new Refusal(ErrorCode.INVALID_REQUEST, "Duplicate topic in request.");
                }
                MetadataImage.TopicInfo topic = image.topic(wanted.topic())
                        .orElseThrow(() -> new Refusal(
                                ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                                "This server does not host this topic-partition."));
                List<PartitionInfo> added = grow(image, groups, topic, wanted, room, live);
                room.take(added.size());
                records.add(new MetadataRecord.PartitionsAdded(topic.id(), added));
                List<PartitionInfo> all = new ArrayList<>(topic.partitions());
                all.addAll(added);
                results.add(TopicResults.success(topic.name(), topic.id(), all, topic.configs()));
            } catch (Refusal refusal) {
                results.add(TopicResults.failure(wanted.topic(), null, refusal.error(), refusal.getMessage()));
            }
        }
        groups.change().ifPresent(change -> records.add(0, change));
        return new Decision<>(request.validateOnly() ? List.of() : records, results);
    }

    private static List<PartitionInfo> grow(
            ClusterImage image,
            Groups groups,
            MetadataImage.TopicInfo topic,
            NewPartitions wanted,
            PartitionLimits.Room room,
            Set<Integer> live)
            throws Refusal {
        int current = topic.partitions().size();
        if (wanted.count() == current) {
            throw invalid("Topic already has " + current + " partition(s).");
        } else if (wanted.count() < current) {
            throw invalid("The topic " + topic.name() + " currently has " + current + " partition(s); " + wanted.count()
                    + " would not be an increase.");
        }
        room.check(wanted.count(), wanted.count() - current);
        int startGroup = topic.partitions().get(0).group();
        PartitionInfo like = topic.partitions().get(0);
        int replicas = (like.reassignment() == null
                        ? like.replicas()
                        : like.reassignment().to())
                .size();
        if (wanted.assignments().isEmpty()) {
            return Placement.spread(image, groups, live, startGroup, current, wanted.count(), replicas);
        }
        if (wanted.assignments().size() != wanted.count() - current) {
            throw new Refusal(
                    ErrorCode.INVALID_REPLICA_ASSIGNMENT,
                    "Attempted to add " + (wanted.count() - current) + " additional partition(s), but only "
                            + wanted.assignments().size() + " assignment(s) were specified.");
        }
        return Placement.assigned(image, groups, startGroup, current, wanted.assignments());
    }

    private static Refusal invalid(String message) {
        return new Refusal(ErrorCode.INVALID_PARTITIONS, message);
    }
}
