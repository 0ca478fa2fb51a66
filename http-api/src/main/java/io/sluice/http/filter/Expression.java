/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

import java.math.BigDecimal;
import java.util.List;

/** A filter, parsed. */
sealed interface Expression {
    record And(Expression left, Expression right) implements Expression {}

    record Or(Expression left, Expression right) implements Expression {}

    record Not(Expression inner) implements Expression {}

    /** The field is there. */
    record Exists(Field field) implements Expression {}

    /** Of a type that the field may have or not: where it hasn't, or isn't there, no comparison holds but {@code !=}. */
    record Compare(Field field, Operator operator, Literal literal) implements Expression {}

    /** Equal to one of them. */
    record In(Field field, List<Literal> literals) implements Expression {}

    /** The field is a text that begins so. */
    record StartsWith(Field field, String prefix) implements Expression {}

    /** The field is a text that matches as a whole. */
    record Matches(Field field, Glob glob) implements Expression {}

    /** How two values may be compared. Order is for numbers and, by code unit, for texts. */
    enum Operator {
        EQUAL,
        NOT_EQUAL,
        LESS,
        LESS_OR_EQUAL,
        GREATER,
        GREATER_OR_EQUAL;

        /** @param order as of {@link Comparable#compareTo} */
        boolean holds(int order) {
            return switch (this) {
                case EQUAL -> order == 0;
                case NOT_EQUAL -> order != 0;
                case LESS -> order < 0;
                case LESS_OR_EQUAL -> order <= 0;
                case GREATER -> order > 0;
                case GREATER_OR_EQUAL -> order >= 0;
            };
        }
    }

    /** A value in a filter; also what is found in a record. */
    sealed interface Literal {}

    record Text(String text) implements Literal {}

    /** {@code decimal} is null where the number is whole and fits a long, which is the usual case. */
    record Number(long whole, BigDecimal decimal) implements Literal {
        static Number of(BigDecimal decimal) {
            try {
                return new Number(decimal.longValueExact(), null);
            } catch (ArithmeticException e) {
                return new Number(0, decimal);
            }
        }

        int compareTo(Number other) {
            return decimal == null && other.decimal == null
                    ? Long.compare(whole, other.whole)
                    : exact().compareTo(other.exact());
        }

        private BigDecimal exact() {
            return decimal == null ? BigDecimal.valueOf(whole) : decimal;
        }
    }

    /** {@code true}, {@code false} and {@code null}; and what only exists: an object or an array. */
    enum Constant implements Literal {
        TRUE,
        FALSE,
        NULL,
        STRUCTURE
    }
}
