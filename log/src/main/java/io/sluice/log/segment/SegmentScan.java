/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

import io.sluice.log.batch.BatchHeader;
import io.sluice.log.file.LogFile;
import io.sluice.log.file.LogFiles;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;

/** Reads a segment that may be torn, batch by batch with its CRC, and cuts it behind the last whole one. */
public final class SegmentScan {
    private SegmentScan() {}

    /** What is whole. */
    public record Result(int sizeBytes, long endOffset, int lastEpoch) {}

    public static Result scan(LogFiles files, Path folder, long baseOffset) throws IOException {
        try (LogFile file = files.open(folder.resolve(SegmentFiles.log(baseOffset)))) {
            int end = (int) file.size();
            int position = 0;
            long offset = baseOffset;
            int epoch = -1;
            ByteBuffer header = ByteBuffer.allocate(BatchHeader.SIZE);
            while (end - position >= BatchHeader.SIZE) {
                header.clear();
                file.readFully(header, position);
                long size = BatchHeader.sizeInBytes(header, 0);
                if (size < BatchHeader.SIZE || size > end - position || BatchHeader.magic(header, 0) != 2) {
                    break;
                }
                ByteBuffer batch = ByteBuffer.allocate((int) size);
                file.readFully(batch, position);
                if (!BatchHeader.isCrcValid(batch, 0) || BatchHeader.baseOffset(batch, 0) < offset) {
                    break;
                }
                offset = BatchHeader.lastOffset(batch, 0) + 1;
                epoch = BatchHeader.leaderEpoch(batch, 0);
                position += (int) size;
            }
            if (position < end) {
                file.truncate(position);
            }
            return new Result(position, offset, epoch);
        }
    }
}
