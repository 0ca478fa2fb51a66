/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PositionsTest {
    @Test
    void areSortedByTopicAndPartition() {
        // When
        Positions positions = Positions.EMPTY
                .with("other", 0, 5)
                .with("orders", 10, 1)
                .with("orders", 3, 99)
                .with("orders", 0, 1234);

        // Then
        assertThat(positions).hasToString("orders:0=1234,3=99,10=1;other:0=5");
        assertThat(positions.offset("orders", 3)).hasValue(99);
        assertThat(positions.offset("orders", 4)).isEmpty();
        assertThat(positions.byTopic().get("orders")).containsEntry(10, 1L).hasSize(3);
        assertThat(Positions.parse("other:0=5;orders:10=1,0=1234;orders:3=99")).isEqualTo(positions);
    }

    @Test
    void noneAreAnEmptyText() {
        assertThat(Positions.EMPTY).hasToString("");
        assertThat(Positions.parse("")).isEqualTo(Positions.EMPTY);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "orders | positions, character 1: topic:partition=offset expected",
                "orders: | positions, character 8: a number expected",
                "orders:0 | positions, character 9: '=' expected",
                "orders:0= | positions, character 10: a number expected",
                "orders:0=-1 | positions, character 10: a number expected",
                "orders:0=1, | positions, character 12: a number expected",
                "orders:0=1; | positions, character 12: a topic is missing",
                "orders:0=1,0=2 | positions, character 12: orders-0 is there twice",
                "orders:0=99999999999999999999 | positions, character 10: a number expected",
                "orders:4294967296=1 | positions, character 8: partition is too large",
                "a/b:0=1 | 'a/b' is not the name of a topic",
                ":0=1 | '' is not the name of a topic"
            })
    void wrongTextIsRefusedWithItsPlace(String text, String message) {
        assertThatThrownBy(() -> Positions.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(message);
    }

    @Property
    void areReadAsTheyArePrinted(@ForAll("entries") Map<PartitionName, Long> entries) {
        Positions positions = Positions.of(entries);
        assertThat(Positions.parse(positions.toString())).isEqualTo(positions).hasSameHashCodeAs(positions);
    }

    @Provide
    Arbitrary<Map<PartitionName, Long>> entries() {
        Arbitrary<String> topics = Arbitraries.strings()
                .withCharRange('a', 'c')
                .withChars('.', '_', '-', 'A', '0')
                .ofMinLength(1)
                .ofMaxLength(4);
        Arbitrary<PartitionName> names = Combinators.combine(
                        topics, Arbitraries.integers().greaterOrEqual(0))
                .as(PartitionName::new);
        return Arbitraries.maps(names, Arbitraries.longs().greaterOrEqual(0)).map(HashMap::new);
    }
}
