/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class KeyMapTest {
    @Property(tries = 200)
    void agreesWithAHashMap(@ForAll long seed) {
        Random random = new Random(seed);
        int most = 1 + random.nextInt(200);
        KeyMap map = new KeyMap(1 << 20, most);
        Map<Long, Long> model = new HashMap<>();
        for (long offset = 0; offset < 1_000; offset++) {
            long key = random.nextInt(most);
            // Few different high halves: keys meet in the same slot.
            assertThat(map.put(key % 3 << 60, key, offset)).as("seed %d", seed).isTrue();
            model.put(key, offset);
        }
        for (long key = 0; key < most + 5; key++) {
            assertThat(map.get(key % 3 << 60, key))
                    .as("seed %d, key %d", seed, key)
                    .isEqualTo(model.getOrDefault(key, -1L));
        }
        assertThat(map.keys()).isEqualTo(model.size());
    }

    @Test
    void aFullMapTakesNoNewKeyButLaterOffsetsOfThoseItHas() {
        // Given
        KeyMap map = new KeyMap(100L * KeyMap.SLOT_BYTES, Long.MAX_VALUE / 4);
        int keys = 0;
        while (map.put(keys * 0x9E3779B97F4A7C15L, keys, keys)) {
            keys++;
        }

        // When
        boolean later = map.put(0, 0, 1_000);

        // Then
        assertThat(keys).isEqualTo(75).isEqualTo(map.maxKeys());
        assertThat(later).isTrue();
        assertThat(map.get(0, 0)).isEqualTo(1_000);
    }

    @Test
    void takesNoMoreMemoryThanTheKeysNeed() {
        assertThat(new KeyMap(128 << 20, 1_000).bytes()).isLessThan(40_000);
        assertThat(new KeyMap(1 << 20, 1L << 40).bytes()).isLessThanOrEqualTo(1 << 20);
    }

    @Test
    void hashesOfManySimilarKeysDiffer() {
        // Given
        KeyHash hash = new KeyHash(42);
        Set<String> seen = new HashSet<>();
        Set<Long> high = new HashSet<>();

        // When
        for (int i = 0; i < 100_000; i++) {
            hash.of(ByteBuffer.wrap(("user-" + i).getBytes(StandardCharsets.UTF_8)));
            seen.add(hash.high() + ":" + hash.low());
            high.add(hash.high());
        }

        // Then
        assertThat(seen).hasSize(100_000);
        assertThat(high).hasSize(100_000);
    }

    /** Values of the reference implementation for seed 0. */
    @Test
    void hashesAsMurmur3Does() {
        KeyHash hash = new KeyHash(0);
        hash.of(ByteBuffer.wrap("hello".getBytes(StandardCharsets.UTF_8)));
        assertThat(Long.toHexString(hash.high()) + Long.toHexString(hash.low()))
                .isEqualTo("cbd8a7b341bd9b025b1e906a48ae1d19");
        hash.of(ByteBuffer.wrap("The quick brown fox jumps over the lazy dog".getBytes(StandardCharsets.UTF_8)));
        assertThat(Long.toHexString(hash.high()) + Long.toHexString(hash.low()))
                .isEqualTo("e34bbc7bbc071b6c7a433ca9c49a9347");
    }

    @Property(tries = 200)
    void aHashDependsOnTheBytesAlone(@ForAll byte[] key, @ForAll long seed) {
        KeyHash hash = new KeyHash(seed);
        ByteBuffer shifted = ByteBuffer.allocateDirect(key.length + 7);
        shifted.position(7).put(key).position(7);
        hash.of(ByteBuffer.wrap(key));
        long high = hash.high();
        long low = hash.low();
        hash.of(shifted);
        assertThat(hash.high()).isEqualTo(high);
        assertThat(hash.low()).isEqualTo(low);
        assertThat(shifted.position()).isEqualTo(7);
    }
}
