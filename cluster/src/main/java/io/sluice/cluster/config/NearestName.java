/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.config;

import java.util.Collection;
import java.util.Optional;

/** Finds what somebody most likely meant: the name with the fewest edits, if it is close enough. */
public final class NearestName {
    private NearestName() {}

    /** The nearest of {@code names}; empty if none is near. */
    public static Optional<String> of(String wanted, Collection<String> names) {
        String nearest = null;
        int fewest = Math.max(2, wanted.length() / 3) + 1;
        for (String name : names) {
            if (Math.abs(name.length() - wanted.length()) < fewest) {
                int edits = edits(wanted, name);
                if (edits < fewest) {
                    fewest = edits;
                    nearest = name;
                }
            }
        }
        return Optional.ofNullable(nearest);
    }

    /** Levenshtein distance, one row at a time. */
    static int edits(String from, String to) {
        int[] row = new int[to.length() + 1];
        for (int j = 0; j < row.length; j++) {
            row[j] = j;
        }
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j < row.length; j++) {
                int replaced = diagonal + (from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[to.length()];
    }
}
