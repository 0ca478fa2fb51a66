/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

import io.sluice.http.filter.Expression.Literal;
import io.sluice.http.filter.Expression.Operator;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Reads a filter by recursive descent:
 *
 * <pre>
 *  either     = both { "||" both }
 *  both       = single { "&amp;&amp;" single }
 *  single     = "!" single | "(" either ")" | test
 *  test       = field [ compare literal | "in" "[" literal { "," literal } "]" | "startsWith" string | "glob" string ]
 *  compare    = "==" | "!=" | "&lt;" | "&lt;=" | "&gt;" | "&gt;="
 *  field      = "key" | "partition" | "headers" ( "." name | "[" string "]" ) | "$" { "." name | "[" string "]" | "[" index "]" }
 *  literal    = string | number | "true" | "false" | "null"
 * </pre>
 */
final class FilterParser {
    /** Parentheses and negations within each other. */
    static final int MAX_DEPTH = 64;

    private static final BigDecimal MAX_INDEX = BigDecimal.valueOf(Integer.MAX_VALUE);

    private static final Map<String, Operator> OPERATORS = Map.of(
            "==", Operator.EQUAL,
            "!=", Operator.NOT_EQUAL,
            "<", Operator.LESS,
            "<=", Operator.LESS_OR_EQUAL,
            ">", Operator.GREATER,
            ">=", Operator.GREATER_OR_EQUAL);

    private final List<Token> tokens;
    private final JsonFields.Builder jsonFields;
    private int at;
    private int depth;

    FilterParser(String text, JsonFields.Builder jsonFields) throws FilterSyntaxException {
        this.tokens = new FilterLexer(text).tokens();
        this.jsonFields = jsonFields;
    }

    Expression parse() throws FilterSyntaxException {
        Expression expression = either();
        if (peek().kind() != Token.Kind.END) {
            throw wrong("expected &&, || or the end, got " + peek().described());
        }
        return expression;
    }

    private Expression either() throws FilterSyntaxException {
        Expression left = both();
        while (accept("||")) {
            left = new Expression.Or(left, both());
        }
        return left;
    }

    private Expression both() throws FilterSyntaxException {
        Expression left = single();
        while (accept("&&")) {
            left = new Expression.And(left, single());
        }
        return left;
    }

    private Expression single() throws FilterSyntaxException {
        if (!peek().is("!") && !peek().is("(")) {
            return test();
        }
        if (++depth > MAX_DEPTH) {
            throw wrong("more than " + MAX_DEPTH + " parentheses and negations within each other");
        }
        Expression inner;
        if (accept("!")) {
            inner = new Expression.Not(single());
        } else {
            at++;
            inner = either();
            expect(")");
        }
        depth--;
        return inner;
    }

    private Expression test() throws FilterSyntaxException {
        Field field = field();
        Operator operator = peek().kind() == Token.Kind.SYMBOL ? OPERATORS.get(peek().text()) : null;
        if (operator != null) {
            at++;
            return compare(field, operator);
        }
        if (field == Field.Partition.INSTANCE && (peek().is("startsWith") || peek().is("glob"))) {
            throw wrong("partition is a number, " + peek().text() + " is for text");
        }
        if (accept("startsWith")) {
            return new Expression.StartsWith(field, string("startsWith"));
        }
        if (accept("glob")) {
            return new Expression.Matches(field, new Glob(string("glob")));
        }
        if (accept("in")) {
            return new Expression.In(field, literals(field));
        }
        return new Expression.Exists(field);
    }

    private Expression compare(Field field, Operator operator) throws FilterSyntaxException {
        Token token = peek();
        Literal literal = literal(field);
        boolean ordered = operator != Operator.EQUAL && operator != Operator.NOT_EQUAL;
        if (ordered && literal instanceof Expression.Constant) {
            throw new FilterSyntaxException(
                    token.position(), token.described() + " has no order: only == and != compare with it");
        }
        return new Expression.Compare(field, operator, literal);
    }

