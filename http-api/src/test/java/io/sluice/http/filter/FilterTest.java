/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FilterTest {
    private static final String VALUE = """
            {"user": {"country": "PL", "tags": ["new", "vip", {"deep": [10, 20]}], "user-id": 7},
             "amount": 100.50, "count": 12345678901234567890123, "small": 1e-3, "zero": 0, "ok": true, "nothing": null, "empty": {}, "text": "a\\"b\\u00fc"}
            """;

    private static ByteBuffer utf8(String text) {
        return text == null ? null : ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static Record record(String key, String value) {
        return new Record(
                5,
                6,
                utf8(key),
                utf8(value),
                List.of(
                        new Record.Header("source", utf8("web")),
                        new Record.Header("source", utf8("app")),
                        new Record.Header("content-type", utf8("text/plain")),
                        new Record.Header("none", null)));
    }

    private static boolean matches(String filter, Record record) throws FilterSyntaxException {
        return Filter.parse(filter).matches("orders", 3, record);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$.user.country == \"PL\" && $.amount > 100",
                "$.user.country == 'PL'",
                "$[\"user\"]['country'] != \"DE\"",
                "$.amount == 100.5 && $.amount == 1005e-1 && $.amount < 101 && $.amount >= 100.50",
                "$.count == 12345678901234567890123",
                "$.count > 12345678901234567890122",
                "$.small == 0.001",
                "$.zero == -0.0",
                "$.zero",
                "$.ok == true && $.ok != false",
                "$.nothing == null && $.nothing",
                "$.empty",
                "!$.missing && $.missing != 1 && !($.missing == 1) && !($.missing < 1) && !($.missing == null)",
                "$.user.tags[1] == \"vip\" && $.user.tags[2].deep[1] == 20",
                "!$.user.tags[3] && !$.user.tags.x && !$.user[0]",
                "$.user.user-id in [1, 7]",
                "$.text == \"a\\\"b\\u00fc\"",
                "$.amount != \"100.50\"",
                "$.user.country startsWith \"P\" && $.user.country glob \"?L\"",
                "!($.amount startsWith \"1\")",
                "key == \"eu-1\" && key startsWith \"eu\" && key glob \"*-1\" && key >= \"eu\"",
                "key in [\"x\", \"eu-1\"]",
                "partition == 3 && partition != 4 && partition in [3]",
                "headers.source == \"web\" && headers.content-type glob \"text/*\" && headers[\"none\"] == null",
                "!headers.other && headers.none",
                "$.a == 1 || $.b == 1 || key",
                "(key == 'x' || key == 'eu-1') && !(!key)",
                "key == 'x' && key == 'y' || partition == 3",
                "$"
            })
    void holds(String filter) throws Exception {
        assertThat(matches(filter, record("eu-1", VALUE))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$.user.country == \"DE\"",
                "$.user.country == \"PL\" && $.amount > 100.5",
                "$.user.country > 1",
                "$.amount == \"100.5\"",
                "$.ok == 1",
                "$.user == \"PL\"",
                "$.user.tags == null",
                "$.missing.deeper == null",
                "headers.source == \"app\"",
                "key glob \"eu\"",
                "key == 'x' && (key == 'y' || partition == 3)"
            })
    void doesNotHold(String filter) throws Exception {
        assertThat(matches(filter, record("eu-1", VALUE))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "no JSON", "{\"a\":", "[1,", "{\"b\": tru, \"a\": 1}", "{'a': 1}"})
    void inAValueThatIsNoJsonNothingIsThere(String value) throws Exception {
        assertThat(matches("$.a", record(null, value))).isFalse();
        assertThat(matches("$.a != 1 && !key", record(null, value))).isTrue();
    }

    @Test
    void aTombstoneHasNoValue() throws Exception {
        assertThat(matches("$", record("k", null))).isFalse();
        assertThat(matches("key == \"k\"", record("k", null))).isTrue();
    }

    @Test
    void ofANameThatIsThereTwiceTheFirstCounts() throws Exception {
        assertThat(matches("$.a == 1", record(null, "{\"a\": 1, \"a\": 2}"))).isTrue();
    }

    @Test
    void whatCantBeComputedWithIsNotThere() throws Exception {
        assertThat(matches("$.a > 1", record(null, "{\"a\": 1e1000000000}"))).isIn(true, false);
        assertThat(matches("$.b == 1", record(null, "{\"a\": " + "9".repeat(2000) + ", \"b\": 1}")))
                .isIn(true, false);
        assertThat(matches("$.a > 5", record(null, "{\"a\": 1e99999999999}"))).isFalse();
        assertThat(matches("$.a", record(null, "[".repeat(10_000)))).isFalse();
    }

    @Test
    void theBuffersOfARecordStayAsTheyAre() throws Exception {
        // Given
        ByteBuffer direct = ByteBuffer.allocateDirect(30).put(5, "{\"a\":1}".getBytes(StandardCharsets.UTF_8));
        Record record = new Record(1, 1, utf8("k"), direct.position(5).limit(12), List.of());

        // When
        boolean matches = matches("$.a == 1 && key == \"k\"", record);

        // Then
        assertThat(matches).isTrue();
        assertThat(direct.position()).isEqualTo(5);
        assertThat(record.key().position()).isZero();
    }

    @ParameterizedTest(name = "{index}: {0}")
    @CsvSource(delimiter = '~', quoteCharacter = '`', textBlock = """
            ``                     ~ 1 ~ expected key, partition, headers or $, got the end
            value == 1             ~ 1 ~ expected key, partition, headers or $, got 'value'
            "PL" == $.a            ~ 1 ~ expected key, partition, headers or $, got the string 'PL'
            $.a = 1                ~ 5 ~ '=' does not belong here
            $.a ==                 ~ 7 ~ expected a string, a number, true, false or null, got the end
            $.a == $.b             ~ 8 ~ expected a string, a number, true, false or null, got '$'
            $.a == 1 2             ~ 10 ~ expected &&, || or the end, got '2'
            $.a == 1 &&            ~ 12 ~ expected key, partition, headers or $, got the end
            ($.a == 1              ~ 10 ~ expected ')', got the end
            $.a == 1)              ~ 9 ~ expected &&, || or the end, got ')'
            $. == 1                ~ 4 ~ expected a name after '.', got '=='
            $[-1] == 1             ~ 3 ~ expected the name of a field in quotes or an index from 0 on, got '-1'
            $[1.5]                 ~ 3 ~ expected the name of a field in quotes or an index from 0 on, got '1.5'
            $[99999999999]         ~ 3 ~ expected the name of a field in quotes or an index from 0 on, got '99999999999'
            $['a'                  ~ 6 ~ expected ']', got the end
            $.a < true             ~ 7 ~ 'true' has no order: only == and != compare with it
            $.a == "x              ~ 8 ~ the string has no end
            $.a == "\\x"           ~ 9 ~ not an escape: one of \\\\ \\" \\' \\/ \\n \\r \\t \\uXXXX is
            $.a == "\\u12g4"       ~ 13 ~ expected four hexadecimal digits after \\u
            $.a == 1x              ~ 9 ~ 'x' does not belong to a number
            $.a == 1.              ~ 10 ~ expected a digit
            $.a in 1               ~ 8 ~ expected '[', got '1'
            $.a in []              ~ 9 ~ expected a string, a number, true, false or null, got ']'
            $.a in [1 2]           ~ 11 ~ expected ']', got '2'
            key glob 5             ~ 10 ~ expected a string after glob, got '5'
            headers == 1           ~ 9 ~ expected '[', got '=='
            headers[x]             ~ 9 ~ expected a string after [, got 'x'
            key == 5               ~ 8 ~ keys and headers are text: "5" stands in quotes
            headers.v in ["1", 2]  ~ 20 ~ keys and headers are text: "2" stands in quotes
            key != true            ~ 8 ~ keys and headers are text: "true" stands in quotes
            partition == "3"       ~ 14 ~ partition is a number, not the string '3'
            partition < null       ~ 13 ~ partition is a number, not 'null'
            partition glob "1*"    ~ 11 ~ partition is a number, glob is for text
            key & partition        ~ 5 ~ '&' does not belong here
            $.a == 1e99999999999   ~ 8 ~ the number is out of range
            """)
    void whatIsWrongIsToldWithTheCharacter(String filter, int position, String message) {
        // When
        FilterSyntaxException wrong = catchThrowableOfType(FilterSyntaxException.class, () -> Filter.parse(filter));

        // Then
        assertThat(wrong).hasMessage("filter, character " + position + ": " + message);
        assertThat(wrong.position()).isEqualTo(position);
    }

    @Test
    void depthAndLengthAreBounded() {
        assertThat(catchThrowableOfType(
                        FilterSyntaxException.class, () -> Filter.parse("(".repeat(1000) + "key" + ")".repeat(1000))))
                .hasMessageContaining("more than 64 parentheses");
        assertThat(catchThrowableOfType(FilterSyntaxException.class, () -> Filter.parse("!".repeat(1000) + "key")))
                .hasMessageContaining("more than 64 parentheses");
        assertThat(catchThrowableOfType(
                        FilterSyntaxException.class, () -> Filter.parse("key || ".repeat(1000) + "key")))
                .hasMessageContaining("longer than 4096 characters");
    }

    @Property(tries = 3_000)
    void aGlobIsWhatTheRegularExpressionIs(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        String pattern = random(random, "ab*?*🙂", 8);
        String text = random(random, "ab🙂", 10);
        StringBuilder regex = new StringBuilder();
        pattern.codePoints()
                .forEach(c -> regex.append(
                        c == '*' ? ".*" : c == '?' ? "." : Pattern.quote(new String(Character.toChars(c)))));

        // When
        boolean matches = new Glob(pattern).matches(text);

        // Then
        assertThat(matches)
                .as("seed %d: %s, %s", seed, pattern, text)
                .isEqualTo(Pattern.compile(regex.toString(), Pattern.DOTALL)
                        .matcher(text)
                        .matches());
    }

    private static String random(Random random, String alphabet, int length) {
        int[] codes = alphabet.codePoints().toArray();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < random.nextInt(length); i++) {
            text.appendCodePoint(codes[random.nextInt(codes.length)]);
        }
        return text.toString();
    }

    @Test
    void aBackslashTakesTheMeaningFromAStar() {
        assertThat(new Glob("a\\*b").matches("a*b")).isTrue();
        assertThat(new Glob("a\\*b").matches("axb")).isFalse();
    }

    @Property(tries = 3_000)
    void textAtRandomIsAFilterOrToldWhyNot(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        String[] words = {
            "$", ".", "a", "key", "headers", "[", "]", "(", ")", "!", "&&", "||", "==", "<", "1", "-2.5", "\"x\"", "in",
            "glob", ",", "true", " ", "'", "\\", "é"
        };
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < random.nextInt(12); i++) {
            text.append(words[random.nextInt(words.length)]);
        }

        // When, Then
        try {
            Filter.parse(text.toString()).matches("t", 0, record("k", VALUE));
        } catch (FilterSyntaxException e) {
            assertThat(e.position()).as("seed %d: %s", seed, text).isBetween(1, text.length() + 1);
        }
    }
}
