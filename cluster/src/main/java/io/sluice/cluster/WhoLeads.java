/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.membership.Leaderships;

/**
 * Who leads a partition, put together from what this node has itself and what it has heard. Where nobody leads, the newest epoch that is
 * known is told all the same: a client that is told of no epoch forgets the one that it knew, and then believes a leader of long ago that is cut
 * off from the others and does not know yet. Its log has another tail, so that the client takes what it has read for truncated.
 */
final class WhoLeads {
    private WhoLeads() {}

    /**
     * @param led what this node leads, or has led until just now; null if nothing
     * @param followed what it follows, null if nothing: after a start it is all that is known of the epoch, until the others have told who leads
     * @param known what was heard
     */
    static Node.Leadership of(int self, PartitionHandle led, PartitionHandle followed, Leaderships.Leader known) {
        if (led != null && !led.isClosed() && led.leaderEpoch() >= known.epoch()) {
            return new Node.Leadership(self, led.leaderEpoch());
        }
        if (known.broker() != -1 && known.broker() != self) {
            return new Node.Leadership(known.broker(), known.epoch());
        }
        return new Node.Leadership(-1, Math.max(known.epoch(), Math.max(epoch(led), epoch(followed))));
    }

    private static int epoch(PartitionHandle handle) {
        return handle == null ? -1 : handle.leaderEpoch();
    }
}
