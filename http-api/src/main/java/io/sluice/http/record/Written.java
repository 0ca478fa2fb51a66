/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.http.route.ErrorProblems;
import io.sluice.http.route.Problem;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;

/**
 * What became of batches that a partition was given.
 *
 * @param baseOffset of the first record; -1 if they were refused, or written long ago
 * @param again they were there already
 * @param problem why they were refused; else null
 */
record Written(long baseOffset, boolean again, Problem problem) {
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
