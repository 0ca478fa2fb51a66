/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.api;

import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/**
 * The address of a broker as a client is told it (Metadata, FindCoordinator, DescribeCluster). Without {@code advertised.listeners} this
 * broker names the address that the client has reached, which works from inside and outside of containers alike. IPv4 is
 * preferred: clients that resolve {@code localhost} to {@code ::1} are told {@code 127.0.0.1} where the listener serves both.
 */
public final class AdvertisedAddress {
    private final int selfId;
    private final Optional<HostPort> configured;
    private final boolean bothFamilies;

    /**
     * @param selfId this broker's id
     * @param configured {@code advertised.listeners}, if set
     * @param bothFamilies the listener is bound to all addresses, so IPv4 reaches it too
     */
    public AdvertisedAddress(int selfId, Optional<HostPort> configured, boolean bothFamilies) {
        this.selfId = selfId;
        this.configured = configured;
        this.bothFamilies = bothFamilies;
    }

    public HostPort of(BrokerInfo broker, RequestContext context) {
        return broker.id() == selfId ? self(context) : new HostPort(broker.host(), broker.port());
    }

    /** This broker, as the client knows it. */
    public HostPort self(RequestContext context) {
        return configured.orElseGet(() -> reached(context.reachedAddress()));
    }

    private HostPort reached(InetSocketAddress address) {
        InetAddress ip = address.getAddress();
        String host = ip.getHostAddress();
        if (ip instanceof Inet6Address) {
            int scope = host.indexOf('%');
            host = ip.isLoopbackAddress() && bothFamilies ? "127.0.0.1" : scope < 0 ? host : host.substring(0, scope);
        }
        return new HostPort(host, address.getPort());
    }

    /** A host name or address, and a TCP port. */
    public record HostPort(String host, int port) {}
}
