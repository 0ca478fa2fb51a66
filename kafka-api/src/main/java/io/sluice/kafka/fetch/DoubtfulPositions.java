/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.sluice.actors.partition.PartitionHandle;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * Positions of one fetch that the leader's log does not have. The client may have them from a later leader, of which this one has not heard: told that they
 * are wrong it would go back to what it has read, or give up. So they are wrong only once the partition's replicas have said that no later leader is there.
 */
final class DoubtfulPositions {
    private enum State {
        ASKED,
        CERTAIN,
        LEADS_NO_MORE
    }

    private final Map<FetchPartition, State> states = new HashMap<>();

    /**
     * @param onAnswer called on the partition's thread: {@link #answered} is to be called with it
     * @return what to tell the client; {@code wrong} if that is certain
     */
    PartitionRead read(
            FetchPartition partition,
            PartitionHandle handle,
            PartitionRead wrong,
            BiConsumer<FetchPartition, Boolean> onAnswer) {
        State state = states.get(partition);
        if (state == null) {
            states.put(partition, State.ASKED);
            handle.confirmLeads(leads -> onAnswer.accept(partition, leads));
        }
        return state == State.CERTAIN ? wrong : PartitionRead.notYetKnown(partition, state == State.LEADS_NO_MORE);
    }

    void answered(FetchPartition partition, boolean leads) {
        states.put(partition, leads ? State.CERTAIN : State.LEADS_NO_MORE);
    }

    /** Such a partition has to be looked at again whatever happens to it. */
    boolean concern(FetchPartition partition) {
        return states.containsKey(partition);
    }

    /** Whether an answer is still to come. */
    boolean areOpen() {
        return states.containsValue(State.ASKED);
    }
}
