/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.cluster.Cluster;
import akka.discovery.Discovery;
import akka.discovery.Lookup;
import akka.discovery.ServiceDiscovery;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;

/**
 * Seeds by a method of Akka Discovery. Nodes are known by their IP address, for a cluster knows its members by the very text under which
 * they listen, and an address is the only one that every method has.
 */
public final class DiscoveredSeeds implements SeedSource {
    /** Name of the port among those of a container. */
    public static final String PORT_NAME = "akka";

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    private final ServiceDiscovery discovery;
    private final Lookup lookup;
    private final Address self;

    /**
     * @param method as in {@code akka.discovery.METHOD}
     * @throws RuntimeException if the method can't be used here
     */
    public DiscoveredSeeds(ActorSystem<?> system, String method) {
        this.self = Cluster.get(system).selfAddress();
        this.discovery = Discovery.get(system).loadServiceDiscovery(method);
        this.lookup = Lookup.create(self.system()).withPortName(PORT_NAME).withProtocol("tcp");
    }

    @Override
    public CompletionStage<List<Address>> find() {
        return discovery.lookup(lookup, TIMEOUT).thenApply(found -> found.getAddresses().stream()
                .map(this::address)
                .toList());
    }

    private Address address(ServiceDiscovery.ResolvedTarget target) {
        String host =
                target.getAddress().map(java.net.InetAddress::getHostAddress).orElseGet(target::host);
        int port = target.getPort().map(Integer.class::cast).or(self::getPort).orElseThrow();
        return new Address(self.protocol(), self.system(), host, port);
    }
}
