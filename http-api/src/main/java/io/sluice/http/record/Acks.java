/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.http.route.Exchange;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemKind;

/** When records count as written. */
public enum Acks {
    /** When all replicas that must have them do. */
    ALL((short) -1),
    /** When the leader has written them. */
    LEADER((short) 1),
    /** When they are on their way: what becomes of them is not told. */
    NONE((short) 0);

    private final short number;

    Acks(short number) {
        this.number = number;
    }

    /** As the partition takes it. */
    short number() {
        return number;
    }

    /** As a parameter says it. */
    String word() {
        return this == ALL ? "all" : Short.toString(number);
    }

    /** In the words of Kafka's producers; null if it is none of them. */
    public static Acks of(String text) {
        return switch (text) {
            case "all", "-1" -> ALL;
            case "1" -> LEADER;
            case "0" -> NONE;
            default -> null;
        };
    }

    static Acks of(Exchange exchange) {
        String text = exchange.query("acks").orElse("all");
        Acks acks = of(text);
        if (acks == null) {
            throw Problem.of(
                            ProblemKind.BAD_PARAMETER,
                            "The parameter acks is " + Problem.quoted(text) + ", it must be all, 1 or 0.")
                    .asException();
        }
        return acks;
    }
}
