/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.recovery;

import io.sluice.log.LogContext;
import io.sluice.log.file.LogFiles;
import io.sluice.log.segment.Segment;
import io.sluice.log.segment.SegmentFiles;
import io.sluice.log.segment.SegmentScan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds out what a folder holds when a log is opened. */
public final class Recovery {
    private Recovery() {}

    /**
     * @param segments oldest first; empty in a new log
     * @param lastEpoch leader epoch of the last batch, -1 if unknown
     */
    public record Recovered(List<Segment> segments, long logStartOffset, long logEndOffset, int lastEpoch) {}

    public static Recovered recover(LogContext context, Path folder) throws IOException {
        LogFiles files = context.files();
        List<LogFiles.Entry> entries = files.list(folder);
        if (entries.isEmpty()) {
            files.makeDirectories(folder);
            return new Recovered(List.of(), 0, 0, -1);
        }
        List<LogFiles.Entry> logs = new ArrayList<>();
        for (LogFiles.Entry entry : entries) {
            if (SegmentFiles.baseOffset(entry.name(), SegmentFiles.LOG_ENDING) >= 0) {
                logs.add(entry);
            }
        }
        logs.sort(java.util.Comparator.comparing(LogFiles.Entry::name));
        List<Segment> segments = new ArrayList<>();
        long end = 0;
        int epoch = -1;
        for (int i = 0; i < logs.size(); i++) {
            long base = SegmentFiles.baseOffset(logs.get(i).name(), SegmentFiles.LOG_ENDING);
            int size = (int) logs.get(i).sizeBytes();
            if (i < logs.size() - 1) {
                long next = SegmentFiles.baseOffset(logs.get(i + 1).name(), SegmentFiles.LOG_ENDING);
                segments.add(Segment.existing(files, context.openSegments(), folder, base, size, next));
            } else {
                SegmentScan.Result scan = SegmentScan.scan(files, folder, base);
                segments.add(Segment.existing(
                        files, context.openSegments(), folder, base, scan.sizeBytes(), scan.endOffset()));
                end = scan.endOffset();
                epoch = scan.lastEpoch();
            }
        }
        long start = segments.isEmpty() ? 0 : segments.get(0).baseOffset();
        return new Recovered(segments, start, end, epoch);
    }
}
