/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.GroupMetrics;
import io.sluice.actors.group.GroupSettings;
import java.util.function.Supplier;

/**
 * What the classes of one shard share.
 *
 * @param uniqueIds makes the part of a member id that nobody can guess
 */
record ShardContext(
        GroupSettings settings, GroupMetrics metrics, Outbox outbox, Deadlines deadlines, Supplier<String> uniqueIds) {

    /** The groups of this node take all the memory that they may: nothing new is let in. */
    boolean isFull() {
        return metrics.memoryBytes().sum() >= settings.maxMemoryBytes();
    }
}
