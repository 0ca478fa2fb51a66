/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.stream;

import io.sluice.actors.subscription.SubscriptionException;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;
import java.util.Map;

/** Tells as a problem why a subscription could not begin or go on. */
final class StreamProblems {
    private StreamProblems() {}

    static Problem of(SubscriptionException failure) {
        ProblemKind kind =
                switch (failure.code()) {
                    case INVALID_REQUEST -> ProblemKind.BAD_PARAMETER;
                    case UNKNOWN_TOPIC, TOPIC_DELETED -> ProblemKind.UNKNOWN_TOPIC;
                    case UNKNOWN_PARTITION -> ProblemKind.UNKNOWN_PARTITION;
                    case NOT_SERVED_HERE -> ProblemKind.LED_ELSEWHERE;
                    case LEADER_NOT_AVAILABLE, COORDINATOR_NOT_AVAILABLE -> ProblemKind.NO_LEADER;
                    case OFFSET_OUT_OF_RANGE -> ProblemKind.OFFSET_OUT_OF_RANGE;
                    case TOO_MANY_SUBSCRIPTIONS, SLOW_READER -> ProblemKind.BUSY;
                    case CORRUPT_BATCH, READ_FAILED, FILTER_FAILED, GROUP_REFUSED, COMMIT_REFUSED ->
                        ProblemKind.INTERNAL;
                };
        String message = failure.getMessage();
        String detail = Character.toUpperCase(message.charAt(0)) + message.substring(1) + ".";
        return failure.leader() == SubscriptionException.NO_BROKER
                ? Problem.of(kind, detail)
                : new Problem(kind, detail, Map.of("leader", failure.leader()));
    }
}
