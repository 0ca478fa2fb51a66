/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.Controller.ConfigChange;
import io.sluice.cluster.metadata.Controller.ConfigResult;
import io.sluice.cluster.metadata.Controller.NewPartitions;
import io.sluice.cluster.metadata.Controller.NewTopic;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.cluster.metadata.Controller.PartitionResult;
import io.sluice.cluster.metadata.Controller.ReassignmentChange;
import io.sluice.cluster.metadata.Controller.TopicResult;
import io.sluice.cluster.metadata.InternalTopic;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.UUID;

/**
 * What the controller is asked.
 *
 * @param <R> its answer
 */
public sealed interface ControllerRequest<R> {
    /** The answer when the request could not be carried out as a whole. */
    R refused(ErrorCode error, String message);

    /** The first request to an empty cluster; its answer says nothing. */
    record Bootstrap(String clusterId, int placementGroups, List<Integer> brokers)
            implements ControllerRequest<ErrorCode> {
        @Override
        public ErrorCode refused(ErrorCode error, String message) {
            return error;
        }
    }

    /** A broker starts, or has another address. */
    record RegisterBroker(int id, String host, int port, String rack, UUID directoryId, MetadataLevels levels)
            implements ControllerRequest<ErrorCode> {
        /** A broker of the first level. */
        public RegisterBroker(int id, String host, int port, String rack, UUID directoryId) {
            this(id, host, port, rack, directoryId, MetadataLevels.FIRST);
        }

        @Override
        public ErrorCode refused(ErrorCode error, String message) {
            return error;
        }
    }

    /** The cluster's metadata is to be at a higher level. */
    record RaiseLevel(short level, boolean validateOnly) implements ControllerRequest<Outcome> {
        @Override
        public Outcome refused(ErrorCode error, String message) {
            return new Outcome(error, message);
        }
    }

    record CreateTopics(List<NewTopic> topics, boolean validateOnly) implements ControllerRequest<List<TopicResult>> {
        @Override
        public List<TopicResult> refused(ErrorCode error, String message) {
            return topics.stream()
                    .map(topic -> TopicResults.failure(topic.name(), null, error, message))
                    .toList();
        }
    }

    record CreateInternalTopic(InternalTopic topic) implements ControllerRequest<TopicResult> {
        @Override
        public TopicResult refused(ErrorCode error, String message) {
            return TopicResults.failure(topic.topic(), null, error, message);
        }
    }

    record CreatePartitions(List<NewPartitions> topics, boolean validateOnly)
            implements ControllerRequest<List<TopicResult>> {
        @Override
        public List<TopicResult> refused(ErrorCode error, String message) {
            return topics.stream()
                    .map(topic -> TopicResults.failure(topic.topic(), null, error, message))
                    .toList();
        }
    }

    record DeleteTopics(List<UUID> topics) implements ControllerRequest<List<TopicResult>> {
        @Override
        public List<TopicResult> refused(ErrorCode error, String message) {
            return topics.stream()
                    .map(id -> TopicResults.failure(null, id, error, message))
                    .toList();
        }
    }

    record AlterConfigs(List<ConfigChange> changes, boolean validateOnly)
            implements ControllerRequest<List<ConfigResult>> {
        @Override
        public List<ConfigResult> refused(ErrorCode error, String message) {
            return changes.stream()
                    .map(change -> new ConfigResult(change.type(), change.name(), error, message))
                    .toList();
        }
    }

    /** Answers the first id, or -1. */
    record AllocateProducerIds(int count) implements ControllerRequest<Long> {
        @Override
        public Long refused(ErrorCode error, String message) {
            return -1L;
        }
    }

    /**
     * @param factorMayChange whether a partition may get another number of replicas than it has
     */
    record AlterReassignments(List<ReassignmentChange> changes, boolean factorMayChange)
            implements ControllerRequest<List<PartitionResult>> {
        @Override
        public List<PartitionResult> refused(ErrorCode error, String message) {
            return changes.stream()
                    .map(change -> new PartitionResult(change.topic(), change.partition(), error, message))
                    .toList();
        }
    }

    /** How far replica sets are that change, told by their leaders: the next step may come. Says nothing new when it is told again. */
    record ReportReplicas(List<ReplicaReport> reports) implements ControllerRequest<ErrorCode> {
        @Override
        public ErrorCode refused(ErrorCode error, String message) {
            return error;
        }
    }

    /**
     * What a leader knows of its replicas.
     *
     * @param inForce the version of the replica set that is in force in the leader's epoch; -1 if none is yet
     * @param acknowledging brokers whose replicas have all that is committed and are trusted, with a vote or without, the leader's own included
     */
    record ReplicaReport(UUID topicId, int partition, int inForce, List<Integer> acknowledging) {}

    record UnregisterBroker(int id) implements ControllerRequest<Outcome> {
        @Override
        public Outcome refused(ErrorCode error, String message) {
            return new Outcome(error, message);
        }
    }

    /**
     * Move some more replicas and leaders, if brokers are to be empty or all is to be even. The controller asks itself.
     *
     * @param live brokers that are in the cluster now
     */
    record ContinueBalancing(List<Integer> live) implements ControllerRequest<ErrorCode> {
        @Override
        public ErrorCode refused(ErrorCode error, String message) {
            return error;
        }
    }

    /** How far the replicas of the metadata are. */
    record DescribeQuorum() implements ControllerRequest<QuorumState> {
        @Override
        public QuorumState refused(ErrorCode error, String message) {
            return new QuorumState(error, -1, -1, -1, -1, List.of(), List.of());
        }
    }

    /**
     * The metadata's replicas, as their leader sees them.
     *
     * @param logEnd the leader's
     * @param followers all who follow, with a vote or without
     */
    record QuorumState(
            ErrorCode error,
            int leader,
            int leaderEpoch,
            long logEnd,
            long highWatermark,
            List<Integer> voters,
            List<Follower> followers) {
        /** Who follows, and how far it is. */
        public record Follower(int broker, long logEnd) {}
    }

    /**
     * Whether a version of a partition's replica set is the newest. The answer is as good as a record: one is written for it, so no controller that has
     * been replaced can give it.
     */
    record ConfirmSet(UUID topicId, int partition, int version) implements ControllerRequest<ErrorCode> {
        @Override
        public ErrorCode refused(ErrorCode error, String message) {
            return error;
        }
    }
}
