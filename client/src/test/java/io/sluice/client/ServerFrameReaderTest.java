/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ServerFrameReaderTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static byte[] cbor(ObjectNode frame) {
        try {
            return FakeServer.CBOR.writeValueAsBytes(frame);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }

    private static ServerFrame read(String json) throws Exception {
        byte[] frame = cbor((ObjectNode) JSON.readTree(json));
        return ServerFrameReader.read(frame, frame.length);
    }

    private static ObjectNode records() {
        ObjectNode frame =
                JsonNodeFactory.instance.objectNode().put("type", "records").put("id", "s");
        frame.put("topic", "orders").put("partition", 2).put("next", 12L).put("bytes", 8L);
        var list = frame.putArray("records");
        ObjectNode whole = list.addObject().put("o", 10L).put("t", 1_790_000_000_000L);
        whole.put("k", new byte[] {1, 2}).put("v", new byte[] {3});
        whole.putArray("h").addArray().add("trace").add(new byte[] {9, 9, 9});
        whole.withArray("h").addArray().add("none").addNull();
        list.addObject().put("o", 11L).putNull("v");
        return frame;
    }

    @Test
    void recordsWithAllTheyHave() throws Exception {
        byte[] frame = cbor(records());
        ServerFrame.Records read = (ServerFrame.Records) ServerFrameReader.read(frame, frame.length);
        assertThat(read.id()).isEqualTo("s");
        assertThat(read.next()).isEqualTo(12);
        assertThat(read.bytes()).isEqualTo(8);
        Record first = read.records().get(0);
        assertThat(first.topic()).isEqualTo("orders");
        assertThat(first.partition()).isEqualTo(2);
        assertThat(first.offset()).isEqualTo(10);
        assertThat(first.timestampMs()).isEqualTo(1_790_000_000_000L);
        assertThat(first.key()).containsExactly(1, 2);
        assertThat(first.value()).containsExactly(3);
        assertThat(first.header("trace")).containsExactly(9, 9, 9);
        assertThat(first.headers().get(1)).isEqualTo(new Header("none", null));
        Record tombstone = read.records().get(1);
        assertThat(tombstone.key()).isNull();
        assertThat(tombstone.value()).isNull();
        assertThat(tombstone.headers()).isEmpty();
        assertThat(tombstone.timestampMs()).isEqualTo(Record.NO_TIMESTAMP);
    }

    @Test
    void fieldsMayComeInAnyOrder() throws Exception {
        ObjectNode ordered = records();
        ObjectNode turned = JsonNodeFactory.instance.objectNode();
        turned.set("records", ordered.get("records"));
        List.of("bytes", "next", "partition", "topic", "id", "type")
                .forEach(name -> turned.set(name, ordered.get(name)));
        byte[] frame = cbor(turned);
        Record first = ((ServerFrame.Records) ServerFrameReader.read(frame, frame.length))
                .records()
                .get(0);
        assertThat(first.topic()).isEqualTo("orders");
        assertThat(first.partition()).isEqualTo(2);
        assertThat(first.key()).containsExactly(1, 2);
    }

    @Test
    void theOtherFrames() throws Exception {
        assertThat(
                        read(
                                "{\"type\":\"subscribed\",\"id\":\"s\",\"positions\":{\"a\":{\"0\":5,\"10\":7}},\"partitions\":{\"a\":[0,10]}}"))
                .isEqualTo(new ServerFrame.Subscribed("s", Positions.parse("a:0=5,10=7")));
        assertThat(read("{\"type\":\"progress\",\"id\":\"s\",\"positions\":{}}"))
                .isEqualTo(new ServerFrame.Progress("s", Positions.NONE));
        assertThat(
                        read(
                                "{\"type\":\"gap\",\"id\":\"s\",\"topic\":\"a\",\"partition\":1,\"from\":3,\"to\":9,\"reason\":\"dropped\"}"))
                .isEqualTo(new ServerFrame.GapNotice("s", new Gap("a", 1, 3, 9, Gap.Reason.DROPPED)));
        assertThat(read("{\"type\":\"error\",\"code\":\"X\",\"message\":\"y\",\"fatal\":true}"))
                .isEqualTo(new ServerFrame.Error(null, "X", "y", true, List.of()));
        assertThat(read("{\"type\":\"bye\",\"reason\":\"stops\",\"reconnect\":true,\"to\":[\"ws://b/\"]}"))
                .isEqualTo(new ServerFrame.Bye("stops", true, List.of("ws://b/")));
        assertThat(
                        read(
                                "{\"type\":\"produced\",\"id\":\"b\",\"records\":[{\"p\":3,\"o\":4},{\"duplicate\":true,\"p\":0}]}"))
                .isEqualTo(new ServerFrame.Produced(
                        "b",
                        List.of(new ServerFrame.Placed(3, 4, false, null), new ServerFrame.Placed(0, -1, true, null))));
        assertThat(
                        read(
                                "{\"type\":\"error\",\"id\":\"b\",\"code\":\"X\",\"message\":\"y\",\"fatal\":false,\"records\":[{\"p\":3,\"error\":\"X\"}]}"))
                .isEqualTo(new ServerFrame.Error(
                        "b", "X", "y", false, List.of(new ServerFrame.Placed(3, -1, false, "X"))));
    }

    /** A newer node may say more. */
    @Test
    void whatIsNotKnownIsPassedOver() throws Exception {
        assertThat(read("{\"type\":\"weather\",\"sun\":[1,{\"a\":null}]}")).isNull();
        assertThat(read("{\"type\":\"progress\",\"new\":{\"x\":[true]},\"id\":\"s\",\"positions\":{}}"))
                .isEqualTo(new ServerFrame.Progress("s", Positions.NONE));
        assertThat(
                        read(
                                "{\"type\":\"gap\",\"id\":\"s\",\"topic\":\"a\",\"partition\":1,\"from\":3,\"to\":9,\"reason\":\"lost\"}"))
                .isEqualTo(new ServerFrame.GapNotice("s", new Gap("a", 1, 3, 9, Gap.Reason.OTHER)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\":\"s\"} | a frame without a type",
                "{\"type\":\"progress\",\"id\":\"s\"} | a frame of type 'progress' without 'positions'",
                "{\"type\":\"records\",\"id\":\"s\",\"topic\":\"a\",\"partition\":0,\"next\":1,\"bytes\":1,\"records\":[{\"t\":1}]} | a record without an offset",
                "{\"type\":\"progress\",\"id\":\"s\",\"positions\":{\"a\":{\"x\":1}}} | 'x' is no number of a partition"
            })
    void whatIsMissingIsSaid(String json, String message) {
        assertThatThrownBy(() -> read(json)).isInstanceOf(CborException.class).hasMessage(message);
    }

    @Test
    void nothingMayFollow() throws Exception {
        byte[] frame = cbor(records());
        byte[] longer = java.util.Arrays.copyOf(frame, frame.length + 1);
        assertThatThrownBy(() -> ServerFrameReader.read(longer, longer.length)).isInstanceOf(CborException.class);
    }

    /** Whatever became of a frame on its way: it is read, or refused, and nothing else. */
    @Property(tries = 5000)
    void damagedFramesAreReadOrRefused(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] frame = cbor(records());
        for (int i = 0; i <= random.nextInt(4); i++) {
            frame[random.nextInt(frame.length)] = (byte) random.nextInt();
        }
        int length = random.nextBoolean() ? frame.length : random.nextInt(frame.length);
        try {
            ServerFrameReader.read(frame, length);
        } catch (CborException e) {
            assertThat(e.getMessage()).isNotBlank();
        } catch (RuntimeException e) {
            fail("of " + HexFormat.of().formatHex(frame, 0, length), e);
        }
    }
}
