/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

/** Carries a {@link Problem} from wherever it is seen to the response. No bug, so it has no stack trace. */
public final class ProblemException extends RuntimeException {
    private final transient Problem problem;

    ProblemException(Problem problem) {
        super(problem.detail(), null, false, false);
        this.problem = problem;
    }

    public Problem problem() {
        return problem;
    }
}
