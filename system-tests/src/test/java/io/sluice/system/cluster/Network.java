/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Where the nodes of a cluster live, and the links between them. */
interface Network extends AutoCloseable {
    /** Stands for the clients in {@link #cut}. */
    int CLIENTS = 0;

    /** The ways in which links can be made, best first. */
    enum Kind {
        /** Needs root. */
        NAMESPACES,
        /** Needs nothing but Linux. */
        PROXIES,
        /** Nothing can be cut. */
        LOOPBACK
    }

    /** The name or address that a node listens on, as the nodes know it. */
    String host(int node);

    /** The port for Kafka clients. */
    int kafkaPort(int node);

    /** The port for the other nodes. */
    int akkaPort(int node);

    /** {@code HOST:PORT} for Kafka clients. */
    default String kafka(int node) {
        return host(node) + ":" + kafkaPort(node);
    }

    /** The port for HTTP. */
    int httpPort(int node);

    /** {@code HOST:PORT} for clients of HTTP. */
    default String http(int node) {
        return host(node) + ":" + httpPort(node);
    }

    /** The words to put before a node's command. */
    default List<String> wrapper(int node) {
        return List.of();
    }

    /** Options of a node's JVM. */
    default String javaOptions(int node) {
        return "";
    }

    /** Configuration of a node. */
    default Map<String, String> settings(int node) {
        return Map.of();
    }

    /** Whether links can be cut. */
    boolean canCut();

    /** From now on nothing that {@code from} sends reaches {@code to}; neither is told. */
    void cut(int from, int to);

    /** Ends all cuts. */
    void heal();

    @Override
    void close();

    /** What {@code -Dsluice.network} names, else the best that works here. */
    static Kind best() {
        String wanted = System.getProperty("sluice.network", "");
        if (!wanted.isEmpty()) {
            return Kind.valueOf(wanted.toUpperCase(Locale.ROOT));
        }
        if (Namespaces.available()) {
            return Kind.NAMESPACES;
        }
        return Proxies.available() ? Kind.PROXIES : Kind.LOOPBACK;
    }

    /** @param folder for files that it needs */
    static Network create(Kind kind, int nodes, Path folder) {
        return switch (kind) {
            case NAMESPACES -> Namespaces.create(nodes);
            case PROXIES -> {
                System.out.println(
                        "links between nodes are proxies: there is no root for network namespaces, or proxies are wanted");
                yield new Proxies(nodes, folder);
            }
            case LOOPBACK -> {
                System.out.println(
                        "links between nodes can't be cut here: this is neither root nor Linux, or that is wanted");
                yield new Loopback(nodes);
            }
        };
    }
}
