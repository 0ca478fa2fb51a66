/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.SluiceSerializable;
import io.sluice.cluster.controller.RelayMessage;
import io.sluice.cluster.membership.DoorMessage;
import io.sluice.cluster.membership.GoneVotes;
import io.sluice.cluster.membership.RouterCodec;
import io.sluice.cluster.membership.SnapshotMessage;
import java.io.NotSerializableException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SluiceSerializerTest {
    private final SluiceSerializer serializer = new SluiceSerializer();

    @Test
    void aStartArrivesAsItWasSent() throws Exception {
        // Given
        ClaimCommand.Start start =
                new ClaimCommand.Start(EntityIds.of(5, new UUID(1, 2), 3).entityId());

        // When
        Object arrived = serializer.fromBinary(serializer.toBinary(start), serializer.manifest(start));

        // Then
        assertThat(arrived).isEqualTo(start);
    }

    @Test
    void theBytesStayWhatTheyAre() {
        assertThat(serializer.manifest(new ClaimCommand.Start("a/b/c"))).isEqualTo("S1");
        assertThat(serializer.toBinary(new ClaimCommand.Start("a/b/c")))
                .isEqualTo("a/b/c".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyMessageThatMayTravelHasAForm() {
        assertThat(Arrays.stream(ClaimCommand.class.getPermittedSubclasses())
                        .filter(SluiceSerializable.class::isAssignableFrom))
                .containsExactly(ClaimCommand.Start.class);
    }

    @Test
    void noManifestMeansTwoThings() {
        // Given
        List<String> all = new ArrayList<>(List.of("S1", GoneVotes.MANIFEST));
        all.addAll(RouterCodec.MANIFESTS);
        all.addAll(RelayMessage.MANIFESTS);
        all.addAll(DoorMessage.MANIFESTS);
        all.addAll(SnapshotMessage.MANIFESTS);

        // Then
        assertThat(all).doesNotHaveDuplicates();
    }

    @Test
    void anUnknownManifestIsRefusedAsAkkaExpects() {
        assertThatThrownBy(() -> serializer.fromBinary(new byte[0], "Z9"))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining("Z9");
    }
}
