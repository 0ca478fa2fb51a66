/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Makes answers about topics. */
final class TopicResults {
    private TopicResults() {}

    static TopicResult failure(String name, UUID id, ErrorCode error, String message) {
        return new TopicResult(name, id, error, message, -1, (short) -1, Map.of());
    }

    static TopicResult success(String name, UUID id, List<PartitionInfo> partitions, Map<String, String> configs) {
        short replicas =
                (short) (partitions.isEmpty() ? 0 : partitions.get(0).replicas().size());
        return new TopicResult(name, id, ErrorCode.NONE, null, partitions.size(), replicas, configs);
    }
}
