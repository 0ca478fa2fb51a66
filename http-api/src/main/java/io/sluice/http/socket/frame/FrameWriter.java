/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import akka.util.ByteString;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.Positions;
import io.sluice.http.socket.wire.WireWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Writes the server's frames. A {@code records} frame of a whole batch is shared, as it goes over the wire, by subscribers that have the same id and want the same of a
 * record; those with another id share the list in it:
 *
 * <pre>
 *  81 7e 00 8f {"type":"records","id":"a","topic":"orders","partition":0,"next":6,"bytes":12,"records":  [{"o":5,...}]  }
 *              |---------------------------------- head ----------------------------------------------|---- list ---|
 *  |------------------------------------------ message on the wire -----------------------------------------------------|
 * </pre>
 *
 * <p>In CBOR the map has a definite length, so that nothing follows the list. Thread-safe.
 */
final class FrameWriter {
    private static final int SMALL_FRAME_BYTES = 192;
    private static final ByteString END_OF_OBJECT = ByteString.fromString("}");

    /**
     * A batch for all who have it in the same form.
     *
     * @param id of the subscription that was the first
     * @param onWire its message
     * @param list of records, a part of {@code onWire}
     */
    private record EncodedBatch(String id, ByteString onWire, ByteString list) implements DecodedBatch.Encoding {
        @Override
        public int sizeInBytes() {
            return onWire.length() + 128;
        }
    }

    /** What makes two lists of the same records the same bytes. */
    private record RecordsForm(FrameFormat format, Projection projection) {}

    private final FrameFormat format;
    private final JsonFactory factory;

    FrameWriter(FrameFormat format, JsonFactory factory) {
        this.format = format;
        this.factory = factory;
    }

    ByteString write(ServerFrame frame) throws IOException {
        if (frame instanceof ServerFrame.Records records) {
            return join(
                    records,
                    RecordsWriter.write(factory, format, records.records(), records.projection())
                            .toByteString());
        }
        ByteSink sink = new ByteSink(SMALL_FRAME_BYTES);
        try (JsonGenerator out = factory.createGenerator(sink)) {
            if (frame instanceof ServerFrame.Progress progress) {
                begin(out, "progress", progress.id(), 3);
                positions(out, progress.positions());
            } else if (frame instanceof ServerFrame.Committed committed) {
                begin(out, "committed", committed.id(), 3);
                positions(out, committed.positions());
            } else if (frame instanceof ServerFrame.Subscribed subscribed) {
                begin(out, "subscribed", subscribed.id(), 4);
                positions(out, subscribed.positions());
                partitions(out, subscribed.positions());
            } else if (frame instanceof ServerFrame.Gap gap) {
                gap(out, gap);
            } else if (frame instanceof ServerFrame.Error error) {
                begin(out, "error", error.id(), error.id() == null ? 4 : 5);
                error(out, error.code(), error.message(), error.fatal());
            } else if (frame instanceof ServerFrame.Produced produced) {
                begin(out, "produced", produced.id(), 3);
                placed(out, produced.records());
            } else if (frame instanceof ServerFrame.NotProduced refused) {
                begin(out, "error", refused.id(), refused.records().isEmpty() ? 5 : 6);
                error(out, refused.code(), refused.message(), false);
                if (!refused.records().isEmpty()) {
                    placed(out, refused.records());
                }
            } else {
                bye(out, (ServerFrame.Bye) frame);
            }
            out.writeEndObject();
        }
        return sink.toByteString();
    }

    ByteString onWire(ServerFrame.Records frame, DecodedBatch batch) throws IOException {
        EncodedBatch encoded =
                batch.encoded(new RecordsForm(format, frame.projection()), EncodedBatch.class, whole -> encode(frame));
        return encoded.id().equals(frame.id()) ? encoded.onWire() : onWire(join(frame, encoded.list()));
    }

    private EncodedBatch encode(ServerFrame.Records frame) {
        try {
            ByteString list = RecordsWriter.write(factory, format, frame.records(), frame.projection())
                    .toByteString();
            ByteString onWire = onWire(join(frame, list)).compact();
            int behind = format == FrameFormat.JSON ? END_OF_OBJECT.length() : 0;
            return new EncodedBatch(
                    frame.id(), onWire, onWire.takeRight(list.length() + behind).dropRight(behind));
        } catch (IOException e) {
            throw new UncheckedIOException("an array of bytes can always be written", e);
        }
    }

