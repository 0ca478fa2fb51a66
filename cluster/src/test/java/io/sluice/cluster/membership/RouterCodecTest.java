/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.replication.ReplicaKey;
import io.sluice.cluster.membership.RouterMessage.Item;
import io.sluice.cluster.membership.RouterMessage.Lead;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class RouterCodecTest {
    private static final ReplicaKey KEY = new ReplicaKey(new UUID(1, 2), 3);
    private static final List<RouterMessage> ALL = List.of(
            new RouterMessage.ReplicaEnvelope(7, List.of(new Item(KEY, new byte[] {9, 8}))),
            new RouterMessage.LeadershipNews(7, List.of(new Lead(KEY, 5, true), new Lead(KEY, 6, false))),
            new RouterMessage.LeadershipTable(7, 0, 1, List.of()),
            new RouterMessage.LeadershipDigest(7, 2, -3),
            new RouterMessage.LeadershipPull(7),
            new RouterMessage.Listens(7, "broker-7.example", 9092),
            new RouterMessage.Serves(7, "broker-7.example", 8080));

    @Test
    void everyMessageArrivesAsItWasSent() {
        for (RouterMessage message : ALL) {
            RouterMessage arrived = RouterCodec.decode(RouterCodec.manifest(message), RouterCodec.encode(message));

            assertThat(arrived).usingRecursiveComparison().isEqualTo(message);
        }
    }

    @Test
    void everyMessageHasAManifestOfItsOwn() {
        Set<String> manifests = new TreeSet<>();
        ALL.forEach(message -> manifests.add(RouterCodec.manifest(message)));

        assertThat(manifests).isEqualTo(new TreeSet<>(RouterCodec.MANIFESTS));
        assertThat(RouterMessage.class.getPermittedSubclasses())
                .as("kinds of messages")
                .hasSize(ALL.size());
    }

    @Test
    void theBytesStayWhatTheyAre() {
        assertThat(HexFormat.of().formatHex(RouterCodec.encode(ALL.get(0))))
                .isEqualTo("00000007" + "00000001" + "00000000000000010000000000000002" + "00000003" + "00000002"
                        + "0908");
        assertThat(HexFormat.of().formatHex(RouterCodec.encode(ALL.get(1))))
                .isEqualTo("00000007" + "00000002"
                        + "00000000000000010000000000000002" + "00000003" + "00000005" + "01"
                        + "00000000000000010000000000000002" + "00000003" + "00000006" + "00");
    }

    @Test
    void tornBytesAreRefused() {
        for (RouterMessage message : ALL) {
            byte[] bytes = RouterCodec.encode(message);
            assertThatThrownBy(() ->
                            RouterCodec.decode(RouterCodec.manifest(message), Arrays.copyOf(bytes, bytes.length - 1)))
                    .as(message.toString())
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> RouterCodec.decode("R1", new byte[] {0, 0, 0, 1, 0x7f, -1, -1, -1}))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("count");
    }
}
