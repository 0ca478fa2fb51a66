/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import io.sluice.log.file.LogFiles;
import io.sluice.log.segment.SegmentFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The names and steps by which a cleaned segment takes the place of those it was made from, so that a crash at any point leaves
 * either all of the old ones or the new one. Segments A, B, C (ending where D begins) become A:
 * <pre>
 *   step                                               after a crash before the next step, recovery
 *   A.log.cleaned written and forced                   deletes it; A B C are untouched
 *   {@link #commit}: A.log.cleaned -> A-D.log.swap             goes on with the steps that follow
 *   folder forced
 *   {@link #clear}: B.* and C.* deleted,                      the same
 *          A.index.cleaned -> A.index
 *   folder forced
 *   {@link #settle}: A-D.log.swap -> A.log                     has nothing to do
 *   folder forced                                      the next compaction may begin
 * </pre>
 * The name of the swap file says which segments it replaces, so recovery needs no other file. Nothing old is deleted before the swap
 * file's name is on disk, and the swap file keeps its name until the old ones are gone from the disk: no order in which a
 * file system might lose unforced names leads to a mixture. The index is not forced: one that does not fit is built anew. The compacting thread
 * forces the folder, so that the log's writer never waits for the disk. A reader that has one of the old files open keeps it.
 */
final class SegmentSwap {
    /** Ending of the files of a cleaned segment that is not committed. */
    static final String CLEANED_ENDING = ".cleaned";

    private static final Pattern SWAP = Pattern.compile("(\\d{20})-(\\d{20})\\.log\\.swap");
    private static final Pattern OF_SEGMENT = Pattern.compile("(\\d{20})\\.(log|index)");

    private SegmentSwap() {}

    /** Name of a cleaned segment's file of batches until it is committed. */
    static String cleanedName(long baseOffset) {
        return SegmentFiles.log(baseOffset) + CLEANED_ENDING;
    }

    private static String cleanedIndexName(long baseOffset) {
        return SegmentFiles.index(baseOffset) + CLEANED_ENDING;
    }

    /** Name of a cleaned segment's file of batches from the commit to the last step. */
    static String swapName(long baseOffset, long endOffset) {
        return SegmentFiles.name(baseOffset, "-") + SegmentFiles.name(endOffset, ".log.swap");
    }

    /** From here on the cleaned segment counts. */
    static void commit(Path folder, CleanedGroup group) throws IOException {
        group.cleaned().moveTo(folder.resolve(swapName(group.baseOffset(), group.endOffset())));
    }

    /** Clears the old segments away. */
    static void clear(LogFiles files, Path folder, CleanedGroup group) throws IOException {
        clear(files, folder, group.baseOffset(), group.endOffset(), names(files, folder));
    }

    /** The cleaned segment gets its name. */
    static void settle(Path folder, CleanedGroup group) throws IOException {
        group.cleaned().moveTo(folder.resolve(SegmentFiles.log(group.baseOffset())));
    }

    private static void clear(LogFiles files, Path folder, long base, long end, List<String> names) throws IOException {
        for (String name : names) {
            Matcher file = OF_SEGMENT.matcher(name);
            if (file.matches()) {
                long offset = Long.parseLong(file.group(1));
                if (offset > base && offset < end) {
                    files.delete(folder.resolve(name));
                }
            }
        }
        Path index = folder.resolve(SegmentFiles.index(base));
        if (names.contains(cleanedIndexName(base))) {
            files.replace(folder.resolve(cleanedIndexName(base)), index);
        } else {
            files.delete(index);
        }
    }

    /** A cleaned segment that was not committed goes away. */
    static void discard(LogFiles files, Path folder, long baseOffset) throws IOException {
        files.delete(folder.resolve(cleanedName(baseOffset)));
        files.delete(folder.resolve(cleanedIndexName(baseOffset)));
    }

    /** Finishes what was committed and clears away what was not, before the log's segments are read. Any number of times. */
    static void recover(LogFiles files, Path folder) throws IOException {
        List<String> names = names(files, folder);
        for (String name : names) {
            Matcher swap = SWAP.matcher(name);
            if (swap.matches()) {
                long base = Long.parseLong(swap.group(1));
                // A name that a crashed process left may be in memory only: it must be on disk before anything is
                // deleted for it.
                files.forceDirectory(folder);
                clear(files, folder, base, Long.parseLong(swap.group(2)), names);
                files.forceDirectory(folder);
                files.replace(folder.resolve(name), folder.resolve(SegmentFiles.log(base)));
                files.forceDirectory(folder);
            }
        }
        for (String name : names) {
            if (name.endsWith(CLEANED_ENDING)) {
                files.delete(folder.resolve(name));
            }
        }
    }

    private static List<String> names(LogFiles files, Path folder) throws IOException {
        List<String> names = new ArrayList<>();
        for (LogFiles.Entry entry : files.list(folder)) {
            names.add(entry.name());
        }
        return names;
    }
}
