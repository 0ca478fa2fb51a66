/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.metadata;

import io.sluice.log.LogCorruptException;
import io.sluice.log.format.CheckedFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * An image in a file of its own, so that the records below its offset are not needed any more. Big-endian:
 *
 * <pre>
 *    0  header of {@link CheckedFormat}: "SLMI", version 1, CRC-32C of bytes 12 on
 *   12  end offset          int64   everything below it is in the image
 *   20  epoch               int32   leader epoch of the last record below the end offset
 *   24  records             int32
 *   28  then for each:      length int32 | record, as in the log ({@link MetadataCodec})
 * </pre>
 *
 * <p>The records are the shortest way from nothing to the image ({@link ClusterImage#records}). They have types and versions as in the log, and a program that
 * does not know one refuses the whole.
 *
 * @param epoch leader epoch of the last record that is in the image
 */
public record ImageSnapshot(ClusterImage image, int epoch) {
    private static final CheckedFormat FORMAT = new CheckedFormat("metadata snapshot", 0x534C4D49, (short) 1);
    private static final int FIXED_BYTES = Long.BYTES + 2 * Integer.BYTES;

    /** The file's content, ready to be read. */
    public ByteBuffer encode() {
        List<byte[]> records =
                image.records().stream().map(MetadataCodec::encode).toList();
        int bytes = FIXED_BYTES;
        for (byte[] one : records) {
            bytes = Math.addExact(bytes, Integer.BYTES + one.length);
        }
        ByteBuffer out =
                FORMAT.begin(bytes).putLong(image.offset()).putInt(epoch).putInt(records.size());
        records.forEach(one -> out.putInt(one.length).put(one));
        return FORMAT.seal(out);
    }

    /**
     * Reads a file's content.
     *
     * @param file its name, for the error
     * @throws LogCorruptException if it is not whole: another one may be
     * @throws MetadataFormatException if it is whole, and written by a program that knows more than this one
     */
    public static ImageSnapshot decode(ByteBuffer content, String file) throws LogCorruptException {
        ByteBuffer in = FORMAT.open(content, FIXED_BYTES, file);
        long endOffset = in.getLong();
        int epoch = in.getInt();
        int count = in.getInt();
        List<MetadataRecord> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int length = in.remaining() < Integer.BYTES ? -1 : in.getInt();
            if (length < 0 || length > in.remaining()) {
                throw CheckedFormat.corrupt(file, "ends within record " + i + " of " + count);
            }
            try {
                records.add(MetadataCodec.decode(in.slice(in.position(), length)));
            } catch (MetadataFormatException unknown) {
                throw new MetadataFormatException(file + ": record " + i + ": " + unknown.getMessage());
            }
            in.position(in.position() + length);
        }
        if (endOffset <= 0 || count < 0 || in.hasRemaining()) {
            throw CheckedFormat.corrupt(
                    file, "claims " + count + " records up to offset " + endOffset + ", and has more or less");
        }
        return new ImageSnapshot(ClusterImage.EMPTY.with(records, endOffset), epoch);
    }
}