    /** Keys, headers and the partition are always of one type: what compares them with another can never hold, and was not meant. */
    private Literal literal(Field field) throws FilterSyntaxException {
        Token token = peek();
        Literal literal = literal();
        boolean number = literal instanceof Expression.Number;
        if (field == Field.Partition.INSTANCE && !number) {
            throw new FilterSyntaxException(token.position(), "partition is a number, not " + token.described());
        }
        boolean isText = field == Field.Key.INSTANCE || field instanceof Field.Header;
        if (isText && (number || literal == Expression.Constant.TRUE || literal == Expression.Constant.FALSE)) {
            throw new FilterSyntaxException(
                    token.position(), "keys and headers are text: \"" + token.text() + "\" stands in quotes");
        }
        return literal;
    }

    private List<Literal> literals(Field field) throws FilterSyntaxException {
        List<Literal> literals = new ArrayList<>();
        expect("[");
        do {
            literals.add(literal(field));
        } while (accept(","));
        expect("]");
        return List.copyOf(literals);
    }

    private Literal literal() throws FilterSyntaxException {
        Token token = next();
        if (token.kind() == Token.Kind.STRING) {
            return new Expression.Text(token.text());
        }
        if (token.kind() == Token.Kind.NUMBER) {
            return number(token);
        }
        if (token.is("true")) {
            return Expression.Constant.TRUE;
        }
        if (token.is("false")) {
            return Expression.Constant.FALSE;
        }
        if (token.is("null")) {
            return Expression.Constant.NULL;
        }
        at--;
        throw wrong("expected a string, a number, true, false or null, got " + token.described());
    }

    private static Literal number(Token token) throws FilterSyntaxException {
        try {
            return JsonFields.number(new BigDecimal(token.text()));
        } catch (NumberFormatException e) {
            throw new FilterSyntaxException(token.position(), "the number is out of range");
        }
    }

    private String string(String operator) throws FilterSyntaxException {
        if (peek().kind() != Token.Kind.STRING) {
            throw wrong("expected a string after " + operator + ", got " + peek().described());
        }
        return next().text();
    }

    private Field field() throws FilterSyntaxException {
        Token token = peek();
        if (token.kind() == Token.Kind.ROOT) {
            at++;
            return json();
        }
        if (accept("key")) {
            return Field.Key.INSTANCE;
        }
        if (accept("partition")) {
            return Field.Partition.INSTANCE;
        }
        if (accept("headers")) {
            return header();
        }
        throw wrong("expected key, partition, headers or $, got " + token.described());
    }

    private Field header() throws FilterSyntaxException {
        if (accept(".")) {
            return new Field.Header(name());
        }
        expect("[");
        String name = string("[");
        expect("]");
        return new Field.Header(name);
    }

    private Field json() throws FilterSyntaxException {
        List<Object> path = new ArrayList<>();
        while (true) {
            if (accept(".")) {
                path.add(name());
            } else if (accept("[")) {
                path.add(peek().kind() == Token.Kind.STRING ? next().text() : (Object) index());
                expect("]");
            } else {
                return new Field.Json(jsonFields.slot(path));
            }
        }
    }

    private String name() throws FilterSyntaxException {
        if (peek().kind() != Token.Kind.NAME) {
            throw wrong("expected a name after '.', got " + peek().described());
        }
        return next().text();
    }

    private Integer index() throws FilterSyntaxException {
        Token token = peek();
        if (token.kind() != Token.Kind.NUMBER
                || !token.text().chars().allMatch(c -> c >= '0' && c <= '9')
                || new BigDecimal(token.text()).compareTo(MAX_INDEX) > 0) {
            throw wrong("expected the name of a field in quotes or an index from 0 on, got " + token.described());
        }
        at++;
        return Integer.valueOf(token.text());
    }

    private Token peek() {
        return tokens.get(at);
    }

    private Token next() {
        return tokens.get(at++);
    }

    private boolean accept(String symbolOrName) {
        if (peek().is(symbolOrName)) {
            at++;
            return true;
        }
        return false;
    }

    private void expect(String symbol) throws FilterSyntaxException {
        if (!accept(symbol)) {
            throw wrong("expected '" + symbol + "', got " + peek().described());
        }
    }

    private FilterSyntaxException wrong(String message) {
        return new FilterSyntaxException(peek().position(), message);
    }
}
