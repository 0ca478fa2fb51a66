/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostTailTest {
    @Test
    void onlyTheNewestSegmentIsTorn(@TempDir Path data) throws IOException {
        // Given a partition of two segments, and the journal of replica states
        Path partition = Files.createDirectories(data.resolve("topics/orders/0-id"));
        Path older = Files.write(partition.resolve("00000000000000000000.log"), new byte[5_000]);
        Path newer = Files.write(partition.resolve("00000000000000000100.log"), new byte[5_000]);
        Path journal = Files.write(data.resolve("replica-state"), new byte[100]);
        // When
        LostTail.of(data, new Random(7));
        // Then
        assertThat(Files.size(older)).isEqualTo(5_000);
        assertThat(Files.size(journal)).isEqualTo(100);
        assertThat(Files.size(newer)).isLessThan(5_000);
    }
}
