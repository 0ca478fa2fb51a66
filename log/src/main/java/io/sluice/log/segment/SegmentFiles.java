/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.segment;

/** Names of a segment's files: its base offset in 20 digits, so that names sort as offsets do, and an ending. */
public final class SegmentFiles {
    public static final String LOG_ENDING = ".log";
    public static final String INDEX_ENDING = ".index";
    private static final int DIGITS = 20;

    private SegmentFiles() {}

    public static String log(long baseOffset) {
        return name(baseOffset, LOG_ENDING);
    }

    public static String index(long baseOffset) {
        return name(baseOffset, INDEX_ENDING);
    }

    /** The name of a segment's file with an ending of one's own. */
    public static String name(long baseOffset, String ending) {
        String digits = Long.toString(baseOffset);
        return "0".repeat(DIGITS - digits.length()) + digits + ending;
    }

    /** The base offset in a name with that ending; -1 if it is no such name. */
    public static long baseOffset(String name, String ending) {
        if (name.length() != DIGITS + ending.length() || !name.endsWith(ending)) {
            return -1;
        }
        try {
            return Long.parseLong(name, 0, DIGITS, 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }
}