    private ByteString onWire(ByteString message) {
        return WireWriter.message(format == FrameFormat.JSON, message);
    }

    private ByteString join(ServerFrame.Records frame, ByteString records) throws IOException {
        ByteString joined = head(frame).concat(records);
        return format == FrameFormat.JSON ? joined.concat(END_OF_OBJECT) : joined;
    }

    private ByteString head(ServerFrame.Records frame) throws IOException {
        ByteSink sink = new ByteSink(SMALL_FRAME_BYTES);
        try (JsonGenerator out = factory.createGenerator(sink)) {
            begin(out, "records", frame.id(), 7);
            out.writeStringField("topic", frame.topic());
            out.writeNumberField("partition", frame.partition());
            out.writeNumberField("next", frame.next());
            out.writeNumberField("bytes", frame.bytes());
            out.writeFieldName("records");
            if (format == FrameFormat.JSON) {
                // the colon
                out.writeRawValue("");
            }
        }
        return sink.toByteString();
    }

    private static void begin(JsonGenerator out, String type, String id, int fields) throws IOException {
        out.writeStartObject(null, fields);
        out.writeStringField("type", type);
        if (id != null) {
            out.writeStringField("id", id);
        }
    }

    private static void error(JsonGenerator out, String code, String message, boolean fatal) throws IOException {
        out.writeStringField("code", code);
        out.writeStringField("message", message);
        out.writeBooleanField("fatal", fatal);
    }

    private static void placed(JsonGenerator out, List<ServerFrame.Placed> records) throws IOException {
        out.writeFieldName("records");
        out.writeStartArray(null, records.size());
        for (ServerFrame.Placed record : records) {
            boolean known = record.offset() >= 0;
            boolean refused = record.error() != null;
            out.writeStartObject(null, 1 + (known ? 1 : 0) + (record.duplicate() ? 1 : 0) + (refused ? 1 : 0));
            out.writeNumberField("p", record.partition());
            if (known) {
                out.writeNumberField("o", record.offset());
            }
            if (record.duplicate()) {
                out.writeBooleanField("duplicate", true);
            }
            if (refused) {
                out.writeStringField("error", record.error());
            }
            out.writeEndObject();
        }
        out.writeEndArray();
    }

    private static void gap(JsonGenerator out, ServerFrame.Gap gap) throws IOException {
        begin(out, "gap", gap.id(), 7);
        out.writeStringField("topic", gap.topic());
        out.writeNumberField("partition", gap.partition());
        out.writeNumberField("from", gap.from());
        out.writeNumberField("to", gap.to());
        out.writeStringField("reason", gap.reason());
    }

    private static void bye(JsonGenerator out, ServerFrame.Bye bye) throws IOException {
        begin(out, "bye", null, 4);
        out.writeStringField("reason", bye.reason());
        out.writeBooleanField("reconnect", bye.reconnect());
        out.writeFieldName("to");
        out.writeStartArray(null, bye.to().size());
        for (String address : bye.to()) {
            out.writeString(address);
        }
        out.writeEndArray();
    }

    private static void positions(JsonGenerator out, Positions positions) throws IOException {
        SortedMap<String, SortedMap<Integer, Long>> topics = positions.byTopic();
        out.writeFieldName("positions");
        out.writeStartObject(null, topics.size());
        for (Map.Entry<String, SortedMap<Integer, Long>> topic : topics.entrySet()) {
            out.writeFieldName(topic.getKey());
            out.writeStartObject(null, topic.getValue().size());
            for (Map.Entry<Integer, Long> partition : topic.getValue().entrySet()) {
                out.writeNumberField(Integer.toString(partition.getKey()), partition.getValue());
            }
            out.writeEndObject();
        }
        out.writeEndObject();
    }

    private static void partitions(JsonGenerator out, Positions positions) throws IOException {
        SortedMap<String, SortedMap<Integer, Long>> topics = positions.byTopic();
        out.writeFieldName("partitions");
        out.writeStartObject(null, topics.size());
        for (Map.Entry<String, SortedMap<Integer, Long>> topic : topics.entrySet()) {
            out.writeFieldName(topic.getKey());
            out.writeStartArray(null, topic.getValue().size());
            for (int partition : topic.getValue().keySet()) {
                out.writeNumber(partition);
            }
            out.writeEndArray();
        }
        out.writeEndObject();
    }
}
