/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors;

/** The dispatchers of the broker, as the configuration names them. */
public final class DispatcherNames {
    /** Partitions: they write to the page cache, and now and then wait for the disk (recovery, {@code flush.messages}). */
    public static final String PARTITION = "sluice.partition-dispatcher";

    /** Whatever waits for the disk: the replica-state journal, compaction, removal of folders. */
    public static final String BACKGROUND = "sluice.background-dispatcher";

    /** Reads and decodes for subscriptions; waits for the disk. */
    public static final String SUBSCRIPTION = "sluice.subscription-dispatcher";

    private DispatcherNames() {}
}
