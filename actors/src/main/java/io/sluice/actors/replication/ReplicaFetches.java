/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.net.InetSocketAddress;
import java.nio.ByteBuffer;

/** The half of a {@link ReplicaLink} that carries records: brings the fetches of this node's replicas to those of other nodes. Any thread. */
public interface ReplicaFetches extends AutoCloseable {
    /** See {@link ReplicaLink#fetch}. Stays until it is answered, superseded or cancelled: connections come and go meanwhile. */
    void fetch(int broker, ReplicaKey key, ReplicaMessage.Fetch fetch);

    /** See {@link ReplicaLink#cancel}. */
    void cancel(ReplicaKey key);

    /** For a node that has no others. */
    Factory ALONE = (peers, sink) -> new ReplicaFetches() {
        @Override
        public void fetch(int broker, ReplicaKey key, ReplicaMessage.Fetch fetch) {}

        @Override
        public void cancel(ReplicaKey key) {}

        @Override
        public void close() {}
    };

    /** The same way for readers that are no replicas. */
    default RemoteLogs logs() {
        return RemoteLogs.NONE;
    }

    /** Ends all connections. The sink hears nothing more. */
    @Override
    void close();

    /** Who the brokers are. Any thread. */
    interface Peers {
        /** This broker's id. */
        int self();

        /** Empty while it is not known yet: a new broker learns it from the metadata, which it has to fetch first. */
        String clusterId();

        /** Where another broker listens for Kafka clients, resolved or not; null if it is not known. */
        InetSocketAddress address(int broker);

        /** What all replicas that are far behind may fetch together, in bytes per second. Asked often. */
        default long catchUpBytesPerSecond() {
            return Long.MAX_VALUE;
        }
    }

    /**
     * Takes what comes back, on a network thread: must not block. The thread is a {@link io.sluice.actors.dispatch.PartitionCaller}: what is small should be
     * sent to its partition by {@link io.sluice.actors.dispatch.PartitionCaller#send}.
     */
    interface Sink {
        /**
         * The fetch that was outstanding has its answer.
         *
         * @param records whole batches, to be read from position to limit; null if there are none
         * @param release to be run exactly once, when the bytes are not needed any more; from any thread
         */
        void answered(ReplicaKey key, int from, ReplicaMessage.Answer answer, ByteBuffer records, Runnable release);

        /**
         * The connection over which the fetch went has ended; its answer may be lost. The fetch goes out again by itself, but a leader that has
         * answered it does not do so twice: ask with a new one ({@link ReplicaCore#retry}).
         */
        void interrupted(ReplicaKey key, int broker);

        /** The broker can't be reached: told once, until it could be again. */
        void unreachable(int broker);
    }

    /** Makes the transport of a node. */
    @FunctionalInterface
    interface Factory {
        ReplicaFetches open(Peers peers, Sink sink);
    }
}
