/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.http.route.Json;
import io.sluice.log.batch.Record;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;

/**
 * Writes what a read has found:
 *
 * <pre>
 *   {"topic": "orders", "partition": 0,
 *    "records": [{"offset": 12, "timestamp": 1795242000000, "key": "k", "value": "v", "headers": [{"key": "h", "value": "x"}]}],
 *    "next": 13, "start": 0, "end": 40}
 * </pre>
 */
final class RecordJson {
    private static final int EXPECTED_BYTES = 4_096;

    private RecordJson() {}

    static byte[] page(String topic, int partition, ReadPage page, ReadQuery query) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(EXPECTED_BYTES);
        try (JsonGenerator out = Json.MAPPER.createGenerator(bytes)) {
            RecordWriter writer = new RecordWriter(out, query.key(), query.value());
            out.writeStartObject();
            out.writeStringField("topic", topic);
            out.writeNumberField("partition", partition);
            out.writeArrayFieldStart("records");
            for (Record record : page.records()) {
                out.writeStartObject();
                writer.write(record);
                out.writeEndObject();
            }
            out.writeEndArray();
            out.writeNumberField("next", page.nextOffset());
            out.writeNumberField("start", page.startOffset());
            out.writeNumberField("end", page.endOffset());
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }
}
