/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.PartitionResult;
import io.sluice.cluster.metadata.Controller.ReassignmentChange;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.Reassignment;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Moves partitions to other replicas, one replica a version (docs/replication.md): first all that are new get their vote, each when it has caught up; then those
 * that are not wanted lose theirs. Each step waits until the partition's leader says that the version before is in force.
 *
 * <pre>
 *   wanted: 2 3 4        replicas    version   observers   leaving
 *                        1 2 3       0         4                       in force, and 4 has caught up:
 *                        1 2 3 4     1                                 in force:
 *                        2 3 4       2                     1           in force:
 *                        2 3 4       2                                 done
 * </pre>
 *
 * <p>Nothing is remembered of what a leader has reported: a report has all that a step depends on, and leaders report again.
 */
final class Reassignments {
    private final ClusterImage image;
    private final Groups groups;
    private final Map<UUID, List<PartitionInfo>> changed = new LinkedHashMap<>();

    Reassignments(ClusterImage image) {
        this.image = image;
        this.groups = new Groups(image);
    }

    static Decision<List<PartitionResult>> decide(ClusterImage image, ControllerRequest.AlterReassignments request) {
        record Place(String topic, int partition) {}
        Map<Place, Integer> times = new HashMap<>();
        request.changes()
                .forEach(change -> times.merge(new Place(change.topic(), change.partition()), 1, Integer::sum));
        Reassignments reassignments = new Reassignments(image);
        List<PartitionResult> results = new ArrayList<>();
        for (ReassignmentChange change : request.changes()) {
            ErrorCode error = ErrorCode.NONE;
            String message = null;
            try {
                if (times.get(new Place(change.topic(), change.partition())) > 1) {
                    throw new Refusal(ErrorCode.INVALID_REQUEST, "The partition is in the request more than once.");
                }
                reassignments.alter(change, request.factorMayChange());
            } catch (Refusal refusal) {
                error = refusal.error();
                message = refusal.getMessage();
            }
            results.add(new PartitionResult(change.topic(), change.partition(), error, message));
        }
        return new Decision<>(reassignments.records(), results);
    }

    static Decision<ErrorCode> decide(ClusterImage image, ControllerRequest.ReportReplicas request) {
        Reassignments reassignments = new Reassignments(image);
        for (ControllerRequest.ReplicaReport report : request.reports()) {
            image.topic(report.topicId())
                    .filter(topic -> report.partition() >= 0
                            && report.partition() < topic.partitions().size())
                    .ifPresent(topic -> reassignments.step(topic, report));
        }
        return new Decision<>(reassignments.records(), ErrorCode.NONE);
    }

    List<MetadataRecord> records() {
        List<MetadataRecord> records = new ArrayList<>();
        groups.change().ifPresent(records::add);
        changed.forEach((topicId, partitions) ->
                records.add(new MetadataRecord.PartitionsChanged(topicId, List.copyOf(partitions))));
        return records;
    }

    private void put(TopicInfo topic, PartitionInfo before, PartitionInfo after) {
        if (!after.equals(before)) {
            changed.computeIfAbsent(topic.id(), id -> new ArrayList<>()).add(after);
        }
    }

    private void alter(ReassignmentChange change, boolean factorMayChange) throws Refusal {
        TopicInfo topic = image.topic(change.topic())
                .filter(known -> change.partition() >= 0
                        && change.partition() < known.partitions().size())
                .orElseThrow(() -> new Refusal(
                        ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "This server does not host this topic-partition."));
        PartitionInfo partition = topic.partitions().get(change.partition());
        Reassignment running = partition.reassignment();
        if (change.replicas() == null && running == null) {
            throw new Refusal(ErrorCode.NO_REASSIGNMENT_IN_PROGRESS, "The partition is not being reassigned.");
        }
        List<Integer> from = running == null ? partition.replicas() : running.from();
        List<Integer> to = change.replicas() == null ? from : List.copyOf(change.replicas());
        if (change.replicas() != null) {
            Placement.check(image, change.partition(), to);
            if (to.size() != from.size() && !factorMayChange) {
                throw new Refusal(
                        ErrorCode.INVALID_REPLICATION_FACTOR,
                        "The partition has " + from.size() + " replica(s), and the request has " + to.size() + ".");
            }
        }
        if (to.size() != partition.replicas().size()) {
            EvenFactor.warn(topic.name() + "-" + change.partition(), to.size());
        }
        begin(topic, partition, new Reassignment(from, to));
    }

