/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import io.sluice.actors.SluiceSerializable;
import io.sluice.actors.replication.ReplicaKey;
import java.util.List;

/** What routers say to each other, see {@link RouterCodec} for the form. Any of it may be lost. */
public sealed interface RouterMessage extends ReplicaRouter.Command, SluiceSerializable {
    /** The sender's broker. */
    int from();

    /** Messages between replicas, gathered. */
    record ReplicaEnvelope(int from, List<Item> items) implements RouterMessage {}

    /**
     * A message of the sender's replica of a partition to the receiver's.
     *
     * @param message its binary form
     */
    record Item(ReplicaKey key, byte[] message) {}

    /** Leaderships of the sender that have begun or ended. */
    record LeadershipNews(int from, List<Lead> leads) implements RouterMessage {}

    /**
     * All that the sender leads, in pieces that follow each other.
     *
     * @param piece counted from 0
     */
    record LeadershipTable(int from, int piece, int pieces, List<Lead> leads) implements RouterMessage {}

    /**
     * A leadership.
     *
     * @param leads false if it has ended
     */
    record Lead(ReplicaKey key, int epoch, boolean leads) {}

    /** What the receiver's table should have of the sender. */
    record LeadershipDigest(int from, int count, long hash) implements RouterMessage {}

    /** Where the sender takes its replicas' fetches: its Kafka listener, as other nodes reach it. */
    record Listens(int from, String host, int port) implements RouterMessage {}

    /** Where the sender serves HTTP, as clients reach it. */
    record Serves(int from, String host, int port) implements RouterMessage {}

    /** The sender's table differs from the receiver's digest: it asks for the whole. */
    record LeadershipPull(int from) implements RouterMessage {}
}
