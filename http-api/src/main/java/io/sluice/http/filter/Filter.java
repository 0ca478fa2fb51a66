/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

import io.sluice.actors.subscription.RecordFilter;
import io.sluice.http.filter.Expression.Literal;
import io.sluice.log.batch.Record;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A filter, ready to be asked. The value is parsed at most once a record, and only where the answer does not hang on the rest alone. Thread-safe.
 */
public final class Filter implements RecordFilter {
    /** Characters that a filter may have. */
    public static final int MAX_LENGTH = 4096;

    private final String text;
    private final Expression expression;
    private final JsonFields jsonFields;

    private Filter(String text, Expression expression, JsonFields jsonFields) {
        this.text = text;
        this.expression = expression;
        this.jsonFields = jsonFields;
    }

    /** @throws FilterSyntaxException says what is wrong with it, and where */
    public static Filter parse(String text) throws FilterSyntaxException {
        if (text.length() > MAX_LENGTH) {
            throw new FilterSyntaxException(MAX_LENGTH + 1, "longer than " + MAX_LENGTH + " characters");
        }
        JsonFields.Builder jsonFields = new JsonFields.Builder();
        Expression expression = new FilterParser(text, jsonFields).parse();
        return new Filter(text, expression, jsonFields.build());
    }

    @Override
    public boolean matches(String topic, int partition, Record record) {
        return new Question(partition, record).holds(expression);
    }

    @Override
    public String toString() {
        return text;
    }

    /** About one record. */
    private final class Question {
        private final int partition;
        private final Record record;
        private Literal[] json;

        private Question(int partition, Record record) {
            this.partition = partition;
            this.record = record;
        }

        private boolean holds(Expression asked) {
            if (asked instanceof Expression.Compare compare) {
                return compare(value(compare.field()), compare.operator(), compare.literal());
            }
            if (asked instanceof Expression.And and) {
                return holds(and.left()) && holds(and.right());
            }
            if (asked instanceof Expression.Or or) {
                return holds(or.left()) || holds(or.right());
            }
            if (asked instanceof Expression.Not not) {
                return !holds(not.inner());
            }
            if (asked instanceof Expression.Exists exists) {
                return value(exists.field()) != null;
            }
            if (asked instanceof Expression.In in) {
                Literal value = value(in.field());
                return in.literals().stream().anyMatch(literal -> compare(value, Expression.Operator.EQUAL, literal));
            }
            if (asked instanceof Expression.StartsWith startsWith) {
                return value(startsWith.field()) instanceof Expression.Text t
                        && t.text().startsWith(startsWith.prefix());
            }
            Expression.Matches matches = (Expression.Matches) asked;
            return value(matches.field()) instanceof Expression.Text t
                    && matches.glob().matches(t.text());
        }

        private static boolean compare(Literal value, Expression.Operator operator, Literal literal) {
            if (value instanceof Expression.Number number && literal instanceof Expression.Number other) {
                return operator.holds(number.compareTo(other));
            }
            if (value instanceof Expression.Text t && literal instanceof Expression.Text other) {
                return operator.holds(t.text().compareTo(other.text()));
            }
            boolean equal = value instanceof Expression.Constant && value == literal;
            return operator == Expression.Operator.NOT_EQUAL ? !equal : operator == Expression.Operator.EQUAL && equal;
        }

        /** Null where there is nothing. */
        private Literal value(Field field) {
            if (field instanceof Field.Json at) {
                if (json == null) {
                    json = jsonFields.find(record.value());
                }
                return json[at.slot()];
            }
            if (field instanceof Field.Header header) {
                return header(header.name());
            }
            return field == Field.Key.INSTANCE ? text(record.key()) : new Expression.Number(partition, null);
        }

        private Literal header(String name) {
            for (Record.Header header : record.headers()) {
                if (header.key().equals(name)) {
                    Literal value = text(header.value());
                    return value == null ? Expression.Constant.NULL : value;
                }
            }
            return null;
        }

        /** The buffer is shared: its position stays. */
        private static Literal text(ByteBuffer bytes) {
            if (bytes == null) {
                return null;
            }
            byte[] copy = new byte[bytes.remaining()];
            bytes.get(bytes.position(), copy);
            return new Expression.Text(new String(copy, StandardCharsets.UTF_8));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Filter that && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }
}
