/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import io.sluice.log.LogConfig;
import java.nio.file.Path;
import java.util.List;

/**
 * One partition as the metadata knows it.
 *
 * @param folder of its log
 * @param replicas broker ids, the preferred leader first
 */
public record PartitionSpec(TopicPartition partition, Path folder, LogConfig config, List<Integer> replicas) {}
