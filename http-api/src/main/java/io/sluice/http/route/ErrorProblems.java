/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.route;

import io.sluice.log.ErrorCode;
import java.util.Map;

/** Tells as a problem what the layers below tell as an {@link ErrorCode}. */
public final class ErrorProblems {
    private static final Map<ErrorCode, ProblemKind> KINDS = Map.ofEntries(
            Map.entry(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, ProblemKind.UNKNOWN_TOPIC),
            Map.entry(ErrorCode.UNKNOWN_TOPIC_ID, ProblemKind.UNKNOWN_TOPIC),
            Map.entry(ErrorCode.TOPIC_ALREADY_EXISTS, ProblemKind.TOPIC_EXISTS),
            Map.entry(ErrorCode.INVALID_TOPIC_EXCEPTION, ProblemKind.BAD_TOPIC),
            Map.entry(ErrorCode.INVALID_PARTITIONS, ProblemKind.BAD_TOPIC),
            Map.entry(ErrorCode.INVALID_REPLICATION_FACTOR, ProblemKind.BAD_TOPIC),
            Map.entry(ErrorCode.INVALID_REPLICA_ASSIGNMENT, ProblemKind.BAD_TOPIC),
            Map.entry(ErrorCode.INVALID_CONFIG, ProblemKind.BAD_CONFIG),
            Map.entry(ErrorCode.INVALID_REQUEST, ProblemKind.BAD_BODY),
            Map.entry(ErrorCode.POLICY_VIOLATION, ProblemKind.FORBIDDEN),
            Map.entry(ErrorCode.TOPIC_DELETION_DISABLED, ProblemKind.FORBIDDEN),
            Map.entry(ErrorCode.REQUEST_TIMED_OUT, ProblemKind.TIMED_OUT),
            Map.entry(ErrorCode.MESSAGE_TOO_LARGE, ProblemKind.TOO_LARGE),
            Map.entry(ErrorCode.RECORD_LIST_TOO_LARGE, ProblemKind.TOO_LARGE),
            Map.entry(ErrorCode.INVALID_RECORD, ProblemKind.REFUSED_RECORD),
            Map.entry(ErrorCode.INVALID_TIMESTAMP, ProblemKind.REFUSED_RECORD),
            Map.entry(ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER, ProblemKind.OUT_OF_ORDER),
            Map.entry(ErrorCode.NOT_LEADER_OR_FOLLOWER, ProblemKind.NO_LEADER),
            Map.entry(ErrorCode.LEADER_NOT_AVAILABLE, ProblemKind.NO_LEADER),
            Map.entry(ErrorCode.NOT_ENOUGH_REPLICAS, ProblemKind.NOT_ENOUGH_REPLICAS),
            Map.entry(ErrorCode.NOT_ENOUGH_REPLICAS_AFTER_APPEND, ProblemKind.NOT_ENOUGH_REPLICAS),
            Map.entry(ErrorCode.THROTTLING_QUOTA_EXCEEDED, ProblemKind.BUSY),
            Map.entry(ErrorCode.OFFSET_OUT_OF_RANGE, ProblemKind.OFFSET_OUT_OF_RANGE),
            Map.entry(ErrorCode.GROUP_ID_NOT_FOUND, ProblemKind.UNKNOWN_GROUP),
            Map.entry(ErrorCode.NON_EMPTY_GROUP, ProblemKind.GROUP_IN_USE),
            Map.entry(ErrorCode.UNKNOWN_MEMBER_ID, ProblemKind.GROUP_IN_USE),
            Map.entry(ErrorCode.ILLEGAL_GENERATION, ProblemKind.GROUP_IN_USE),
            Map.entry(ErrorCode.REBALANCE_IN_PROGRESS, ProblemKind.GROUP_IN_USE),
            Map.entry(ErrorCode.NOT_COORDINATOR, ProblemKind.NO_LEADER),
            Map.entry(ErrorCode.COORDINATOR_NOT_AVAILABLE, ProblemKind.NO_LEADER),
            Map.entry(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS, ProblemKind.NO_LEADER),
            Map.entry(ErrorCode.NOT_CONTROLLER, ProblemKind.NOT_READY));

    private ErrorProblems() {}

    /** @param message of the layer below; null if it has none */
    public static Problem of(ErrorCode error, String message) {
        String detail = message == null || message.isBlank() ? "The broker says " + error : message;
        return Problem.of(KINDS.getOrDefault(error, ProblemKind.INTERNAL), sentence(detail));
    }

    /** With a capital, but where it begins with the name of a key; and with a full stop. */
    private static String sentence(String text) {
        boolean word = text.matches("(?s)[a-z]+[ ,].*");
        String begun = word ? Character.toUpperCase(text.charAt(0)) + text.substring(1) : text;
        return begun.matches("(?s).*[.?!]") ? begun : begun + ".";
    }
}
