/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.LogCorruptException;
import io.sluice.log.file.LogFile;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/**
 * A segment's index on disk. Written once, when the segment is complete or the log is stopped; without it (or with one that
 * does not fit the segment) the index is built anew from the batches' headers, so it is never forced to disk.
 *
 * <pre>
 *  byte  0              4               8                16              20              24                32           36
 *        +--------------+---------------+----------------+---------------+---------------+-----------------+------------+
 *        | magic "SLIX" | CRC-32C of    | base offset    | bytes of the  | number of     | largest         | CRC-32C of |
 *        |              | bytes 8 to 36 | int64          | segment int32 | entries int32 | timestamp int64 | entries    |
 *        +--------------+---------------+----------------+---------------+---------------+-----------------+------------+
 *        then for each entry:
 *        | offset - base offset int32 | position int32 | largest timestamp of all batches before it int64 |
 * </pre>
 */
final class IndexFile {
    /** Between the entries of an index that is built anew. */
    static final int REBUILD_INTERVAL_BYTES = 4096;

    private static final int MAGIC = 0x534c4958;
    private static final int HEADER_BYTES = 36;
    private static final int ENTRY_BYTES = 16;
    private static final int COVERED_FROM = 8;

    private final LogFiles files;
    private final Path path;
    private final long baseOffset;

    IndexFile(LogFiles files, Path path, long baseOffset) {
        this.files = files;
        this.path = path;
        this.baseOffset = baseOffset;
    }

    Path path() {
        return path;
    }

    /** An index and what it knows of the segment. */
    record Content(SegmentIndex index, long maxTimestampMs) {}

    void store(SegmentIndex.Snapshot index, int segmentBytes, long maxTimestampMs) throws IOException {
        ByteBuffer out = ByteBuffer.allocate(HEADER_BYTES + ENTRY_BYTES * index.count());
        out.putInt(MAGIC)
                .putInt(0)
                .putLong(baseOffset)
                .putInt(segmentBytes)
                .putInt(index.count())
                .putLong(maxTimestampMs)
                .putInt(0);
        for (int i = 0; i < index.count(); i++) {
            out.putInt(index.relativeOffset(i)).putInt(index.position(i)).putLong(index.maxTimestampBefore(i));
        }
        out.flip();
        out.putInt(32, crc(out, HEADER_BYTES, out.limit()));
        out.putInt(4, crc(out, COVERED_FROM, HEADER_BYTES));
        files.writeAtomically(path, out, false);
    }

    /** @return null if there is none that fits a segment of that size */
    Content load(int segmentBytes) throws IOException {
        ByteBuffer in = files.readWhole(path);
        if (in == null
                || !fits(in, segmentBytes)
                || in.remaining() != HEADER_BYTES + (long) ENTRY_BYTES * in.getInt(20)
                || in.getInt(32) != crc(in, HEADER_BYTES, in.limit())) {
            return null;
        }
        return new Content(entries(in), in.getLong(24));
    }

    private static SegmentIndex entries(ByteBuffer in) {
        SegmentIndex index = new SegmentIndex();
        for (int at = HEADER_BYTES; at < in.limit(); at += ENTRY_BYTES) {
            index.put(in.getInt(at), in.getInt(at + 4), in.getLong(at + 8));
        }
        return index;
    }

    /** Reads an index file's content whatever segment it belongs to. */
    static SegmentIndex.Stored read(ByteBuffer content, String file) throws LogCorruptException {
        ByteBuffer in = content.slice();
        if (in.remaining() < HEADER_BYTES || in.getInt(0) != MAGIC) {
            throw new LogCorruptException(file + " is no index");
        }
        if (in.getInt(4) != crc(in, COVERED_FROM, HEADER_BYTES)) {
            throw new LogCorruptException(file + ": the CRC of its header is wrong");
        }
        if (in.remaining() != HEADER_BYTES + (long) ENTRY_BYTES * in.getInt(20)) {
            throw new LogCorruptException(
                    file + " says " + in.getInt(20) + " entries and has " + in.remaining() + " bytes");
        }
        if (in.getInt(32) != crc(in, HEADER_BYTES, in.limit())) {
            throw new LogCorruptException(file + ": the CRC of its entries is wrong");
        }
        return new SegmentIndex.Stored(
                in.getLong(8), in.getInt(16), in.getLong(24), entries(in).snapshot());
    }

    /** The segment's largest timestamp without reading the entries; null if there is no index that fits. */
    Long loadMaxTimestamp(int segmentBytes) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        try (LogFile file = files.open(path)) {
            file.readFully(header, 0);
        } catch (NoSuchFileException e) {
            return null;
        }
        header.flip();
        return fits(header, segmentBytes) ? header.getLong(24) : null;
    }

    private boolean fits(ByteBuffer in, int segmentBytes) {
        return in.remaining() >= HEADER_BYTES
                && in.getInt(0) == MAGIC
                && in.getInt(4) == crc(in, COVERED_FROM, HEADER_BYTES)
                && in.getLong(8) == baseOffset
                && in.getInt(16) == segmentBytes;
    }

    private static int crc(ByteBuffer file, int from, int to) {
        CRC32C crc = new CRC32C();
        crc.update(file.duplicate().limit(to).position(from));
        return (int) crc.getValue();
    }
}
