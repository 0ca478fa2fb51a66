/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A proxy on each link, in this very process, so that links can be cut without root. It needs a system on which all of 127.0.0.0/8 is this machine, as Linux is.
 *
 * <p>All nodes know each other by name, and each JVM has a file of its own that says what the names mean ({@code jdk.net.hosts.file}): to node I, node J is
 * 127.K.I.J, where the proxy of that link listens on J's ports; J itself listens at 127.K.J.J. To the clients it is 127.K.0.J, which is also what it tells them.
 *
 * <p>A cut is silent: what is sent waits, and gets there when the cut ends, as if it had been sent again. Other than with a pulled cable, connecting still
 * works during a cut, but nothing answers. See {@link Relay}.
 */
final class Proxies implements Network {
    private static final int NETWORKS_MAX = 254;
    private static final int PORTS = 3;

    private record Link(int from, int to) {}

    private final int network = ThreadLocalRandom.current().nextInt(1, NETWORKS_MAX + 1);
    private final List<Integer> ports;
    private final Path folder;
    private final Map<Link, Gate> gates = new HashMap<>();
    private final List<Relay> relays = new ArrayList<>();

    Proxies(int nodes, Path folder) {
        this.ports = Loopback.freePorts(PORTS * nodes);
        this.folder = folder;
        for (int from = CLIENTS; from <= nodes; from++) {
            for (int to = CLIENTS; to <= nodes; to++) {
                gates.put(new Link(from, to), new Gate());
            }
        }
        for (int from = CLIENTS; from <= nodes; from++) {
            writeHosts(from, nodes);
            for (int to = 1; to <= nodes; to++) {
                if (from != to) {
                    relay(from, to, kafkaPort(to));
                    relay(from, to, akkaPort(to));
                }
            }
        }
        for (int to = 1; to <= nodes; to++) {
            relay(CLIENTS, to, httpPort(to)); // which nodes use too, for what they pass on
        }
    }

    /** Whether other addresses than 127.0.0.1 are this machine too. */
    static boolean available() {
        try (var socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress("127.254.254.254", 0));
            return true;
        } catch (IOException elsewhere) {
            return false;
        }
    }

    private void writeHosts(int node, int nodes) {
        var text = new StringBuilder("127.0.0.1 localhost\n");
        for (int other = 1; other <= nodes; other++) {
            text.append(address(node, other)).append(' ').append(host(other)).append('\n');
        }
        try {
            Files.writeString(hosts(node), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void relay(int from, int to, int port) {
        relays.add(Relay.start(
                new InetSocketAddress(address(from, to), port),
                new InetSocketAddress(address(to, to), port),
                gates.get(new Link(from, to)),
                gates.get(new Link(to, from))));
    }

    private Path hosts(int node) {
        return folder.resolve("node-" + node + ".hosts");
    }

    private String address(int from, int to) {
        return "127.%d.%d.%d".formatted(network, from, to);
    }

    @Override
    public String host(int node) {
        return "node-" + node;
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
    public String kafka(int node) {
        return address(CLIENTS, node) + ":" + kafkaPort(node);
    }

    @Override
    public String http(int node) {
        return address(CLIENTS, node) + ":" + httpPort(node);
    }

    @Override
    public String javaOptions(int node) {
        return "-Djdk.net.hosts.file=" + hosts(node);
    }

    @Override
    public Map<String, String> settings(int node) {
        return Map.of("advertised.listeners", "PLAINTEXT://" + kafka(node), "sluice.http.advertised", http(node));
    }

    @Override
    public boolean canCut() {
        return true;
    }

    @Override
    public void cut(int from, int to) {
        gates.get(new Link(from, to)).shut();
    }

    @Override
    public void heal() {
        gates.values().forEach(Gate::open);
    }

    @Override
    public void close() {
        relays.forEach(Relay::close);
        heal();
    }
}
