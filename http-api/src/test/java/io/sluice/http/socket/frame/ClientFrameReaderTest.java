/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.sluice.actors.subscription.Isolation;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.TopicSelection;
import io.sluice.http.record.Encoding;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClientFrameReaderTest {
    private static ClientFrame read(String json) throws FrameException {
        return FrameCodec.JSON.read(json.getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void aSubscribeWithNothingButWhatItNeedsHasTheDocumentedDefaults() throws Exception {
        // When
        ClientFrame frame = read("{\"type\":\"subscribe\",\"id\":\"a\",\"topics\":[\"orders\"]}");

        // Then
        assertThat(frame)
                .isEqualTo(new ClientFrame.Subscribe(
                        "a",
                        List.of(TopicSelection.all("orders")),
                        new From.At(StartPosition.latest()),
                        null,
                        Projection.ALL,
                        SlowReaderPolicy.PAUSE,
                        Isolation.READ_COMMITTED,
                        ClientFrame.Grant.NONE));
    }

    @Test
    void fieldsMayComeInAnyOrderAndOffsetsGoOnEarliest() throws Exception {
        // When
        ClientFrame frame = read(
                "{\"from\":{\"offsets\":{\"orders\":{\"3\":99}}},\"fields\":[\"value\"],\"value\":\"json\","
                        + "\"topics\":[{\"partitions\":[3],\"topic\":\"orders\"}],\"id\":\"a\",\"type\":\"subscribe\"}");

        // Then
        assertThat(frame)
                .isEqualTo(new ClientFrame.Subscribe(
                        "a",
                        List.of(new TopicSelection("orders", Set.of(3))),
                        new From.At(new StartPosition.Offsets(Positions.of("orders", 3, 99), StartPosition.earliest())),
                        null,
                        new Projection(false, true, false, false, Encoding.UTF8, Encoding.JSON),
                        SlowReaderPolicy.PAUSE,
                        Isolation.READ_COMMITTED,
                        ClientFrame.Grant.NONE));
    }

    @ParameterizedTest(name = "{index}: {0}")
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            ``                                       | a frame is an object, not nothing
            []                                       | a frame is an object, not an array
            "hello"                                  | a frame is an object, not 'hello'
            {"type":"pause","id":"a"} {}             | something follows the end of the frame
            {}                                       | type: missing
            {"type":"pause"}                         | id: missing
            {"type":"pause","id":""}                 | id: expected a string that is not empty
            {"type":"pause","id":7}                  | id: expected a string, got 7
            {"type":null,"id":"a"}                   | type: expected a string, got null
            {"type":"stop","id":"a"}                 | type: expected one of commit, credit, pause, resume, seek, subscribe, unsubscribe, got 'stop'
            {"type":"pause","id":"a","why":1}        | why: unknown field
            {"type":"pause","id":"a","id":"b"}       | id: given twice
            {"type":"pause","id":"a","records":1}    | records: not a field of pause
            {"type":"credit","id":"a"}               | credit grants records, bytes or both
            {"type":"credit","id":"a","records":-1}  | records: expected a whole number from 0 to 9007199254740991, got -1
            {"type":"credit","id":"a","records":1.5} | records: expected a whole number from 0 to 9007199254740991, got 1.5
            {"type":"credit","id":"a","bytes":9007199254740992} | bytes: expected a whole number from 0 to 9007199254740991, got 9007199254740992
            {"type":"credit","id":"a","bytes":123456789012345678901234567890} | bytes: expected a whole number from 0 to 9007199254740991, got 123456789012345678901234567890
            {"type":"seek","id":"a"}                 | positions: missing
            {"type":"seek","id":"a","positions":[]}  | positions: expected an object, got an array
            {"type":"seek","id":"a","positions":{"a b":{}}}            | positions.a b: expected the name of a topic: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'
            {"type":"seek","id":"a","positions":{"orders":5}}          | positions.orders: expected an object, got 5
            {"type":"seek","id":"a","positions":{"orders":{"x":5}}}    | positions.orders.x: expected the number of a partition
            {"type":"seek","id":"a","positions":{"orders":{"01":5}}}   | positions.orders.01: expected the number of a partition
            {"type":"seek","id":"a","positions":{"orders":{"0":"5"}}}  | positions.orders.0: expected a whole number from 0 to 9007199254740991, got '5'
            {"type":"seek","id":"a","positions":{"orders":{"0":5,"0":6}}} | positions.orders.0: given twice
            {"type":"subscribe","id":"a"}            | topics: missing
            {"type":"subscribe","id":"a","topics":"orders"}            | topics: expected an array, got 'orders'
            {"type":"subscribe","id":"a","topics":[]}                  | topics: expected at least one
            {"type":"subscribe","id":"a","topics":[1]}                 | topics[0]: expected the name of a topic or an object, got 1
            {"type":"subscribe","id":"a","topics":["a","a"]}           | topics[1]: topic 'a' is given twice
            {"type":"subscribe","id":"a","topics":[{}]}                | topics[0].topic: missing
            {"type":"subscribe","id":"a","topics":[{"topic":"a","partitions":[]}]}  | topics[0].partitions: expected at least one
            {"type":"subscribe","id":"a","topics":[{"topic":"a","partitions":[1,1]}]} | topics[0].partitions[1]: 1 is given twice
            {"type":"subscribe","id":"a","topics":[{"topic":"a","partition":[1]}]}  | topics[0].partition: unknown field
            {"type":"subscribe","id":"a","topics":["a"],"from":"now"}  | from: expected one of earliest, latest, got 'now'
            {"type":"subscribe","id":"a","topics":["a"],"from":5}      | from: expected 'earliest', 'latest' or an object, got 5
            {"type":"subscribe","id":"a","topics":["a"],"from":{}}     | from: expected one of timestamp, offsets and group, got none
            {"type":"subscribe","id":"a","topics":["a"],"from":{"timestamp":1,"group":"g"}} | from: expected one of timestamp, offsets and group, got timestamp and group
            {"type":"subscribe","id":"a","topics":["a"],"from":{"timestamp":1,"otherwise":"latest"}} | from.otherwise: only goes with offsets and group
            {"type":"subscribe","id":"a","topics":["a"],"from":{"timestamp":1,"commit":"auto"}} | from.commit: only goes with group
            {"type":"subscribe","id":"a","topics":["a"],"from":{"group":"g","commit":"never"}} | from.commit: expected one of auto, client, got 'never'
            {"type":"subscribe","id":"a","topics":["a"],"from":{"offset":1}} | from.offset: unknown field
            {"type":"subscribe","id":"a","topics":["a"],"fields":["key","key"]} | fields[1]: 'key' is given twice
            {"type":"subscribe","id":"a","topics":["a"],"fields":["all"]}    | fields[0]: expected one of headers, key, timestamp, value, got 'all'
            {"type":"subscribe","id":"a","topics":["a"],"policy":"wait"}     | policy: expected one of close, drop, pause, got 'wait'
            {"type":"subscribe","id":"a","topics":["a"],"value":true}        | value: expected one of base64, json, utf8, got true
            {"type":"subscribe","id":"a","topics":["a"],"isolation":"none"}  | isolation: expected one of read_committed, read_uncommitted, got 'none'
            {"type":"subscribe","id":"a","topics":["a"],"credit":5}          | credit: expected an object, got 5
            {"type":"subscribe","id":"a","topics":["a"],"credit":{"n":5}}    | credit.n: unknown field
            {"type":"subscribe","id":"a","topics":["a"],"filter":""}         | filter: expected a string that is not empty
            """)
    void whatIsWrongIsNamedWithWhereItStands(String json, String message) {
        // When
        FrameException wrong = catchThrowableOfType(FrameException.class, () -> read(json));

        // Then
        assertThat(wrong).hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {
            {"type"
            {"type":"pause","id":"a"
            {"type":"pause",}
            nonsense
            {"type":"pause","id":"a"}]
            {'type':'pause'}
            {"type":"seek","id":"a","positions":{"a":{"0":[[[[[[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]]]]]}}}
            """)
    void whatIsNotJsonIsToldWithTheByte(String json) {
        // When
        FrameException wrong = catchThrowableOfType(FrameException.class, () -> read(json));

        // Then
        assertThat(wrong).isNotNull();
        assertThat(wrong.getMessage()).matches("not valid JSON at byte \\d+|.*got an array");
    }

    @Test
    void theIdIsKnownToTheErrorIfItCameBefore() {
        // When
        FrameException wrong =
                catchThrowableOfType(FrameException.class, () -> read("{\"id\":\"a\",\"type\":\"pause\",\"x\":1}"));

        // Then
        assertThat(wrong.id()).isEqualTo("a");
    }

    @Test
    void whatAClientSentIsNotQuotedAtAnyLength() {
        // When
        FrameException wrong = catchThrowableOfType(
                FrameException.class, () -> read("{\"type\":\"pause\",\"" + "x".repeat(5000) + "\":1}"));

        // Then
        assertThat(wrong.getMessage()).hasSizeLessThan(200).endsWith(": unknown field");
    }

    @Test
    void cborThatIsCutOffIsNoFrame() throws JsonProcessingException {
        // Given
        byte[] whole = Frames.CBOR.writeValueAsBytes(
                Frames.JSON.createObjectNode().put("type", "pause").put("id", "a"));

        // When
        FrameException wrong = catchThrowableOfType(
                FrameException.class, () -> FrameCodec.CBOR.read(java.util.Arrays.copyOf(whole, whole.length - 1)));

        // Then
        assertThat(wrong.getMessage()).startsWith("not valid CBOR at byte ");
    }

    @Property(tries = 2_000)
    void everyFrameIsReadAsItWasWrittenInBothFormats(@ForAll long seed) throws Exception {
        // Given
        ClientFrame frame = Frames.randomClientFrame(new Random(seed));
        for (FrameFormat format : FrameFormat.values()) {
            // When
            ClientFrame read = FrameCodec.of(format).read(Frames.bytes(format, Frames.tree(frame)));

            // Then
            assertThat(read).as("seed %d, %s", seed, format).isEqualTo(frame);
        }
    }

    @Property(tries = 2_000)
    void bytesAtRandomAreRefusedAndNothingElse(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        for (FrameFormat format : FrameFormat.values()) {
            byte[] bytes = Frames.bytes(format, Frames.tree(Frames.randomClientFrame(random)));
            for (int i = 0; i <= random.nextInt(4); i++) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }

            // When, Then
            try {
                assertThat(FrameCodec.of(format).read(bytes)).isNotNull();
            } catch (FrameException e) {
                assertThat(e).hasMessageNotContaining("\n");
            }
        }
    }
}
