/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads one frame of a node. Fields may come in any order, so each is read as what its name says, and at the end the type says which have to be there.
 * What is not known is passed over: a newer node may say more. One a frame.
 */
final class ServerFrameReader {
    private static final int MAX_EXPECTED_RECORDS = 50_000;

    private final CborReader in;

    private String type;
    private String id;
    private String topic;
    private Integer partition;
    private Long next;
    private Long bytes;
    private Long from;
    private Long to;
    private String reason;
    private String code;
    private String message;
    private Boolean fatal;
    private Boolean reconnect;
    private List<String> addresses = List.of();
    private List<Entry> records;
    private Positions positions;

    private ServerFrameReader(CborReader in) {
        this.in = in;
    }

    /**
     * Reads a frame.
     *
     * @param length of the frame in the array, which is free again afterwards
     * @return null for a frame of a type that this client doesn't know
     */
    static ServerFrame read(byte[] frame, int length) throws CborException {
        CborReader in = new CborReader(frame, length);
        ServerFrameReader reader = new ServerFrameReader(in);
        for (int left = in.beginMap(); in.hasNext(left); left--) {
            reader.field(in.text());
        }
        if (!in.isAtEnd()) {
            throw new CborException("something follows the end of the frame");
        }
        return reader.frame();
    }

    private void field(String name) throws CborException {
        switch (name) {
            case "type" -> type = in.text();
            case "id" -> id = in.text();
            case "topic" -> topic = in.text();
            case "partition" -> partition = in.naturalInt();
            case "next" -> next = in.natural();
            case "bytes" -> bytes = in.natural();
            case "from" -> from = in.natural();
            case "reason" -> reason = in.text();
            case "code" -> code = in.text();
            case "message" -> message = in.text();
            case "fatal" -> fatal = in.bool();
            case "reconnect" -> reconnect = in.bool();
            case "records" -> records();
            case "positions" -> positions();
            // an offset in one frame, addresses in another
            case "to" -> to();
            default -> in.skip();
        }
    }

    /** Of a gap an offset, of a bye addresses. */
    private void to() throws CborException {
        if (!in.isArrayNext()) {
            to = in.natural();
            return;
        }
        addresses = new ArrayList<>();
        for (int left = in.beginArray(); in.hasNext(left); left--) {
            addresses.add(in.text());
        }
    }

    private void positions() throws CborException {
        Map<TopicPartition, Long> read = new TreeMap<>();
        for (int left = in.beginMap(); in.hasNext(left); left--) {
            String ofTopic = in.text();
            offsets().forEach((number, next) -> read.put(new TopicPartition(ofTopic, number), next));
        }
        positions = Positions.of(read);
    }

    /** {@code {"0": 17}} */
    private Map<Integer, Long> offsets() throws CborException {
        Map<Integer, Long> read = new HashMap<>();
        for (int left = in.beginMap(); in.hasNext(left); left--) {
            String number = in.text();
            read.put(partitionNumber(number), in.natural());
        }
        return read;
    }

