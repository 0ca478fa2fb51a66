/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.http.record.Encoding;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class StreamWriterTest {
    private final Positions start = Positions.of("orders", 0, 12).with("orders", 1, 7);
    private final StreamWriter writer = writer(StreamFormat.EVENTS, Long.MAX_VALUE);

    private StreamWriter writer(StreamFormat format, long limit) {
        return new StreamWriter(format, start, Encoding.UTF8, Encoding.JSON, limit);
    }

    private static Record record(long offset, String value) {
        return new Record(offset, 1_700, null, ByteBuffer.wrap(value.getBytes(UTF_8)), List.of());
    }

    @Test
    void theFirstEventTellsWhereTheStreamBegins() {
        assertThat(writer.opening().utf8String()).isEqualTo("""
                        retry: 500
                        event: subscribed
                        id: orders:0=12,1=7
                        data: {"positions":{"orders":{"0":12,"1":7}}}

                        """);
    }

    @Test
    void eachRecordIsAnEventWhoseIdIsThePositionBehindIt() {
        String text = writer.write(new SubscriptionEvent.Records(
                        "orders", 0, List.of(record(12, "1"), record(14, "{\n\"a\": 2}")), 20))
                .utf8String();

        assertThat(text).isEqualTo("""
                        id: orders:0=13,1=7
                        data: {"topic":"orders","partition":0,"offset":12,"timestamp":1700,"key":null,"value":1}

                        id: orders:0=20,1=7
                        data: {"topic":"orders","partition":0,"offset":14,"timestamp":1700,"key":null,"value":{ "a": 2}}

                        """);
    }

    @Test
    void progressAndGapsMoveThePosition() {
        assertThat(writer.write(new SubscriptionEvent.Progress("orders", 1, 9)).utf8String())
                .isEqualTo(
                        "event: progress\nid: orders:0=12,1=9\ndata: {\"positions\":{\"orders\":{\"0\":12,\"1\":9}}}\n\n");
        assertThat(writer.write(new SubscriptionEvent.Gap("orders", 0, 12, 30, SubscriptionEvent.GapReason.DELETED))
                        .utf8String())
                .isEqualTo(
                        "event: gap\nid: orders:0=30,1=9\ndata: {\"topic\":\"orders\",\"partition\":0,\"from\":12,\"to\":30,\"reason\":\"deleted\"}\n\n");
    }

    @Test
    void aLineIsARecordOrSaysWhatItIs() {
        StreamWriter lines = writer(StreamFormat.LINES, Long.MAX_VALUE);

        assertThat(lines.opening().utf8String())
                .isEqualTo("{\"event\":\"subscribed\",\"positions\":{\"orders\":{\"0\":12,\"1\":7}}}\n");
        assertThat(lines.write(new SubscriptionEvent.Records("orders", 0, List.of(record(12, "[\r\n1]")), 13))
                        .utf8String())
                .isEqualTo(
                        "{\"topic\":\"orders\",\"partition\":0,\"offset\":12,\"timestamp\":1700,\"key\":null,\"value\":[  1]}\n");
        assertThat(lines.heartbeat().utf8String())
                .isEqualTo("{\"event\":\"progress\",\"positions\":{\"orders\":{\"0\":13,\"1\":7}}}\n");
        assertThat(writer.heartbeat().utf8String()).isEqualTo(":\n\n");
    }

    @Test
    void whoAskedForSomeRecordsGetsSoManyAndThePositionBehindThem() {
        StreamWriter two = writer(StreamFormat.EVENTS, 2);

        two.write(new SubscriptionEvent.Records("orders", 1, List.of(record(7, "1")), 8));
        assertThat(two.isDone()).isFalse();
        String text = two.write(
                        new SubscriptionEvent.Records("orders", 0, List.of(record(12, "1"), record(13, "2")), 20))
                .utf8String();

        assertThat(two.isDone()).isTrue();
        assertThat(text).contains("\"offset\":12").doesNotContain("\"offset\":13");
        assertThat(two.positions()).isEqualTo(start.with("orders", 1, 8).with("orders", 0, 13));
    }

    @Test
    void aProblemIsTheLastEvent() {
        assertThat(writer.problem(Problem.of(ProblemKind.BUSY, "Too slow."), "/x")
                        .utf8String())
                .startsWith("event: problem\nid: orders:0=12,1=7\ndata: {\"type\":\"urn:sluice:problem:busy\"");
    }
}
