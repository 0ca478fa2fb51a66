/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.actors.replication.ReplicaOrigin;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.log.LogConfig;
import java.nio.file.Path;

/**
 * One partition as the metadata knows it.
 *
 * @param folder of its log
 * @param set its replicas, the preferred leader first
 * @param origin where the log is
 * @param snapshots of what the records add up to; null if the records are all there is
 */
public record PartitionSpec(
        TopicPartition partition,
        Path folder,
        LogConfig config,
        ReplicaSet set,
        ReplicaOrigin origin,
        LogSnapshots snapshots) {
    /** A partition without snapshots. */
    public PartitionSpec(
            TopicPartition partition, Path folder, LogConfig config, ReplicaSet set, ReplicaOrigin origin) {
        this(partition, folder, config, set, origin, null);
    }
}
