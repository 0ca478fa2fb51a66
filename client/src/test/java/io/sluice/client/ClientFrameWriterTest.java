/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class ClientFrameWriterTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode written(ClientFrame frame) throws IOException {
        // through text, so that int and long are the same
        return JSON.readTree(
                FakeServer.CBOR.readTree(ClientFrameWriter.write(frame)).toString());
    }

    private static JsonNode json(String text) throws IOException {
        return JSON.readTree(text.replace('\'', '"'));
    }

    @Test
    void subscribeSaysEverything() throws IOException {
        Subscribe what = Subscribe.to("orders")
                .filter("key startsWith 'a'")
                .fields(Subscribe.Field.KEY, Subscribe.Field.TIMESTAMP)
                .policy(SlowReaderPolicy.DROP)
                .isolation(Isolation.READ_UNCOMMITTED);
        StartFrom from = StartFrom.offsets(Positions.parse("orders:0=5,11=7;x:1=0"));
        assertThat(written(new ClientFrame.Begin("s", what, from, 10, 20))).isEqualTo(JSON.readTree("""
                                {"type":"subscribe","id":"s","topics":["orders"],
                                 "from":{"offsets":{"orders":{"0":5,"11":7},"x":{"1":0}},"otherwise":"earliest"},
                                 "filter":"key startsWith 'a'","fields":["key","timestamp"],"policy":"drop",
                                 "isolation":"read_uncommitted","key":"base64","value":"base64","credit":{"records":10,"bytes":20}}"""));
    }

    @Test
    void partitionsAndPlacesToBegin() throws IOException {
        Subscribe what = Subscribe.toPartitions("orders", 3, 1);
        assertThat(written(new ClientFrame.Begin("s", what, StartFrom.earliest(), 0, 1))
                        .get("topics"))
                .isEqualTo(json("[{'topic':'orders','partitions':[1,3]}]"));
        assertThat(written(new ClientFrame.Begin("s", what, StartFrom.latest(), 0, 1))
                        .get("from"))
                .isEqualTo(json("'latest'"));
        assertThat(written(new ClientFrame.Begin("s", what, new StartFrom.Timestamp(99), 0, 1))
                        .get("from"))
                .isEqualTo(json("{'timestamp':99}"));
        assertThat(written(new ClientFrame.Begin("s", what, StartFrom.group("g"), 0, 1))
                        .get("from"))
                .isEqualTo(json("{'group':'g'}"));
    }

    @Test
    void theOtherFrames() throws IOException {
        assertThat(written(new ClientFrame.Credit("s", 5, 0)))
                .isEqualTo(json("{'type':'credit','id':'s','records':5,'bytes':0}"));
        assertThat(written(new ClientFrame.Commit("s", Positions.parse("a:0=5"))))
                .isEqualTo(json("{'type':'commit','id':'s','positions':{'a':{'0':5}}}"));
    }

    @Test
    void produceCarriesBytesAsBytes() throws IOException {
        Record whole = Record.of("a", new byte[] {1}, new byte[] {2, 3})
                .withTimestampMs(77)
                .withPartition(2)
                .withHeader("h", new byte[] {4})
                .withHeader("n", null);
        Record least = Record.of("a", (byte[]) null, null);
        JsonNode frame = FakeServer.CBOR.readTree(
                ClientFrameWriter.write(new ClientFrame.Produce("b", "a", Acks.ALL, "me", 40, List.of(whole, least))));
        assertThat(frame.get("records").get(0).get("v").isBinary()).isTrue();
        assertThat(JSON.readTree(frame.toString()))
                .isEqualTo(
                        json(
                                "{'type':'produce','id':'b','topic':'a','acks':'all','producer':'me','sequence':40,"
                                        + "'key':'base64','value':'base64','records':[{'p':2,'t':77,'k':'AQ==','v':'AgM=','h':[['h','BA=='],['n',null]]},{'v':null}]}"));
    }

    /** What a frame is cut by is never less than what it takes. */
    @Property
    void theSizeOfARecordIsABound(@ForAll long seed) {
        Random random = new Random(seed);
        Record record = new Record(
                "t",
                Integer.MAX_VALUE,
                -1,
                random.nextBoolean() ? -1 : random.nextLong() >>> 1,
                random.nextBoolean() ? null : new byte[random.nextInt(70_000)],
                random.nextBoolean() ? null : new byte[random.nextInt(300)],
                random.nextBoolean()
                        ? List.of()
                        : List.of(new Header("\u20ac".repeat(random.nextInt(300)), new byte[300])));
        ClientFrame.Produce one = new ClientFrame.Produce(
                "b9223372036854775807",
                "t",
                Acks.ALL,
                "client-" + new java.util.UUID(0, 0),
                Long.MAX_VALUE,
                List.of(record));
        assertThat((long) ClientFrameWriter.write(one).length)
                .isLessThanOrEqualTo(ClientFrameWriter.FRAME_OVERHEAD_BYTES
                        + 3 * (1 + 7 + 36)
                        + ClientFrameWriter.recordBytes(record));
    }
}
