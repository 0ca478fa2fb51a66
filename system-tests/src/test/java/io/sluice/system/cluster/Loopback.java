/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * All nodes at 127.0.0.1, each with three ports. They lie below the range from which the kernel takes ports for outgoing connections: else a dead
 * node's port could be taken by a client, even by one that connects to that very port.
 */
final class Loopback implements Network {
    private static final String HOST = "127.0.0.1";
    private static final int FIRST_PORT = 15_000;
    private static final int LAST_PORT = 32_000;
    private static final int PORTS = 3;

    private final List<Integer> ports;

    Loopback(int nodes) {
        ports = freePorts(PORTS * nodes);
    }

    static List<Integer> freePorts(int count) {
        int begin = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT - 1_000);
        return IntStream.range(begin, LAST_PORT)
                .filter(Loopback::isFree)
                .limit(count)
                .boxed()
                .toList();
    }

    private static boolean isFree(int port) {
        try (var socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public String host(int node) {
        return HOST;
    }

    @Override
    public int kafkaPort(int node) {
        return ports.get(PORTS * (node - 1));
    }

    @Override
    public int akkaPort(int node) {
        return ports.get(PORTS * (node - 1) + 1);
    }

    @Override
    public int httpPort(int node) {
        return ports.get(PORTS * (node - 1) + 2);
    }

    @Override
    public boolean canCut() {
        return false;
    }

    @Override
    public void cut(int from, int to) {
        throw new IllegalStateException("links on the loopback interface can't be cut");
    }

    @Override
    public void heal() {
        // nothing was cut
    }

    @Override
    public void close() {
        // nothing was made
    }
}
