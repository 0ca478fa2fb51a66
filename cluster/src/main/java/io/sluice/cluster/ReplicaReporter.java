/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.partition.InSync;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.controller.ControllerAccess;
import io.sluice.cluster.controller.ControllerRequest;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.sharding.LocalPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Tells the controller how far the replica sets are that change and are led here, when there is news and again now and then, for a report may get lost. Costs nothing
 * while no set changes.
 */
final class ReplicaReporter {
    /** Partitions in one report: the rest is told in the next. */
    private static final int REPORT_MAX = 1_000;

    private static final int TIMEOUT_MS = 5_000;

    private final LocalPartitions partitions;
    private final ControllerAccess controller;
    private final Supplier<ClusterImage> images;
    private final Executor background;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile boolean changing;
    private volatile boolean news;

    ReplicaReporter(
            LocalPartitions partitions,
            ControllerAccess controller,
            Supplier<ClusterImage> images,
            Executor background) {
        this.partitions = partitions;
        this.controller = controller;
        this.images = images;
        this.background = background;
    }

    /** There is a new image. */
    void changed(ClusterImage before, ClusterImage after) {
        if (before.topics() != after.topics()) {
            changing = after.topics().values().stream()
                    .flatMap(topic -> topic.partitions().stream())
                    .anyMatch(PartitionInfo::isChanging);
            report();
        }
    }

    /** A leader here knows something new of its replicas. */
    void learned(PartitionHandle handle) {
        report();
    }

    /** Reports, unless there is nothing to report; a report that is under way is followed by another. */
    void report() {
        if (!changing) {
            return;
        }
        news = true;
        if (busy.compareAndSet(false, true)) {
            background.execute(this::send);
        }
    }

    private void send() {
        news = false;
        List<ControllerRequest.ReplicaReport> reports = reports();
        if (reports.isEmpty()) {
            done();
        } else {
            controller
                    .ask(new ControllerRequest.ReportReplicas(reports), TIMEOUT_MS)
                    .whenComplete((answer, failure) -> done());
        }
    }

    private void done() {
        busy.set(false);
        if (news) {
            report();
        }
    }

    private List<ControllerRequest.ReplicaReport> reports() {
        List<ControllerRequest.ReplicaReport> reports = new ArrayList<>();
        for (MetadataImage.TopicInfo topic : images.get().topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                if (partition.isChanging() && reports.size() < REPORT_MAX) {
                    PartitionHandle leader = partitions.leader(topic.id(), partition.partition());
                    InSync known = leader == null ? InSync.UNKNOWN : leader.inSync();
                    if (known.inForce() == partition.version()) {
                        reports.add(new ControllerRequest.ReplicaReport(
                                topic.id(), partition.partition(), known.inForce(), known.brokers()));
                    }
                }
            }
        }
        return reports;
    }
}
