/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The way to the controller (the leader of {@code __cluster_metadata-0}), for the edges of the broker. A stage completes when the records are
 * committed and replayed on this node, and, for topics, when every partition serves or the timeout has passed. It never
 * completes exceptionally: what went wrong is an {@link ErrorCode}.
 */
public interface Controller {
    CompletionStage<List<TopicResult>> createTopics(List<NewTopic> topics, boolean validateOnly, int timeoutMs);

    CompletionStage<List<TopicResult>> deleteTopics(List<UUID> topics, int timeoutMs);

    CompletionStage<List<TopicResult>> createPartitions(
            List<NewPartitions> topics, boolean validateOnly, int timeoutMs);

    /** IncrementalAlterConfigs; AlterConfigs is {@code replaceAll}. All changes of one resource, or none. */
    CompletionStage<List<ConfigResult>> alterConfigs(List<ConfigChange> changes, boolean validateOnly);

    /**
     * Makes a topic of the broker's own if it is not there yet, and waits until it serves: FindCoordinator asks for it. The answer has {@code NONE} whether
     * it was there or not.
     */
    CompletionStage<TopicResult> internalTopic(InternalTopic topic, int timeoutMs);

    /** A block of {@code count} producer ids that nobody else has; answers the first, or -1 if the controller can't be reached. */
    CompletionStage<Long> allocateProducerIds(int count);

    /** Wants other replicas for partitions, or gives up on that; each partition has its own answer. The replicas move in the background. */
    default CompletionStage<List<PartitionResult>> alterReassignments(
            List<ReassignmentChange> changes, boolean factorMayChange, int timeoutMs) {
        return CompletableFuture.completedFuture(changes.stream()
                .map(change -> new PartitionResult(
                        change.topic(), change.partition(), ErrorCode.UNSUPPORTED_VERSION, "replicas can't be moved"))
                .toList());
    }

    /** Raises the level of the cluster's metadata ({@link MetadataLevels}). */
    default CompletionStage<Outcome> raiseLevel(short level, boolean validateOnly, int timeoutMs) {
        return CompletableFuture.completedFuture(
                new Outcome(ErrorCode.UNSUPPORTED_VERSION, "the level can't be raised"));
    }

    /** Takes a broker that is gone for good out of the metadata. */
    default CompletionStage<Outcome> unregisterBroker(int brokerId, int timeoutMs) {
        return CompletableFuture.completedFuture(
                new Outcome(ErrorCode.UNSUPPORTED_VERSION, "brokers can't be unregistered"));
    }

    /**
     * What became of a request that is about one thing.
     *
     * @param message null if all is well
     */
    record Outcome(ErrorCode error, String message) {
        public static final Outcome DONE = new Outcome(ErrorCode.NONE, null);
    }

    /**
     * Other replicas for a partition.
     *
     * @param replicas broker ids, the preferred leader first; null to go back to what was
     */
    record ReassignmentChange(String topic, int partition, List<Integer> replicas) {}

    /**
     * What became of a change of one partition.
     *
     * @param message null if all is well
     */
    record PartitionResult(String topic, int partition, ErrorCode error, String message) {}

    /**
     * A topic to make.
     *
     * @param partitions -1 for {@code num.partitions}
     * @param replicationFactor -1 for {@code default.replication.factor}
     * @param assignments broker ids of each partition, or empty to let the controller choose
     */
    record NewTopic(
            String name,
            int partitions,
            short replicationFactor,
            List<List<Integer>> assignments,
            Map<String, String> configs) {}

    /** A topic to be made larger. {@code count} is the new number of partitions. */
    record NewPartitions(String topic, int count, List<List<Integer>> assignments) {}

    /**
     * What became of a topic.
     *
     * @param message null if all is well
     */
    record TopicResult(
            String name,
            UUID id,
            ErrorCode error,
            String message,
            int partitions,
            short replicationFactor,
            Map<String, String> configs) {}

    enum ResourceType {
        TOPIC,
        BROKER,
        GROUP
    }

    enum Operation {
        SET,
        DELETE,
        APPEND,
        SUBTRACT
    }

    /**
     * Changes of one resource.
     *
     * @param name topic or group name, broker id, or empty for all brokers
     * @param replaceAll what is not named returns to its default (AlterConfigs)
     */
    record ConfigChange(ResourceType type, String name, boolean replaceAll, List<ConfigOp> ops) {}

    record ConfigOp(String key, Operation operation, String value) {}

    record ConfigResult(ResourceType type, String name, ErrorCode error, String message) {}
}
