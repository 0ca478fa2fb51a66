/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.partition.DataWaiter;

/** One partition of a running subscription: who reads it now. On the stream's thread. */
final class PartitionSlot {
    /** Timer: look for the partition again. */
    record LookUp(PartitionSlot slot) {}

    /** Timer: look for data again, for waiting did not help. */
    record Recheck(PartitionSlot slot) {}

    final int index;
    final SubscribedPartition partition;
    final DataWaiter waiter;

    /** It was not there when the subscription began: all of it is new. */
    final boolean added;

    /** Null while it is looked for. */
    PartitionReader reader;

    /** Times in a row that it was looked for. */
    int lookups;

    /** It was woken since it has read something. */
    boolean woken;

    PartitionSlot(int index, SubscribedPartition partition, DataWaiter waiter, boolean added) {
        this.index = index;
        this.partition = partition;
        this.waiter = waiter;
        this.added = added;
    }

    /** Lets go of the reader. */
    void close() {
        if (reader != null) {
            reader.close(waiter);
            reader = null;
        }
    }
}
