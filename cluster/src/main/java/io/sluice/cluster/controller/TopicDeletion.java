/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** DeleteTopics. */
final class TopicDeletion {
    private TopicDeletion() {}

    static Decision<List<TopicResult>> decide(MetadataImage image, ControllerRequest.DeleteTopics request) {
        List<MetadataRecord> records = new ArrayList<>();
        List<TopicResult> results = new ArrayList<>();
        Set<UUID> seen = new HashSet<>();
        for (UUID id : request.topics()) {
            Optional<MetadataImage.TopicInfo> topic = image.topic(id);
            if (topic.isEmpty()) {
                results.add(TopicResults.failure(
                        null, id, ErrorCode.UNKNOWN_TOPIC_ID, "This server does not host this topic ID."));
            } else if (!seen.add(id)) {
                results.add(
                        TopicResults.failure(topic.get().name(), id, ErrorCode.INVALID_REQUEST, "Duplicate topic id."));
            } else {
                records.add(new MetadataRecord.TopicDeleted(id));
                results.add(TopicResults.success(
                        topic.get().name(),
                        id,
                        topic.get().partitions(),
                        topic.get().configs()));
            }
        }
        return new Decision<>(records, results);
    }
}
