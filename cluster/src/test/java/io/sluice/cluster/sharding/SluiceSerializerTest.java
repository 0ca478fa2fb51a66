/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.SluiceSerializable;
import io.sluice.actors.partition.PartitionCommand;
import java.io.NotSerializableException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SluiceSerializerTest {
    private final SluiceSerializer serializer = new SluiceSerializer();

    @Test
    void aStartArrivesAsItWasSent() throws Exception {
        // Given
        PartitionCommand.Start start =
                new PartitionCommand.Start(EntityIds.of(5, new UUID(1, 2), 3).entityId());

        // When
        Object arrived = serializer.fromBinary(serializer.toBinary(start), serializer.manifest(start));

        // Then
        assertThat(arrived).isEqualTo(start);
    }

    @Test
    void theBytesStayWhatTheyAre() {
        assertThat(serializer.manifest(new PartitionCommand.Start("a/b/c"))).isEqualTo("S1");
        assertThat(serializer.toBinary(new PartitionCommand.Start("a/b/c")))
                .isEqualTo("a/b/c".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void everyMessageThatMayTravelHasAForm() {
        assertThat(Arrays.stream(PartitionCommand.class.getPermittedSubclasses())
                        .filter(SluiceSerializable.class::isAssignableFrom))
                .containsExactly(PartitionCommand.Start.class);
    }

    @Test
    void anUnknownManifestIsRefusedAsAkkaExpects() {
        assertThatThrownBy(() -> serializer.fromBinary(new byte[0], "Z9"))
                .isInstanceOf(NotSerializableException.class)
                .hasMessageContaining("Z9");
    }
}
