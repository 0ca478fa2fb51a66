/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogView.Bound;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordJsonTest {
    private static final byte[] NO_UTF8 = {(byte) 0xff};

    private static String json(Encoding encoding, byte[] key, byte[] value, Record.Header... headers) {
        Record record = new Record(12, 1_700, wrap(key), wrap(value), List.of(headers));
        ReadQuery query =
                new ReadQuery(12, ReadQuery.NO_TIMESTAMP, 10, 1_000, 0, encoding, encoding, Bound.HIGH_WATERMARK);
        return new String(RecordJson.page("t", 3, new ReadPage(List.of(record), 13, 0, 40), query), UTF_8);
    }

    private static ByteBuffer wrap(byte[] bytes) {
        return bytes == null ? null : ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }

    @Test
    void aPageTellsWhereToGoOn() {
        assertThat(json(Encoding.UTF8, null, "v".getBytes(UTF_8)))
                .isEqualTo(
                        "{\"topic\":\"t\",\"partition\":3,\"records\":[{\"offset\":12,\"timestamp\":1700,\"key\":null,"
                                + "\"value\":\"v\"}],\"next\":13,\"start\":0,\"end\":40}");
    }

    @Test
    void bytesThatAreNoTextComeAsBase64UnderAnotherName() {
        assertThat(json(Encoding.UTF8, NO_UTF8, "é".getBytes(UTF_8), new Record.Header("h", wrap(NO_UTF8))))
                .contains(
                        "\"keyBase64\":\"/w==\"",
                        "\"value\":\"é\"",
                        "\"headers\":[{\"key\":\"h\",\"valueBase64\":\"/w==\"}]");
    }

    @Test
    void base64IsForAllBytes() {
        assertThat(json(Encoding.BASE64, NO_UTF8, "v".getBytes(UTF_8)))
                .contains("\"key\":\"/w==\"", "\"value\":\"dg==\"");
    }

    @Test
    void jsonStandsAsItIsAndWhatIsNoJsonComesAsBase64() {
        assertThat(json(Encoding.JSON, "1.10".getBytes(UTF_8), "{\"n\": 12345678901234567890.10}".getBytes(UTF_8)))
                .contains("\"key\":1.10", "\"value\":{\"n\": 12345678901234567890.10}");
        for (String broken : List.of("", "{", "1 2", "{}]", "\"a\nb\"")) {
            assertThat(json(Encoding.JSON, null, broken.getBytes(UTF_8)))
                    .as(broken)
                    .contains("\"valueBase64\":");
        }
    }
}
