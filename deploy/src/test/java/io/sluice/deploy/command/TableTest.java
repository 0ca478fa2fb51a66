/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TableTest {
    @Test
    void textIsToTheLeftAndNumbersAreToTheRight() {
        Table table = new Table("TOPIC", "RECORDS", "OWNER")
                .row("orders", 1_234_567L, null)
                .row("a-longer-name", 8, "me");

        assertThat(table.lines())
                .containsExactly(
                        "TOPIC            RECORDS  OWNER",
                        "orders         1,234,567  -",
                        "a-longer-name          8  me");
    }

    @Test
    void aTableWithoutRowsIsItsHeader() {
        assertThat(new Table("A", "B").lines()).containsExactly("A  B");
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0 B",
        "1023, 1023 B",
        "1024, 1.0 KiB",
        "1536, 1.5 KiB",
        "10240, 10 KiB",
        "1048575, 1024 KiB",
        "1073741824, 1.0 GiB",
        "9223372036854775807, 8.0 EiB"
    })
    void bytesAreReadable(long bytes, String text) {
        assertThat(Table.bytes(bytes)).isEqualTo(text);
    }
}
