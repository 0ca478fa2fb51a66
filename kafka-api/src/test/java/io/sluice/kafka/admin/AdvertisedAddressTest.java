/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.kafka.api.AdvertisedAddress;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.api.RequestContext.ConnectionInfo;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a client is told to connect to, by what it connected to. */
class AdvertisedAddressTest {
    private static RequestContext reached(String address) throws Exception {
        InetSocketAddress here = new InetSocketAddress(InetAddress.getByName(address), 9092);
        return new RequestContext((short) 3, (short) 12, 1, "c", new ConnectionInfo("1", here, here, null));
    }

    @Test
    void theAddressThatTheClientReachedIsNamed() throws Exception {
        AdvertisedAddress address = new AdvertisedAddress(1, Optional.empty(), true);

        assertThat(address.self(reached("10.1.2.3"))).isEqualTo(new HostPort("10.1.2.3", 9092));
        assertThat(address.self(reached("2001:db8::7")).host()).isEqualTo("2001:db8:0:0:0:0:0:7");
    }

    /** A client that resolves localhost to ::1 first may not find the other address later. */
    @Test
    void ipv4IsNamedOnTheLoopbackInterfaceWhereBothAreServed() throws Exception {
        assertThat(new AdvertisedAddress(1, Optional.empty(), true)
                        .self(reached("::1"))
                        .host())
                .isEqualTo("127.0.0.1");
        assertThat(new AdvertisedAddress(1, Optional.empty(), false)
                        .self(reached("::1"))
                        .host())
                .as("only IPv6 is served")
                .isEqualTo("0:0:0:0:0:0:0:1");
    }

    @Test
    void whatIsConfiguredWinsAndOtherBrokersHaveTheirOwn() throws Exception {
        AdvertisedAddress address = new AdvertisedAddress(1, Optional.of(new HostPort("kafka.example", 19092)), true);

        assertThat(address.self(reached("10.1.2.3"))).isEqualTo(new HostPort("kafka.example", 19092));
        assertThat(address.of(new BrokerInfo(2, "other.example", 29092, null, 1), reached("10.1.2.3")))
                .isEqualTo(new HostPort("other.example", 29092));
    }
}
