/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.util.List;

/** Where the nodes of a cluster live, and the links between them. */
interface Network extends AutoCloseable {
    /** Stands for the clients in {@link #cut}. */
    int CLIENTS = 0;

    /** The address that a node listens on. */
    String host(int node);

    /** The port for Kafka clients. */
    int kafkaPort(int node);

    /** The port for the other nodes. */
    int akkaPort(int node);

    /** The words to put before a node's command. */
    List<String> wrapper(int node);

    /** Whether links can be cut. */
    boolean canCut();

    /** From now on nothing that {@code from} sends reaches {@code to}; neither is told. */
    void cut(int from, int to);

    /** Ends all cuts. */
    void heal();

    @Override
    void close();

    /** Namespaces where root is there, else the loopback interface. */
    static Network best(int nodes) {
        return Namespaces.available() ? Namespaces.create(nodes) : new Loopback(nodes);
    }
}
