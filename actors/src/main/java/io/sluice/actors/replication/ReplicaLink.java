/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/**
 * The way from the replicas of this node to those of others. Any message may be lost; what comes in is told to the replica's actor.
 * Any thread.
 */
public interface ReplicaLink {
    /** A control message: anything but a fetch and its answers. */
    void send(int broker, ReplicaKey key, ReplicaMessage message);

    /** A fetch for the replica on another node; takes the place of the one before of the same partition. */
    void fetch(int broker, ReplicaKey key, ReplicaMessage.Fetch fetch);

    /** No answer to a fetch of this partition is wanted any more. */
    void cancel(ReplicaKey key);

    /** For a node that is alone. */
    ReplicaLink NONE = new ReplicaLink() {
        @Override
        public void send(int broker, ReplicaKey key, ReplicaMessage message) {}

        @Override
        public void fetch(int broker, ReplicaKey key, ReplicaMessage.Fetch fetch) {}

        @Override
        public void cancel(ReplicaKey key) {}
    };
}
