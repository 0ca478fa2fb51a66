/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Records of one key meet, whether a Kafka client or HTTP has sent them. */
class KeyPartitionTest {
    /** What Kafka's clients compute. */
    @ParameterizedTest
    @CsvSource({
        "21, -973932308",
        "foobar, -790332482",
        "a-little-bit-long-string, -985981536",
        "a-little-bit-longer-string, -1486304829",
        "lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8, -58897971",
        "abc, 479470107",
    })
    void theHashIsThatOfKafkasClients(String key, int hash) {
        assertThat(KeyPartition.hash(key.getBytes(UTF_8))).isEqualTo(hash);
    }

    @Property
    void everyKeyHasAPartition(@ForAll byte[] key, @ForAll @IntRange(min = 1, max = 10_000) int partitions) {
        assertThat(KeyPartition.of(key, partitions)).isBetween(0, partitions - 1);
    }
}