    /** Wants other replicas for a partition that is not being reassigned. */
    void reassign(TopicInfo topic, PartitionInfo partition, List<Integer> to) throws Refusal {
        begin(topic, partition, new Reassignment(partition.replicas(), to));
    }

    private void begin(TopicInfo topic, PartitionInfo partition, Reassignment reassignment) throws Refusal {
        // Finds room for the group that it will need before anything moves.
        groups.of(partition.group(), reassignment.to());
        put(topic, partition, finishedOr(with(partition, reassignment)));
    }

    /** A partition whose replicas are those that are wanted is not reassigned any more. */
    private PartitionInfo finishedOr(PartitionInfo partition) throws Refusal {
        List<Integer> to = partition.reassignment().to();
        boolean done = to.size() == partition.replicas().size()
                && partition.replicas().containsAll(to)
                && partition.leaving().isEmpty();
        return done
                ? new PartitionInfo(
                        partition.partition(),
                        groups.of(partition.group(), to),
                        to,
                        partition.version(),
                        List.of(),
                        null)
                : partition;
    }

    private void step(TopicInfo topic, ControllerRequest.ReplicaReport report) {
        PartitionInfo partition = topic.partitions().get(report.partition());
        if (!partition.isChanging() || report.inForce() != partition.version()) {
            return;
        }
        PartitionInfo settled = new PartitionInfo(
                partition.partition(),
                partition.group(),
                partition.replicas(),
                partition.version(),
                List.of(),
                partition.reassignment());
        PartitionInfo next = settled;
        try {
            if (settled.reassignment() != null) {
                next = settled.observers().isEmpty()
                        ? finishedOr(remove(settled, report.acknowledging()))
                        : add(settled, report.acknowledging());
            }
        } catch (Refusal noGroup) {
            // It was there when the reassignment was accepted, so this is not expected; what has been reached is kept.
            next = settled;
        }
        put(topic, partition, next);
    }

    /** Gives its vote to one that has caught up. */
    private static PartitionInfo add(PartitionInfo partition, List<Integer> acknowledging) {
        for (int observer : partition.observers()) {
            if (acknowledging.contains(observer)) {
                List<Integer> replicas = new ArrayList<>(partition.replicas());
                replicas.add(observer);
                return new PartitionInfo(
                        partition.partition(),
                        partition.group(),
                        List.copyOf(replicas),
                        partition.version() + 1,
                        List.of(),
                        partition.reassignment());
            }
        }
        return partition;
    }

    /**
     * Takes the vote from one that is not wanted: first from those that don't answer, the old preferred leader last. The rest must be able to go on without it. With the
     * first that leaves, the partition gets the order that is wanted, and so its new leader.
     */
    private PartitionInfo remove(PartitionInfo partition, List<Integer> acknowledging) throws Refusal {
        List<Integer> to = partition.reassignment().to();
        int goes = -1;
        for (int broker : partition.replicas()) {
            boolean better = goes == -1 || acknowledging.contains(goes) || !acknowledging.contains(broker);
            if (!to.contains(broker) && better) {
                goes = broker;
            }
        }
        if (goes == -1) {
            return partition;
        }
        List<Integer> replicas = new ArrayList<>(to);
        for (int broker : partition.replicas()) {
            if (broker != goes && !to.contains(broker)) {
                replicas.add(broker);
            }
        }
        if (replicas.stream().filter(acknowledging::contains).count() <= replicas.size() / 2) {
            return partition;
        }
        return new PartitionInfo(
                partition.partition(),
                groups.of(partition.group(), to),
                List.copyOf(replicas),
                partition.version() + 1,
                List.of(goes),
                partition.reassignment());
    }

    private static PartitionInfo with(PartitionInfo partition, Reassignment reassignment) {
        return new PartitionInfo(
                partition.partition(),
                partition.group(),
                partition.replicas(),
                partition.version(),
                partition.leaving(),
                reassignment);
    }
}
