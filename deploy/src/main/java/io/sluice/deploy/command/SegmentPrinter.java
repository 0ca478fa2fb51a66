/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static io.sluice.deploy.command.TopicsCommand.ordered;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.log.batch.Record;
import io.sluice.log.dump.SegmentEntry;
import io.sluice.log.dump.SegmentEntry.BatchEntry;
import io.sluice.log.dump.SegmentEntry.DamageEntry;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.Map;

/** Prints what is in a segment as it is read, a line a batch (or a JSON object), so that a file of any size needs no memory. */
final class SegmentPrinter {
    private static final int TEXT_MAX = 60;

    private final PrintWriter out;
    private final boolean json;
    private final boolean withRecords;
    private final ObjectMapper mapper;
    private long batches;
    private long records;
    private long damages;

    SegmentPrinter(PrintWriter out, boolean json, boolean withRecords) {
        this.out = out;
        this.json = json;
        this.withRecords = withRecords;
        this.mapper = json ? new ObjectMapper() : null;
    }

    void print(SegmentEntry entry) {
        if (entry instanceof BatchEntry batch) {
            batches++;
            records += batch.recordCount();
            if (batch.fault() != null) {
                damages++;
            }
            print(batch);
        } else if (entry instanceof DamageEntry damage) {
            damages++;
            print(damage);
        }
    }

    long batches() {
        return batches;
    }

    long records() {
        return records;
    }

    long damages() {
        return damages;
    }

    private void print(DamageEntry damage) {
        if (json) {
            printJson(ordered(
                    "damaged",
                    true,
                    "position",
                    damage.position(),
                    "bytes",
                    damage.lengthBytes(),
                    "cause",
                    damage.cause(),
                    "atTheEnd",
                    damage.atTheEnd()));
        } else {
            out.println(String.format(
                    Locale.ROOT,
                    "%10d  DAMAGED: %,d bytes: %s%s",
                    damage.position(),
                    damage.lengthBytes(),
                    damage.cause(),
                    damage.atTheEnd()
                            ? " (at the end of the file: a crash leaves this, and the next start cuts it)"
                            : ""));
        }
    }

    private void print(BatchEntry batch) {
        if (json) {
            printJson(asMap(batch));
        } else {
            out.println(String.format(
                    Locale.ROOT,
                    "%10d  offsets %d..%d  %,d records  %,d bytes  %s  epoch %d%s  crc %08x ok  %s%s",
                    batch.position(),
                    batch.baseOffset(),
                    batch.lastOffset(),
                    batch.recordCount(),
                    batch.sizeBytes(),
                    codec(batch),
                    batch.leaderEpoch(),
                    batch.producerId() < 0
                            ? ""
                            : String.format(
                                    Locale.ROOT,
                                    "  producer %d/%d sequence %d",
                                    batch.producerId(),
                                    batch.producerEpoch(),
                                    batch.baseSequence()),
                    batch.crc(),
                    LogCommand.time(batch.maxTimestampMs()),
                    flags(batch)));
            if (batch.fault() != null) {
                out.println("            DAMAGED: " + batch.fault());
            }
        }
        if (withRecords) {
            batch.records().forEach(this::print);
        }
    }

    private void print(Record record) {
        if (json) {
            printJson(ordered(
                    "offset",
                    record.offset(),
                    "timestamp",
                    record.timestampMs(),
                    "key",
                    string(record.key()),
                    "value",
                    string(record.value()),
                    "headers",
                    record.headers().stream()
                            .map(header -> ordered("key", header.key(), "value", string(header.value())))
                            .toList()));
        } else {
            out.println(String.format(
                    Locale.ROOT,
                    "            %d  %s  key %s  value %s%s",
                    record.offset(),
                    LogCommand.time(record.timestampMs()),
                    shown(record.key()),
                    shown(record.value()),
                    record.headers().isEmpty() ? "" : "  " + record.headers().size() + " headers"));
        }
    }

    private static Map<String, Object> asMap(BatchEntry batch) {
        return ordered(
                "position",
                batch.position(),
                "baseOffset",
                batch.baseOffset(),
                "lastOffset",
                batch.lastOffset(),
                "records",
                batch.recordCount(),
                "bytes",
                batch.sizeBytes(),
                "codec",
                codec(batch),
                "leaderEpoch",
                batch.leaderEpoch(),
                "producerId",
                batch.producerId(),
                "producerEpoch",
                batch.producerEpoch(),
                "baseSequence",
                batch.baseSequence(),
                "transactional",
                batch.transactional(),
                "control",
                batch.control(),
                "logAppendTime",
                batch.logAppendTime(),
                "maxTimestamp",
                batch.maxTimestampMs(),
                "crc",
                String.format("%08x", batch.crc()),
                "crcOk",
                true,
                "fault",
                batch.fault());
    }

    private static String flags(BatchEntry batch) {
        return (batch.transactional() ? "  transactional" : "")
                + (batch.control() ? "  control" : "")
                + (batch.logAppendTime() ? "  log append time" : "")
                + (batch.deleteHorizonMs() < 0 ? "" : "  tombstones until " + LogCommand.time(batch.deleteHorizonMs()));
    }

    private static String codec(BatchEntry batch) {
        return batch.codec() == null ? "unknown codec" : batch.codec().name().toLowerCase(Locale.ROOT);
    }

    private void printJson(Map<String, Object> object) {
        try {
            out.println(mapper.writeValueAsString(object));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String string(ByteBuffer bytes) {
        return bytes == null ? null : UTF_8.decode(bytes.duplicate()).toString();
    }

    /** The beginning, on one line; what is not printable as a dot. */
    private static String shown(ByteBuffer bytes) {
        if (bytes == null) {
            return "none";
        }
        String text = string(bytes.duplicate().limit(Math.min(bytes.limit(), bytes.position() + 4 * TEXT_MAX)));
        String cut = text.length() > TEXT_MAX ? text.substring(0, TEXT_MAX) + "..." : text;
        return "\"" + cut.replaceAll("\\p{Cntrl}|\uFFFD", ".") + "\"";
    }
}
