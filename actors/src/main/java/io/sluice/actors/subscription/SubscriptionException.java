/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

/** Why a subscription could not begin or go on. The message is one line for people. */
public final class SubscriptionException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** No broker is to be named. */
    public static final int NO_BROKER = -1;

    /** What went wrong, for programs. */
    public enum Code {
        /** Nothing was asked for, something twice, or a number that is out of range. */
        INVALID_REQUEST,
        UNKNOWN_TOPIC,
        UNKNOWN_PARTITION,

        /** The topic was deleted while it was read. */
        TOPIC_DELETED,

        /** The partition is led elsewhere and this node can't read it from there: {@link #leader()} names who leads. */
        NOT_SERVED_HERE,

        /** Nobody was found to lead the partition in time. */
        LEADER_NOT_AVAILABLE,

        /** The offset is beyond the end of the log. */
        OFFSET_OUT_OF_RANGE,

        /** {@code sluice.subscriptions.max} subscriptions run already. */
        TOO_MANY_SUBSCRIPTIONS,

        /** The subscriber did not keep up and chose {@link SlowReaderPolicy#CLOSE}. */
        SLOW_READER,

        /** What is stored can't be read. */
        CORRUPT_BATCH,

        /** The disk failed. */
        READ_FAILED,

        /** The group does not take this member; or what its leader says can't be understood. */
        GROUP_REFUSED,

        /** Nobody was found to coordinate the group in time. */
        COORDINATOR_NOT_AVAILABLE,

        /** Offsets were not committed: the group spreads its partitions anew, or the partition is another member's by now. The stream goes on. */
        COMMIT_REFUSED,

        /** The subscriber's {@link RecordFilter} threw. */
        FILTER_FAILED
    }

    private final Code code;
    private final int leader;

    public SubscriptionException(Code code, String message) {
        this(code, message, NO_BROKER, null);
    }

    public SubscriptionException(Code code, String message, Throwable cause) {
        this(code, message, NO_BROKER, cause);
    }

    private SubscriptionException(Code code, String message, int leader, Throwable cause) {
        super(message, cause);
        this.code = code;
        this.leader = leader;
    }

    /** @param leader id of the broker that leads the partition */
    public static SubscriptionException notServedHere(PartitionName partition, int leader) {
        return new SubscriptionException(
                Code.NOT_SERVED_HERE,
                partition + " is led by broker " + leader + " and has no replica on this node",
                leader,
                null);
    }

    public Code code() {
        return code;
    }

    /** Id of the broker to go to; {@link #NO_BROKER} if there is none to name. */
    public int leader() {
        return leader;
    }
}
