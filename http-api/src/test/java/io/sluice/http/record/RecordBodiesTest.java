/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RecordBodiesTest {
    private static List<NewRecord> parse(String body, Encoding encoding) {
        return RecordBodies.parse(body.getBytes(UTF_8), false, encoding, encoding);
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    @Test
    void aRecordWithAllItCanHave() {
        NewRecord record = parse("""
                        [{"key": "k\\u00e4", "value": "v", "partition": 2, "timestamp": 17,
                          "headers": [{"key": "a", "value": "1"}, {"key": "b", "valueBase64": "/w=="}, {"key": "c"}]}]
                        """, Encoding.UTF8).get(0);

        assertThat(text(record.key())).isEqualTo("kä");
        assertThat(text(record.value())).isEqualTo("v");
        assertThat(record.partition()).isEqualTo(2);
        assertThat(record.timestampMs()).isEqualTo(17);
        assertThat(record.headers()).extracting(header -> header.key()).containsExactly("a", "b", "c");
        assertThat(record.headers().get(1).value().get(0)).isEqualTo((byte) 0xff);
        assertThat(record.headers().get(2).value()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[{}]",
                "[{\"key\": null, \"value\": null, \"headers\": null, \"partition\": null}]",
                "{\"records\": [{}]}"
            })
    void whatIsLeftOutIsNotThere(String body) {
        NewRecord record = parse(body, Encoding.UTF8).get(0);

        assertThat(record.key()).isNull();
        assertThat(record.value()).isNull();
        assertThat(record.partition()).isEqualTo(NewRecord.ANY_PARTITION);
        assertThat(record.timestampMs()).isEqualTo(NewRecord.NOW);
        assertThat(record.headers()).isEmpty();
    }

    @Test
    void keysAndValuesAreEncodedAsIsSaid() {
        assertThat(parse("[{\"value\": \"AP8=\"}]", Encoding.BASE64).get(0).value())
                .containsExactly(0, 0xff);
        assertThat(text(parse("[{\"value\": {\"a\": [1, null]}}]", Encoding.JSON)
                        .get(0)
                        .value()))
                .isEqualTo("{\"a\": [1, null]}");
        assertThat(text(parse("[{\"value\": \"x\"}]", Encoding.JSON).get(0).value()))
                .isEqualTo("\"x\"");
        assertThat(parse("[{\"keyBase64\": \"/w==\", \"valueBase64\": \"/g==\"}]", Encoding.UTF8)
                        .get(0))
                .satisfies(record -> assertThat(record.key()).containsExactly(0xff))
                .satisfies(record -> assertThat(record.value()).containsExactly(0xfe));
    }

    @Test
    void jsonIsWrittenAsItStandsToTheLastDigit() {
        String value =
                "{\"big\": 12345678901234567890.1234567890, \"e\": 1e5, \"s\": \"\\ud83d\\ude00 \\/ ż\", \"twice\": 1, \"twice\": 2}";

        List<NewRecord> one =
                parse("{\"records\": [{\"value\": " + value + " , \"key\":1.10}, {\"value\": null}]}", Encoding.JSON);
        List<NewRecord> lines = RecordBodies.parse(
                ("{\"key\":\"a\"}\n{\"value\":" + value + "}\n").getBytes(UTF_8), true, Encoding.JSON, Encoding.JSON);

        assertThat(text(one.get(0).value())).isEqualTo(value);
        assertThat(text(one.get(0).key())).isEqualTo("1.10");
        assertThat(one.get(1).value()).isNull();
        assertThat(text(lines.get(0).key())).isEqualTo("\"a\"");
        assertThat(text(lines.get(1).value())).isEqualTo(value);
    }

    @Test
    void aCharacterOfTwoHalvesIsWhole() {
        assertThat(text(parse("[{\"value\": \"\\ud83d\\ude00\"}]", Encoding.UTF8)
                        .get(0)
                        .value()))
                .isEqualTo("\ud83d\ude00");
    }

    @Test
    void oneRecordALine() {
        List<NewRecord> records = RecordBodies.parse(
                "{\"value\": \"a\"}\n\n{\"value\": \"b\"}\r\n{\"value\": \"c\"}".getBytes(UTF_8),
                true,
                Encoding.UTF8,
                Encoding.UTF8);

        assertThat(records).extracting(record -> text(record.value())).containsExactly("a", "b", "c");
    }

    @Test
    void headersMayBeAnObject() {
        assertThat(parse("[{\"headers\": {\"a\": \"1\", \"b\": null}}]", Encoding.UTF8)
                        .get(0)
                        .headers())
                .extracting(
                        header -> header.key() + "=" + (header.value() == null ? null : UTF_8.decode(header.value())))
                .containsExactly("a=1", "b=null");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "[] | The body has no record.",
                "'' | The body must be an array of records",
                "17 | The body must be an array of records",
                "{\"record\": []} | The body must be an array of records",
                "{\"records\": [], \"more\": 1} | The body must be an array of records",
                "[{}] [] | The body must be an array of records",
                "[{}, 17] | Record 1 of the body, counted from 0, must be an object.",
                "[{\"valu\": 1}] | Record 0 of the body, counted from 0, has a member \"valu\"; only key, value, headers, partition and timestamp are known.",
                "[{\"value\": 1}] | Record 0 of the body, counted from 0, has a value that is no text (with value=json it may be any JSON).",
                "[{}, {\"partition\": -1}] | Record 1 of the body, counted from 0, has a partition that is no whole number from 0 on.",
                "[{\"partition\": 1.5}] | Record 0 of the body, counted from 0, has a partition that is no whole number",
                "[{\"partition\": 99999999999}] | Record 0 of the body, counted from 0, has a partition that is no whole number",
                "[{\"timestamp\": \"now\"}] | Record 0 of the body, counted from 0, has a timestamp that is no whole number",
                "[{\"keyBase64\": \"*\"}] | Record 0 of the body, counted from 0, has a keyBase64 that is no base64.",
                "[{\"key\": \"a\", \"keyBase64\": \"\"}] | Record 0 of the body, counted from 0, has both key and keyBase64.",
                "[{\"headers\": 7}] | Record 0 of the body, counted from 0, has headers that are neither an array nor an object.",
                "[{\"headers\": [7]}] | Record 0 of the body, counted from 0, has a header that is no object with a text key.",
                "[{\"headers\": {\"a\": 1}}] | Record 0 of the body, counted from 0, has a header \"a\" whose value is no text.",
                "[{\"value\": \"a\\ud800b\"}] | Record 0 of the body, counted from 0, has a value with half of a character (an unpaired surrogate), which is no UTF-8.",
                "[{\"headers\": [{\"key\": \"\\ude00\"}]}] | Record 0 of the body, counted from 0, has a header with half of a character",
                "[{\"headers\": [{\"key\": \"a\", \"value\": \"\\ud83d\"}]}] | Record 0 of the body, counted from 0, has a value with half of a character",
                "[{}, {\"value\": \"a\", \"value\": \"b\"}] | Record 1 of the body, counted from 0, has more than one value.",
                "[{}, {\"value\": tru}] | Record 1 of the body, counted from 0, is no JSON: Unrecognized token",
                "[{}, {\"value\": | Record 1 of the body, counted from 0, is no JSON: Unexpected end-of-input",
                "[{} | Record 1 of the body, counted from 0, is no JSON: Unexpected end-of-input: expected close marker for Array (line 1, column 4).",
            })
    void whatIsWrongIsSaidInOneSentence(String body, String beginning) {
        assertThatThrownBy(() -> parse(body, Encoding.UTF8)).hasMessageStartingWith(beginning);
    }
}
