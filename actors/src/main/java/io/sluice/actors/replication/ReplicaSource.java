/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/** The replicas on this node, as those on other nodes fetch from them. Any thread; never blocks. */
@FunctionalInterface
public interface ReplicaSource {
    /** For a node without replicas. */
    ReplicaSource NONE = (from, key, fetch, reply) -> false;

    /**
     * Tells the local replica.
     *
     * @param from broker id of the replica that fetches
     * @param reply takes the place of the reply to an earlier fetch of this replica, also where this is the very same fetch: the connection that the
     *     earlier answer would have taken may be gone
     * @return false if there is no replica of the partition here: there will be no answer
     */
    boolean fetch(int from, ReplicaKey key, ReplicaMessage.Fetch fetch, FetchReply reply);
}
