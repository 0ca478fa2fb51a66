/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CborTest {
    private static final ObjectMapper JACKSON = new ObjectMapper(new CBORFactory());

    private static CborReader reader(byte[] bytes) {
        return new CborReader(bytes, bytes.length);
    }

    private static CborReader hex(String hex) {
        return reader(HexFormat.of().parseHex(hex));
    }

    @Property
    void jacksonReadsWhatIsWritten(@ForAll long number, @ForAll String text, @ForAll byte[] bytes, @ForAll boolean flag)
            throws IOException {
        String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        byte[] written = new CborWriter(0)
                .map(5)
                .text("number")
                .number(number)
                .text("text")
                .text(wellFormed)
                .text("bytes")
                .bytes(bytes)
                .text("flag")
                .bool(flag)
                .text("list")
                .array(2)
                .bytes(null)
                .number(-1)
                .toByteArray();
        JsonNode read = JACKSON.readTree(written);
        assertThat(read.get("number").longValue()).isEqualTo(number);
        assertThat(read.get("text").textValue()).isEqualTo(wellFormed);
        assertThat(read.get("bytes").binaryValue()).isEqualTo(bytes);
        assertThat(read.get("flag").booleanValue()).isEqualTo(flag);
        assertThat(read.get("list").get(0).isNull()).isTrue();
        assertThat(read.get("list").get(1).longValue()).isEqualTo(-1);
        assertThat(read.size()).isEqualTo(5);
    }

    @Property
    void whatIsWrittenIsReadBack(@ForAll long number, @ForAll String text, @ForAll byte[] bytes) throws CborException {
        String wellFormed = new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        CborReader in = reader(new CborWriter(0)
                .array(3)
                .number(number)
                .text(wellFormed)
                .bytes(bytes)
                .toByteArray());
        assertThat(in.beginArray()).isEqualTo(3);
        assertThat(in.number()).isEqualTo(number);
        assertThat(in.text()).isEqualTo(wellFormed);
        assertThat(in.bytesOrNull()).isEqualTo(bytes);
        assertThat(in.isAtEnd()).isTrue();
    }

    /** RFC 8949, appendix A. */
    @ParameterizedTest
    @CsvSource({
        "00, 0",
        "17, 23",
        "1818, 24",
        "1903e8, 1000",
        "1a000f4240, 1000000",
        "1b000000e8d4a51000, 1000000000000",
        "20, -1",
        "3863, -100",
        "1b7fffffffffffffff, 9223372036854775807",
        "3b7fffffffffffffff, -9223372036854775808"
    })
    void numbersOfTheStandard(String hex, long expected) throws CborException {
        assertThat(hex(hex).number()).isEqualTo(expected);
    }

    @Test
    void longTextsMayComeInPieces() throws CborException {
        assertThat(hex("7f657374726561646d696e67ff").text()).isEqualTo("streaming");
        assertThat(hex("5f42010243030405ff").bytesOrNull()).containsExactly(1, 2, 3, 4, 5);
    }

    @Test
    void mapsAndArraysMayEndWithABreak() throws CborException {
        CborReader in = hex("bf61619f0102ffff");
        int fields = 0;
        for (int left = in.beginMap(); in.hasNext(left); left--) {
            assertThat(in.text()).isEqualTo("a");
            int sum = 0;
            for (int inside = in.beginArray(); in.hasNext(inside); inside--) {
                sum += (int) in.number();
            }
            assertThat(sum).isEqualTo(3);
            fields++;
        }
        assertThat(fields).isEqualTo(1);
        assertThat(in.isAtEnd()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "", // nothing
                "18", // ends inside a head
                "1c", // reserved
                "6261", // a text longer than what is there
                "7bffffffffffffffff", // a length beyond 63 bits
                "9b7fffffffffffffff", // an array that promises too much
                "bb00000000ffffffff",
                "62c328", // no UTF-8
                "7f62c3a8", // no break
                "7f7f6161ffff", // pieces of pieces
                "5f6161ff", // a text inside of bytes
                "ff", // a break that ends nothing
                "1bffffffffffffffff" // more than 63 bits
            })
    void whatIsNoCborIsRefused(String hex) {
        CborReader in = hex(hex);
        assertThatThrownBy(in::skip).isInstanceOf(CborException.class).hasMessageStartingWith("byte ");
    }

    @Test
    void depthIsBounded() {
        byte[] deep = new byte[100_000];
        Arrays.fill(deep, (byte) 0x81);
        assertThatThrownBy(() -> reader(deep).skip()).isInstanceOf(CborException.class);
    }

    @Test
    void whatWasExpectedIsSaid() {
        assertThatThrownBy(() -> hex("f6").number()).hasMessage("byte 0: expected a number, got null");
        assertThatThrownBy(() -> hex("20").natural())
                .hasMessage("byte 0: expected a number that is not negative, got -1");
        assertThatThrownBy(() -> hex("01").text()).hasMessage("byte 0: expected a text, got a number");
    }

    /** Never another exception, never an endless loop, never memory that was not sent. */
    @Property(tries = 5000)
    void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
        try {
            CborReader in = reader(bytes);
            while (!in.isAtEnd()) {
                in.skip();
            }
        } catch (CborException e) {
            assertThat(e.getMessage()).isNotBlank();
        } catch (RuntimeException e) {
            fail("of " + HexFormat.of().formatHex(bytes), e);
        }
    }
}
