/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.actors.replication.ReplicaCore;
import io.sluice.actors.replication.ReplicaSet;
import java.util.List;

/**
 * How far the replicas of a partition are, as its leader knows.
 *
 * @param set who elects and commits
 * @param followers all who have fetched in this epoch, observers too
 */
public record ReplicaStatus(
        int leader,
        int leaderEpoch,
        long logEnd,
        long highWatermark,
        ReplicaSet set,
        List<ReplicaCore.Progress> followers) {}
