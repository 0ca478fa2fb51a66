/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes the frames of a client. Keys and values are byte strings both ways ({@code base64} in the words of the protocol). */
final class ClientFrameWriter {
    private static final int SMALL_FRAME_BYTES = 256;

    /** Names, numbers and heads of a record that is produced. */
    static final int RECORD_OVERHEAD_BYTES = 40;

    /** The same of one header. */
    static final int HEADER_OVERHEAD_BYTES = 12;

    /** The same of a frame, besides the names of topic and producer. */
    static final int FRAME_OVERHEAD_BYTES = 256;

    private ClientFrameWriter() {}

    static byte[] write(ClientFrame frame) {
        CborWriter out = new CborWriter(
                frame instanceof ClientFrame.Produce produce ? expectedBytes(produce) : SMALL_FRAME_BYTES);
        if (frame instanceof ClientFrame.Credit credit) {
            out.map(4).text("type").text("credit").text("id").text(credit.id());
            out.text("records").number(credit.records()).text("bytes").number(credit.bytes());
        } else if (frame instanceof ClientFrame.Produce produce) {
            produce(out, produce);
        } else if (frame instanceof ClientFrame.Begin begin) {
            begin(out, begin);
        } else {
            ClientFrame.Commit commit = (ClientFrame.Commit) frame;
            out.map(3).text("type").text("commit").text("id").text(commit.id()).text("positions");
            positions(out, commit.positions());
        }
        return out.toByteArray();
    }

    private static void begin(CborWriter out, ClientFrame.Begin begin) {
        Subscribe what = begin.what();
        out.map(what.filter() == null ? 10 : 11)
                .text("type")
                .text("subscribe")
                .text("id")
                .text(begin.id());
        topics(out, what.topics());
        out.text("from");
        from(out, begin.from());
        if (what.filter() != null) {
            out.text("filter").text(what.filter());
        }
        out.text("fields").array(what.fields().size());
        for (Subscribe.Field field : what.fields()) {
            out.text(field.onWire());
        }
        out.text("policy").text(what.policy().name().toLowerCase(Locale.ROOT));
        out.text("isolation").text(what.isolation().name().toLowerCase(Locale.ROOT));
        out.text("key").text("base64").text("value").text("base64");
        out.text("credit").map(2);
        out.text("records").number(begin.creditRecords()).text("bytes").number(begin.creditBytes());
    }

    private static void topics(CborWriter out, Map<String, Set<Integer>> topics) {
        out.text("topics").array(topics.size());
        topics.forEach((topic, partitions) -> {
            if (partitions.isEmpty()) {
                out.text(topic);
            } else {
                out.map(2).text("topic").text(topic).text("partitions").array(partitions.size());
                partitions.forEach(out::number);
            }
        });
    }

    private static void from(CborWriter out, StartFrom from) {
        if (from instanceof StartFrom.Earliest) {
            out.text("earliest");
        } else if (from instanceof StartFrom.Latest) {
            out.text("latest");
        } else if (from instanceof StartFrom.Timestamp timestamp) {
            out.map(1).text("timestamp").number(timestamp.ms());
        } else if (from instanceof StartFrom.Group group) {
            out.map(1).text("group").text(group.name());
        } else {
            out.map(2).text("offsets");
            positions(out, ((StartFrom.Offsets) from).positions());
            out.text("otherwise").text("earliest");
        }
    }

    private static void positions(CborWriter out, Positions positions) {
        SortedMap<String, SortedMap<Integer, Long>> topics = new TreeMap<>();
        positions.offsets().forEach((partition, next) -> topics.computeIfAbsent(
                        partition.topic(), topic -> new TreeMap<>())
                .put(partition.partition(), next));
        out.map(topics.size());
        topics.forEach((topic, partitions) -> {
            out.text(topic).map(partitions.size());
            partitions.forEach(
                    (partition, next) -> out.text(Integer.toString(partition)).number(next));
        });
    }

    private static void produce(CborWriter out, ClientFrame.Produce produce) {
        boolean named = produce.producer() != null;
        out.map(named ? 9 : 7).text("type").text("produce").text("id").text(produce.id());
        out.text("topic").text(produce.topic()).text("acks").text(produce.acks().onWire());
        if (named) {
            out.text("producer").text(produce.producer()).text("sequence").number(produce.sequence());
        }
        out.text("key").text("base64").text("value").text("base64");
        out.text("records").array(produce.records().size());
        for (Record record : produce.records()) {
            record(out, record);
        }
    }

    private static void record(CborWriter out, Record record) {
        boolean timed = record.timestampMs() >= 0;
        List<Header> headers = record.headers();
        boolean placed = record.partition() >= 0;
        out.map(1 + (placed ? 1 : 0) + (timed ? 1 : 0) + (record.key() == null ? 0 : 1) + (headers.isEmpty() ? 0 : 1));
        if (placed) {
            out.text("p").number(record.partition());
        }
        if (timed) {
            out.text("t").number(record.timestampMs());
        }
        if (record.key() != null) {
            out.text("k").bytes(record.key());
        }
        out.text("v").bytes(record.value());
        if (!headers.isEmpty()) {
            out.text("h").array(headers.size());
            for (Header header : headers) {
                out.array(2).text(header.name()).bytes(header.value());
            }
        }
    }

    /** Never less than what a record takes in a frame. */
    static long recordBytes(Record record) {
        long bytes = RECORD_OVERHEAD_BYTES + record.sizeInBytes();
        for (Header header : record.headers()) {
            // three bytes a character at most
            bytes += HEADER_OVERHEAD_BYTES + 2L * header.name().length();
        }
        return bytes;
    }

    private static int expectedBytes(ClientFrame.Produce produce) {
        long bytes = (long) FRAME_OVERHEAD_BYTES + produce.topic().length();
        for (Record record : produce.records()) {
            bytes += recordBytes(record);
        }
        return (int) Math.min(bytes, 64 << 20);
    }
}