    private static int partitionNumber(String digits) throws CborException {
        try {
            int number = Integer.parseInt(digits);
            if (number >= 0) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new CborException("'" + digits + "' is no number of a partition");
    }

    /** An element of a list of records: one that was read, or what became of one that was to be written. */
    private record Entry(Record record, int partition, boolean duplicate, String error) {}

    private void records() throws CborException {
        int left = in.beginArray();
        records = new ArrayList<>(Math.max(16, Math.min(left, MAX_EXPECTED_RECORDS)));
        for (; in.hasNext(left); left--) {
            records.add(entry());
        }
    }

    private Entry entry() throws CborException {
        long offset = Record.NO_OFFSET;
        long timestamp = Record.NO_TIMESTAMP;
        byte[] key = null;
        byte[] value = null;
        List<Header> headers = List.of();
        int at = Record.ANY_PARTITION;
        boolean duplicate = false;
        String error = null;
        for (int left = in.beginMap(); in.hasNext(left); left--) {
            switch (in.shortName()) {
                case 'o' -> offset = in.natural();
                case 't' -> timestamp = in.number();
                case 'k' -> key = in.bytesOrNull();
                case 'v' -> value = in.bytesOrNull();
                case 'h' -> headers = headers();
                case 'p' -> at = in.naturalInt();
                case 0 -> {
                    switch (in.text()) {
                        case "error" -> error = in.text();
                        case "duplicate" -> duplicate = in.bool();
                        default -> in.skip();
                    }
                }
                default -> in.skip();
            }
        }
        return new Entry(
                new Record(
                        topic == null ? "" : topic,
                        partition == null ? 0 : partition,
                        offset,
                        timestamp,
                        key,
                        value,
                        headers),
                at,
                duplicate,
                error);
    }

    private List<Header> headers() throws CborException {
        List<Header> headers = new ArrayList<>();
        for (int left = in.beginArray(); in.hasNext(left); left--) {
            int inside = in.beginArray();
            if (!in.hasNext(inside)) {
                throw new CborException("a header without a name");
            }
            String name = in.text();
            if (!in.hasNext(inside - 1)) {
                throw new CborException("header '" + name + "' without a value");
            }
            headers.add(new Header(name, in.bytesOrNull()));
            for (int more = inside - 2; in.hasNext(more); more--) {
                in.skip();
            }
        }
        return headers;
    }

    private ServerFrame frame() throws CborException {
        if (type == null) {
            throw new CborException("a frame without a type");
        }
        return switch (type) {
            case "records" ->
                new ServerFrame.Records(
                        need("id", id),
                        need("topic", topic),
                        need("partition", partition),
                        need("next", next),
                        need("bytes", bytes),
                        placed());
            case "progress" -> new ServerFrame.Progress(need("id", id), need("positions", positions));
            case "subscribed" -> new ServerFrame.Subscribed(need("id", id), need("positions", positions));
            case "gap" -> new ServerFrame.GapNotice(need("id", id), gap());
            case "error" ->
                new ServerFrame.Error(
                        id,
                        need("code", code),
                        message == null ? "" : message,
                        need("fatal", fatal),
                        records == null ? List.of() : results());
            case "bye" -> new ServerFrame.Bye(reason == null ? "" : reason, need("reconnect", reconnect), addresses);
            case "produced" -> new ServerFrame.Produced(need("id", id), results());
            default -> null;
        };
    }

    private Gap gap() throws CborException {
        Gap.Reason why =
                switch (need("reason", reason)) {
                    case "dropped" -> Gap.Reason.DROPPED;
                    case "deleted" -> Gap.Reason.DELETED;
                    default -> Gap.Reason.OTHER;
                };
        return new Gap(need("topic", topic), need("partition", partition), need("from", from), need("to", to), why);
    }

    /** The records with topic and partition, which they have but in a frame whose fields come in an odd order. */
    private List<Record> placed() throws CborException {
        List<Record> placed = new ArrayList<>(need("records", records).size());
        for (Entry entry : records) {
            Record record = entry.record();
            if (record.offset() < 0) {
                throw new CborException("a record without an offset");
            }
            boolean done = record.partition() == partition && record.topic().equals(topic);
            placed.add(
                    done
                            ? record
                            : new Record(
                                    topic,
                                    partition,
                                    record.offset(),
                                    record.timestampMs(),
                                    record.key(),
                                    record.value(),
                                    record.headers()));
        }
        return placed;
    }

    private List<ServerFrame.Placed> results() throws CborException {
        List<ServerFrame.Placed> results =
                new ArrayList<>(need("records", records).size());
        for (Entry entry : records) {
            if (entry.partition() < 0) {
                throw new CborException("a record that was produced without a partition");
            }
            results.add(new ServerFrame.Placed(
                    entry.partition(), entry.record().offset(), entry.duplicate(), entry.error()));
        }
        return results;
    }

    private <T> T need(String name, T value) throws CborException {
        if (value == null) {
            throw new CborException("a frame of type '" + type + "' without '" + name + "'");
        }
        return value;
    }
}
