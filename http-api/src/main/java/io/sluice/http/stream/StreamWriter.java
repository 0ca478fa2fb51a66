/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.stream;

import akka.util.ByteString;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.http.record.Encoding;
import io.sluice.http.record.RecordWriter;
import io.sluice.http.route.Json;
import io.sluice.http.route.Problem;
import io.sluice.http.route.Words;
import io.sluice.log.batch.Record;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes what a subscription delivers, and knows where it is. What the bytes look like is the matter of the {@link StreamFormat}. Not thread-safe: the
 * elements of a stream come one after the other.
 */
final class StreamWriter {
    private static final int EXPECTED_RECORD_BYTES = 256;
    private static final int LINE_END = 10;
    private static final int CARRIAGE_RETURN = 13;

    private final StreamFormat format;
    private final Encoding key;
    private final Encoding value;
    private final TreeMap<PartitionName, Long> offsets;
    private long left;

    /**
     * @param start where the stream begins
     * @param limit of records
     */
    StreamWriter(StreamFormat format, Positions start, Encoding key, Encoding value, long limit) {
        this.format = format;
        this.offsets = new TreeMap<>(start.offsets());
        this.key = key;
        this.value = value;
        this.left = limit;
    }

    /** Where the stream is: the next offset of each partition. */
    Positions positions() {
        return Positions.of(offsets);
    }

    /** It has told as many records as it was to. */
    boolean isDone() {
        return left == 0;
    }

    /** The first element: where the stream begins. */
    ByteString opening() {
        return format.opening().concat(progress("subscribed"));
    }

    ByteString write(SubscriptionEvent event) {
        if (event instanceof SubscriptionEvent.Records records) {
            return records(records);
        }
        moved(event, event.nextOffset());
        return event instanceof SubscriptionEvent.Gap gap ? gap(gap) : progress("progress");
    }

    private void moved(SubscriptionEvent event, long next) {
        offsets.put(new PartitionName(event.topic(), event.partition()), next);
    }

    private ByteString records(SubscriptionEvent.Records event) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(
                EXPECTED_RECORD_BYTES * event.records().size());
        int behind = event.records().size();
        for (Record record : event.records()) {
            if (left-- == 0) {
                left = 0;
                break;
            }
            // behind the last one lies what did not match
            moved(event, --behind == 0 ? event.nextOffset() : record.offset() + 1);
            format.record(out, positions(), json(event, record));
        }
        return ByteString.fromArrayUnsafe(out.toByteArray());
    }

    /** One line: the text of a JSON value may have line ends between its tokens. */
    private byte[] json(SubscriptionEvent.Records event, Record record) {
        ByteArrayOutputStream json = new ByteArrayOutputStream(EXPECTED_RECORD_BYTES);
        try (JsonGenerator out = Json.MAPPER.createGenerator(json)) {
            out.writeStartObject();
            out.writeStringField("topic", event.topic());
            out.writeNumberField("partition", event.partition());
            new RecordWriter(out, key, value).write(record);
            out.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] line = json.toByteArray();
        for (int i = 0; i < line.length; i++) {
            if (line[i] == LINE_END || line[i] == CARRIAGE_RETURN) {
                line[i] = ' ';
            }
        }
        return line;
    }

    private ByteString gap(SubscriptionEvent.Gap gap) {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("topic", gap.topic());
        data.put("partition", gap.partition());
        data.put("from", gap.fromOffset());
        data.put("to", gap.toOffset());
        data.put("reason", Words.of(gap.reason()));
        return format.event("gap", positions(), data);
    }

    /** Also what is sent when nothing else was for a while. */
    ByteString heartbeat() {
        return format.heartbeat().orElseGet(() -> progress("progress"));
    }

    private ByteString progress(String name) {
        Positions now = positions();
        return format.event(name, now, Map.of("positions", now.byTopic()));
    }

    /** The last element: what went wrong. */
    ByteString problem(Problem problem, String instance) {
        return format.event("problem", positions(), problem.document(instance));
    }
}
