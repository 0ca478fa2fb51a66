/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import static org.assertj.core.api.Assertions.assertThat;

import akka.util.ByteString;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.http.record.Encoding;
import io.sluice.log.batch.Record;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerFrameTest {
    private static final Projection BYTES = new Projection(true, true, true, true, Encoding.BASE64, Encoding.BASE64);
    private static final Projection VALUES_AS_JSON =
            new Projection(false, true, false, false, Encoding.UTF8, Encoding.JSON);
    private static final ObjectMapper EXACT =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);

    private static ServerFrame.Records frame(List<Record> records, Projection projection) {
        return new ServerFrame.Records("a", "orders", 3, 77, RecordCost.of(records, projection), records, projection);
    }

    @Test
    void recordsInJsonAreWrittenAsTheDocumentShowsThem() {
        // Given
        List<Record> records = List.of(
                new Record(
                        1234,
                        1_790_000_000_000L,
                        Frames.utf8("ann"),
                        Frames.utf8("pen"),
                        List.of(new Record.Header("trace", Frames.utf8("7f3a")))),
                new Record(1235, 1_790_000_000_009L, Frames.utf8("bob"), null, List.of()));

        // When
        String json = FrameCodec.JSON
                .write(new ServerFrame.Records("a", "orders", 0, 1236, 21, records, Projection.ALL))
                .utf8String();

        // Then
        assertThat(json)
                .isEqualTo(
                        "{\"type\":\"records\",\"id\":\"a\",\"topic\":\"orders\",\"partition\":0,\"next\":1236,\"bytes\":21,"
                                + "\"records\":[{\"o\":1234,\"t\":1790000000000,\"k\":\"ann\",\"v\":\"pen\",\"h\":[[\"trace\",\"7f3a\"]]},"
                                + "{\"o\":1235,\"t\":1790000000009,\"k\":\"bob\",\"v\":null}]}");
        assertThat(RecordCost.of(records, Projection.ALL)).isEqualTo(3 + 3 + 5 + 4 + 3);
    }

    @Test
    void aValueThatIsJsonStandsInTheFrameToTheLastDigitAndAnyOtherAsBytes() throws Exception {
        // Given
        List<Record> records = List.of(
                Frames.record(1, null, " {\"n\":0.12345678901234567890123, \"s\":\"\\u00fc\"} "),
                Frames.record(2, null, "{\"n\":"),
                Frames.record(3, null, "1 2"),
                Frames.record(4, null, ""));

        // When
        JsonNode tree = EXACT.readTree(
                FrameCodec.JSON.write(frame(records, VALUES_AS_JSON)).utf8String());

        // Then
        JsonNode sent = tree.get("records");
        assertThat(sent.get(0).get("v").get("n").decimalValue()).hasToString("0.12345678901234567890123");
        assertThat(sent.get(0).get("v").get("s").asText()).isEqualTo("ü");
        for (int i = 1; i < 4; i++) {
            assertThat(sent.get(i).has("v")).as("record %d", i).isFalse();
            assertThat(sent.get(i).get("vx").binaryValue())
                    .as("record %d", i)
                    .isEqualTo(bytes(records.get(i).value()));
        }
    }

    @Test
    void bytesThatAreNoTextAreNotLostWhereTextWasWanted() throws Exception {
        // Given
        ByteBuffer bytes = ByteBuffer.wrap(new byte[] {(byte) 0xff, 0, 'a'});
        Record record = new Record(1, 1, bytes, bytes, List.of(new Record.Header("h", bytes)));

        // When
        JsonNode sent = Frames.tree(FrameFormat.JSON, FrameCodec.JSON.write(frame(List.of(record), Projection.ALL)))
                .get("records")
                .get(0);

        // Then
        assertThat(sent.toString())
                .isEqualTo("{\"o\":1,\"t\":1,\"kx\":\"/wBh\",\"vx\":\"/wBh\",\"h\":[[\"h\",null,\"/wBh\"]]}");
    }

    @Test
    void textInUtf16IsNotTakenForJson() throws Exception {
        // Given
        ByteBuffer utf16 = ByteBuffer.wrap("{}".getBytes(StandardCharsets.UTF_16BE));

        // When
        JsonNode tree = Frames.tree(
                FrameFormat.JSON,
                FrameCodec.JSON.write(frame(List.of(new Record(1, 1, null, utf16, List.of())), VALUES_AS_JSON)));

        // Then
        assertThat(tree.get("records").get(0).get("vx").binaryValue()).isEqualTo(bytes(utf16));
    }

    @Property(tries = 1_000)
    void recordsAreWhatTheyWereInBothFormats(@ForAll long seed) throws IOException {
        // Given
        Random random = new Random(seed);
        List<Record> records = new ArrayList<>();
        for (int i = 0; i <= random.nextInt(5); i++) {
            records.add(Frames.randomRecord(random, 100 + i));
        }
        for (FrameFormat format : FrameFormat.values()) {
            for (Encoding encoding : Encoding.values()) {
                Projection projection = new Projection(true, true, true, true, encoding, encoding);

                // When
                JsonNode tree = Frames.tree(format, FrameCodec.of(format).write(frame(records, projection)));

                // Then
                String where = "seed " + seed + ", " + format + ", " + encoding;
                assertThat(tree.get("next").asLong()).as(where).isEqualTo(77);
                assertThat(tree.get("records").size()).as(where).isEqualTo(records.size());
                for (int i = 0; i < records.size(); i++) {
                    assertSame(records.get(i), tree.get("records").get(i), encoding, where + ", record " + i);
                }
            }
        }
    }

    private static void assertSame(Record record, JsonNode sent, Encoding encoding, String where) throws IOException {
        assertThat(sent.get("o").asLong()).as(where).isEqualTo(record.offset());
        assertThat(sent.get("t").asLong()).as(where).isEqualTo(record.timestampMs());
        assertSame(record.key(), sent.get("k"), sent.get("kx"), encoding, where + ", key");
        assertSame(record.value(), sent.get("v"), sent.get("vx"), encoding, where + ", value");
        if (record.headers().isEmpty()) {
            assertThat(sent.has("h")).as(where).isFalse();
            return;
        }
        assertThat(sent.get("h").size()).as(where).isEqualTo(record.headers().size());
        for (int i = 0; i < record.headers().size(); i++) {
            Record.Header header = record.headers().get(i);
            assertThat(sent.get("h").get(i).get(0).asText()).as(where).isEqualTo(header.key());
            assertSame(
                    header.value(),
                    sent.get("h").get(i).get(1),
                    sent.get("h").get(i).get(2),
                    encoding == Encoding.BASE64 ? encoding : Encoding.UTF8,
                    where + ", header " + i);
        }
    }

    private static void assertSame(ByteBuffer expected, JsonNode sent, JsonNode raw, Encoding encoding, String where)
            throws IOException {
        if (expected == null) {
            assertThat(sent == null || sent.isNull()).as(where).isTrue();
            return;
        }
        byte[] bytes = bytes(expected);
        if (raw != null) {
            assertThat(sent == null || sent.isNull()).as(where).isTrue();
            assertThat(encoding).as(where).isNotEqualTo(Encoding.BASE64);
            assertThat(encoding == Encoding.UTF8 && Utf8.isValid(bytes, 0, bytes.length))
                    .as(where)
                    .isFalse();
            assertThat(raw.binaryValue()).as(where).isEqualTo(bytes);
        } else if (encoding == Encoding.BASE64) {
            assertThat(sent.binaryValue()).as(where).isEqualTo(bytes);
        } else if (encoding == Encoding.UTF8) {
            assertThat(sent.asText()).as(where).isEqualTo(new String(bytes, StandardCharsets.UTF_8));
        } else {
            assertThat(sent.toString())
                    .as(where)
                    .isEqualTo(Frames.JSON.readTree(bytes).toString());
        }
    }

    private static byte[] bytes(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.remaining()];
        buffer.get(buffer.position(), bytes);
        return bytes;
    }

    @ParameterizedTest
    @EnumSource(FrameFormat.class)
    void aBatchIsOneMessageForAllWithTheSameIdAndOneListForTheOthers(FrameFormat format) throws Exception {
        for (int size : new int[] {1, 100, 70_000}) {
            // Given heads of all three lengths that the wire knows
            FrameCodec codec = FrameCodec.of(format);
            List<Record> records = List.of(Frames.record(5, "k", "v".repeat(size)), Frames.record(6, "k", "w"));
            DecodedBatch batch = new DecodedBatch(5, 7, records, 100);
            ServerFrame.Records a = records("a", records, Projection.ALL);
            ServerFrame.Records b = records("another", records, Projection.ALL);

            // When
            ByteString first = codec.onWire(a, batch);
            ByteString same = codec.onWire(a, batch);
            ByteString other = codec.onWire(b, batch);
            ByteString asBytes = codec.onWire(records("a", records, BYTES), batch);

            // Then
            assertThat(same).as("the same bytes").isSameAs(first);
            assertThat(messages(first)).containsExactly(codec.write(a));
            assertThat(messages(other)).containsExactly(codec.write(b));
            assertThat(messages(asBytes)).containsExactly(codec.write(records("a", records, BYTES)));
        }
    }

    private static ServerFrame.Records records(String id, List<Record> records, Projection projection) {
        return new ServerFrame.Records(id, "orders", 3, 7, 2, records, projection);
    }

    /** What a client reads there: frames of the server are those of RFC 6455, 5.2, unmasked. */
    private static List<ByteString> messages(ByteString wire) {
        ByteBuffer in = wire.toByteBuffer();
        List<ByteString> messages = new ArrayList<>();
        while (in.hasRemaining()) {
            in.get();
            int length = in.get();
            length = length < 126 ? length : length == 126 ? in.getShort() & 0xffff : (int) in.getLong();
            byte[] message = new byte[length];
            in.get(message);
            messages.add(ByteString.fromArrayUnsafe(message));
        }
        return messages;
    }

    @Test
    void theOtherFramesAreTheSameMapsInBothFormats() throws Exception {
        for (ServerFrame frame : SampleFrames.serverFrames()) {
            // When
            JsonNode json = Frames.tree(FrameFormat.JSON, FrameCodec.JSON.write(frame));
            JsonNode cbor = Frames.tree(FrameFormat.CBOR, FrameCodec.CBOR.write(frame));

            // Then
            assertThat(Frames.JSON.readTree(cbor.toString()))
                    .as(frame.toString())
                    .isEqualTo(Frames.JSON.readTree(json.toString()));
        }
    }
}
