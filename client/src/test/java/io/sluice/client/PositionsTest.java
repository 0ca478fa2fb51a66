/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PositionsTest {
    @Test
    void asText() {
        Positions positions = Positions.NONE
                .with("orders", 10, 99)
                .with("orders", 2, 1234)
                .with("a", 0, 0)
                .with("orders", 10, 100);
        assertThat(positions).hasToString("a:0=0;orders:2=1234,10=100");
        assertThat(positions.next("orders", 10)).isEqualTo(100);
        assertThat(positions.next("orders", 3)).isNull();
        assertThat(Positions.NONE).hasToString("");
        assertThat(Positions.parse("")).isEqualTo(Positions.NONE);
    }

    @Test
    void behindARecord() {
        Record record = new Record("a", 1, 41, 0, null, null, java.util.List.of());
        assertThat(Positions.NONE.after(record)).isEqualTo(Positions.parse("a:1=42"));
    }

    @Property
    void textIsReadBack(@ForAll long seed) {
        Random random = new Random(seed);
        Positions positions = Positions.NONE;
        for (int i = 0; i < random.nextInt(6); i++) {
            positions = positions.with("t." + random.nextInt(3), random.nextInt(12), random.nextLong() >>> 1);
        }
        assertThat(Positions.parse(positions.toString())).isEqualTo(positions).hasSameHashCodeAs(positions);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a:",
                "a:0",
                "a:0=",
                "a:0=x",
                ":0=1",
                "a:0=1,0=2",
                "a:-1=2",
                "a:0=99999999999999999999",
                "a:3000000000=1",
                "a:0=1;",
                ";"
            })
    void whatIsNoVectorIsRefused(String text) {
        assertThatThrownBy(() -> Positions.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("positions '" + text + "': ");
    }
}
