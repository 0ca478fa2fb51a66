/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.http.record.Acks;
import io.sluice.http.record.Encoding;
import io.sluice.http.record.NamedProducer;
import io.sluice.http.record.NewRecord;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ProduceFrameReaderTest {
    private static ProduceFrame read(String json) throws FrameException {
        return FrameCodec.JSON.readProduce(json.getBytes(UTF_8));
    }

    private static String text(byte[] bytes) {
        return bytes == null ? null : new String(bytes, UTF_8);
    }

    @Test
    void aFrameIsReadWhateverTheOrderOfItsFields() throws Exception {
        // When
        ProduceFrame frame = read("""
                {"records": [{"v": {"n": 0.12345678901234567890123, "s": "\\u00fc"} , "k": "ann", "h": [["trace", "7f3a"], ["none", null], ["raw", null, "AP8="]]},
                             {"k": null, "vx": "AP8=", "p": 2, "t": 17}, {}],
                 "value": "json", "sequence": 1200, "producer": "till-4", "topic": "orders", "id": "17", "type": "produce"}
                """);

        // Then
        assertThat(frame.id()).isEqualTo("17");
        assertThat(frame.topic()).isEqualTo("orders");
        assertThat(frame.acks()).isEqualTo(Acks.ALL);
        assertThat(frame.producer()).isEqualTo(new NamedProducer("till-4", 1200));
        NewRecord first = frame.records().get(0);
        assertThat(text(first.key())).isEqualTo("ann");
        assertThat(text(first.value())).isEqualTo("{\"n\": 0.12345678901234567890123, \"s\": \"\\u00fc\"}");
        assertThat(first.partition()).isEqualTo(NewRecord.ANY_PARTITION);
        assertThat(first.timestampMs()).isEqualTo(NewRecord.NOW);
        assertThat(first.headers())
                .containsExactly(
                        new Record.Header("trace", ByteBuffer.wrap("7f3a".getBytes(UTF_8))),
                        new Record.Header("none", null),
                        new Record.Header("raw", ByteBuffer.wrap(new byte[] {0, -1})));
        NewRecord second = frame.records().get(1);
        assertThat(second.key()).isNull();
        assertThat(second.value()).containsExactly(0, -1);
        assertThat(second.partition()).isEqualTo(2);
        assertThat(second.timestampMs()).isEqualTo(17);
        assertThat(frame.records().get(2).value()).isNull();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{}|type: missing",
                "{'type':'produce'}|id: missing",
                "{'type':'subscribe','id':'a'}|type: expected produce, got 'subscribe'",
                "{'type':'produce','id':'a','topic':'t'}|records: missing",
                "{'type':'produce','id':'a','topic':'t','records':[]}|records: expected at least one",
                "{'type':'produce','id':'a','topic':'t','records':[5]}|records[0]: expected an object, got 5",
                "{'type':'produce','id':'a','topic':'t','records':[{},{'x':1}]}|records[1].x: unknown field",
                "{'type':'produce','id':'a','topic':'t','records':[{'v':{}}]}|records[0].v: expected a string, got an object",
                "{'type':'produce','id':'a','topic':'t','records':[{'v':'a','vx':'YQ=='}]}|records[0]: a key or a value is given in two ways",
                "{'type':'produce','id':'a','topic':'t','records':[{'v':'a\\ud800b'}]}|records[0].v: half of a character (an unpaired surrogate) is no UTF-8",
                "{'type':'produce','id':'a','topic':'t','records':[{'k':'\\ude00\\ud83d'}]}|records[0].k: half of a character (an unpaired surrogate) is no UTF-8",
                "{'type':'produce','id':'a','topic':'t','records':[{'h':[['\\ud800','a']]}]}|records[0].h[0][0]: half of a character (an unpaired surrogate) is no UTF-8",
                "{'type':'produce','id':'a','topic':'t','value':'base64','records':[{'v':'?'}]}|records[0].v: expected base64, got '?'",
                "{'type':'produce','id':'a','topic':'t','records':[{'h':[['a']]}]}|records[0].h[0]: a header has a name and a value",
                "{'type':'produce','id':'a','topic':'t','records':[{'p':-1}]}|records[0].p: expected a whole number from 0 to 2147483647, got -1",
                "{'type':'produce','id':'a','topic':'t/','records':[{}]}|topic: expected the name of a topic: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'",
                "{'type':'produce','id':'a','topic':'t','acks':'2','records':[{}]}|acks: expected one of 0, 1, all, got '2'",
                "{'type':'produce','id':'a','topic':'t','producer':'p','records':[{}]}|producer and sequence go together",
                "{'type':'produce','id':'a','topic':'t','producer':'p','sequence':1,'acks':'1','records':[{}]}|acks: records of a named producer need all",
                "{'type':'produce','id':'a','topic':'t','records':[{}],'records':[{}]}|records: given twice",
                "{'type':'produce','id':'a','topic':'t','records':[{}]} 5|something follows the end of the frame"
            })
    void whatIsWrongIsNamed(String frame, String message) {
        assertThatThrownBy(() -> read(frame.replace('\'', '"')))
                .isInstanceOf(FrameException.class)
                .hasMessage(message);
    }

    @Property(tries = 500)
    void recordsAreWhatTheyWereInBothFormatsAndAllEncodings(@ForAll long seed) throws Exception {
        // Given
        Random random = new Random(seed);
        Record record = Frames.randomRecord(random, 1);
        for (FrameFormat format : FrameFormat.values()) {
            for (Encoding encoding : Encoding.values()) {
                Projection projection = new Projection(true, true, true, true, encoding, encoding);
                ObjectNode sent = (ObjectNode) Frames.tree(
                                format,
                                FrameCodec.of(format)
                                        .write(new ServerFrame.Records(
                                                "a", "orders", 0, 2, 1, java.util.List.of(record), projection)))
                        .get("records")
                        .get(0);
                sent.remove("o");
                ObjectNode frame = Frames.JSON.createObjectNode();
                String word = encoding.name().toLowerCase(java.util.Locale.ROOT);
                frame.put("type", "produce")
                        .put("id", "a")
                        .put("topic", "orders")
                        .put("key", word)
                        .put("value", word);
                ArrayNode records = frame.putArray("records");
                records.add(sent);

                // When
                NewRecord read = FrameCodec.of(format)
                        .readProduce(Frames.bytes(format, frame))
                        .records()
                        .get(0);

                // Then
                String where = "seed " + seed + ", " + format + ", " + encoding + ": " + frame;
                assertThat(read.timestampMs()).as(where).isEqualTo(record.timestampMs());
                assertSame(record.key(), read.key(), encoding, where);
                assertSame(record.value(), read.value(), encoding, where);
                assertThat(read.headers()).as(where).isEqualTo(record.headers());
            }
        }
    }

    private static void assertSame(ByteBuffer expected, byte[] read, Encoding encoding, String where) throws Exception {
        if (expected == null) {
            assertThat(read).as(where).isNull();
            return;
        }
        byte[] bytes = new byte[expected.remaining()];
        expected.get(expected.position(), bytes);
        if (encoding == Encoding.JSON && Frames.isJson(bytes)) {
            // the same JSON; the spaces are the writer's
            assertThat(Frames.JSON.readTree(read)).as(where).isEqualTo(Frames.JSON.readTree(bytes));
        } else {
            assertThat(Base64.getEncoder().encodeToString(read))
                    .as(where)
                    .isEqualTo(Base64.getEncoder().encodeToString(bytes));
        }
    }
}
