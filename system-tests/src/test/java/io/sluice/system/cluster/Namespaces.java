/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A network namespace for each node, all on one bridge that the clients are on too; 10.77.K.N is node N of cluster K, 10.77.K.254 the
 * clients. Needs root and iproute2.
 *
 * <p>A cut is silent, as a pulled cable is: the sender gets a wrong hardware address for the receiver, so packets leave and nobody takes them. It works in one
 * direction, and connections that are open feel it at once.
 */
final class Namespaces implements Network {
    private static final int CLUSTERS_MAX = 100;
    private static final int CLIENTS_ADDRESS = 254;
    private static final int KAFKA_PORT = 9092;
    private static final int AKKA_PORT = 2551;
    private static final int HTTP_PORT = 8080;
    private static final String NOBODY = "02:00:00:00:00:01";

    private record Cut(int from, int to) {}

    private final int cluster;
    private final int nodes;
    private final Set<Cut> cuts = new HashSet<>();

    private Namespaces(int cluster, int nodes) {
        this.cluster = cluster;
        this.nodes = nodes;
    }

    /** Whether namespaces and links between them can be made here. */
    static boolean available() {
        String probe = "slcprobe" + ProcessHandle.current().pid() % 100_000;
        boolean made = Shell.works("ip", "netns", "add", probe)
                && Shell.works("ip", "link", "add", probe, "type", "bridge")
                && Files.isExecutable(Path.of("/usr/bin/nsenter"));
        Shell.works("ip", "netns", "del", probe);
        Shell.works("ip", "link", "del", probe);
        return made;
    }

    static Namespaces create(int nodes) {
        removeForgotten();
        RuntimeException failure = null;
        for (int cluster = 0; cluster < CLUSTERS_MAX; cluster++) {
            if (Shell.works("ip", "link", "add", "slc" + cluster, "type", "bridge")) {
                var network = new Namespaces(cluster, nodes);
                try {
                    network.make();
                    return network;
                } catch (RuntimeException e) {
                    // the kernel takes its time to remove the links of the last one with this number
                    network.close();
                    failure = e;
                }
            }
        }
        throw new IllegalStateException(
                "none of the bridges slc0 to slc" + (CLUSTERS_MAX - 1) + " can be made", failure);
    }

    /** A test that was killed leaves its network; the name of its namespaces says whose it was. */
    private static void removeForgotten() {
        for (String name : Shell.output("ip", "netns", "list").lines().toList()) {
            String[] parts = name.split("[ .]", -1); // slcK.PID.NODE (id: ..)
            if (parts.length >= 3
                    && parts[0].matches("slc\\d+")
                    && ProcessHandle.of(Long.parseLong(parts[1])).isEmpty()) {
                Shell.works("ip", "netns", "del", name.split(" ", 2)[0]);
                Shell.works("ip", "link", "del", parts[0]);
            }
        }
    }

    private void make() {
        String bridge = "slc" + cluster;
        Shell.run("ip", "addr", "add", address(CLIENTS_ADDRESS) + "/24", "dev", bridge);
        Shell.run("ip", "link", "set", bridge, "up");
        for (int node = 1; node <= nodes; node++) {
            String outer = "slc" + cluster + "v" + node;
            Shell.run("ip", "netns", "add", name(node));
            Shell.run("ip", "link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", name(node));
            Shell.run("ip", "link", "set", outer, "master", bridge, "up");
            Shell.run("ip", "-n", name(node), "addr", "add", address(node) + "/24", "dev", "eth0");
            Shell.run("ip", "-n", name(node), "link", "set", "eth0", "up");
            Shell.run("ip", "-n", name(node), "link", "set", "lo", "up");
        }
    }

    private String name(int node) {
        return "slc%d.%d.%d".formatted(cluster, ProcessHandle.current().pid(), node);
    }

    private String address(int node) {
        return "10.77.%d.%d".formatted(cluster, node == CLIENTS ? CLIENTS_ADDRESS : node);
    }

    @Override
    public String host(int node) {
        return address(node);
    }

    @Override
    public int kafkaPort(int node) {
        return KAFKA_PORT;
    }

    @Override
    public int akkaPort(int node) {
        return AKKA_PORT;
    }

    @Override
    public int httpPort(int node) {
        return HTTP_PORT;
    }

    @Override
    public List<String> wrapper(int node) {
        return List.of("nsenter", "--net=/var/run/netns/" + name(node));
    }

    @Override
    public boolean canCut() {
        return true;
    }

    @Override
    public synchronized void cut(int from, int to) {
        if (cuts.add(new Cut(from, to))) {
            Shell.run(neighbour(from, "replace", address(to), "lladdr", NOBODY, "nud", "permanent"));
        }
    }

    @Override
    public synchronized void heal() {
        for (Cut cut : cuts) {
            Shell.run(neighbour(cut.from(), "del", address(cut.to())));
        }
        cuts.clear();
    }

    private String[] neighbour(int from, String... words) {
        List<String> command = new ArrayList<>(List.of("ip"));
        if (from != CLIENTS) {
            command.addAll(List.of("-n", name(from)));
        }
        command.add("neigh");
        command.addAll(List.of(words));
        command.addAll(List.of("dev", from == CLIENTS ? "slc" + cluster : "eth0"));
        return command.toArray(String[]::new);
    }

    @Override
    public void close() {
        Stream.iterate(1, n -> n <= nodes, n -> n + 1).forEach(n -> Shell.works("ip", "netns", "del", name(n)));
        Shell.works("ip", "link", "del", "slc" + cluster);
    }
}
