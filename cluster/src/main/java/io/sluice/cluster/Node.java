/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.replication.ReplicaSource;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.Controller;
import io.sluice.cluster.metadata.MetadataImage;
import java.util.UUID;

/** What a running node offers to the protocols on top of it. Every method may be called from any thread and none blocks. */
public interface Node {
    int id();

    /** Whether clients are to be served: not before this node has the metadata of its cluster, and what it keeps is open. */
    default boolean isReady() {
        return true;
    }

    BrokerSettings settings();

    /** The newest image that was replayed on this node. */
    MetadataImage metadata();

    /** The leader on this node, or null if the partition is not led (or does not serve yet) here. */
    PartitionHandle leader(UUID topicId, int partition);

    /** Who leads the partition, as far as this node knows; a leader is named only once it serves. */
    Leadership leadership(UUID topicId, int partition);

    Controller controller();

    /** The coordinators of consumer groups that run on this node. */
    io.sluice.actors.group.GroupCoordinators groups();

    /** The replicas on this node, for those on others to fetch from. */
    default ReplicaSource replicas() {
        return ReplicaSource.NONE;
    }

    /** The broker that took the role of the controller; -1 if unknown. */
    int controllerId();

    /** @param brokerId -1 if nobody serves */
    record Leadership(int brokerId, int leaderEpoch) {
        public static final Leadership NONE = new Leadership(-1, -1);
    }
}
