/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import java.util.Optional;

/**
 * What runs as a child of an internal partition's leader: a group coordinator at {@code __consumer_offsets-N}, the controller at
 * {@code __cluster_metadata-0}. Spawned when the partition leads, stopped with its leadership.
 */
@FunctionalInterface
public interface LeaderService {
    Optional<Behavior<Void>> at(PartitionHandle leader);

    /** Most partitions have none. */
    LeaderService NONE = leader -> Optional.empty();
}
