/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.http.route.ErrorProblems;
import io.sluice.http.route.Problem;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import java.util.List;

/**
 * What became of batches that a partition was given.
 *
 * @param baseOffset of the first record; -1 if they were refused, or written long ago
 * @param again they were there already
 * @param problem why they were refused; else null
 * @param batches where each batch is, if they are not one piece of the log; else empty
 */
record Written(long baseOffset, boolean again, Problem problem, List<Batch> batches) {
    /**
     * One of several batches.
     *
     * @param records how many it has
     * @param baseOffset of the first; -1 if it was written long ago
     * @param again it was there already
     */
    record Batch(int records, long baseOffset, boolean again) {}

    /** Takes where a record is, by its place among those of the partition. */
    @FunctionalInterface
    interface Place {
        void at(int index, long offset, boolean again);
    }

    /** In one piece. */
    Written(long baseOffset, boolean again, Problem problem) {
        this(baseOffset, again, problem, List.of());
    }

    /** In pieces. */
    static Written inBatches(List<Batch> batches) {
        return new Written(
                batches.get(0).baseOffset(), batches.stream().allMatch(Batch::again), null, List.copyOf(batches));
    }

    /** Where each record is; offsets that are not known are -1. */
    void places(int records, Place place) {
        if (batches.isEmpty()) {
            places(0, new Batch(records, problem == null ? baseOffset : -1, again), place);
            return;
        }
        int first = 0;
        for (Batch batch : batches) {
            places(first, batch, place);
            first += batch.records();
        }
    }

    private static void places(int first, Batch batch, Place place) {
        for (int i = 0; i < batch.records(); i++) {
            place.at(first + i, batch.baseOffset() < 0 ? -1 : batch.baseOffset() + i, batch.again());
        }
    }

    static Written of(AppendResult result) {
        if (result instanceof AppendResult.Appended appended) {
            return new Written(appended.baseOffset(), false, null);
        } else if (result instanceof AppendResult.Duplicate duplicate) {
            return new Written(duplicate.baseOffset(), true, null);
        }
        AppendResult.Rejected rejected = (AppendResult.Rejected) result;
        if (rejected.error() == ErrorCode.DUPLICATE_SEQUENCE_NUMBER) {
            // written so long ago that nobody knows the offsets any more
            return new Written(-1, true, null);
        }
        return refused(ErrorProblems.of(rejected.error(), rejected.message()));
    }

    static Written refused(Problem problem) {
        return new Written(-1, false, problem);
    }
}
