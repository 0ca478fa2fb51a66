/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.filter;

import java.util.ArrayList;
import java.util.List;

/** Cuts a filter into words. */
final class FilterLexer {
    private static final List<String> SYMBOLS =
            List.of("==", "!=", "<=", ">=", "&&", "||", "<", ">", "!", "(", ")", "[", "]", ".", ",");

    private final String text;
    private int at;

    FilterLexer(String text) {
        this.text = text;
    }

    /** Ends with one of kind {@code END}. */
    List<Token> tokens() throws FilterSyntaxException {
        List<Token> tokens = new ArrayList<>();
        while (true) {
            while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
                at++;
            }
            if (at == text.length()) {
                tokens.add(new Token(Token.Kind.END, "", at + 1));
                return tokens;
            }
            tokens.add(next());
        }
    }

    private Token next() throws FilterSyntaxException {
        int from = at;
        char c = text.charAt(at);
        if (c == '"' || c == '\'') {
            return new Token(Token.Kind.STRING, string(c), from + 1);
        }
        if (c == '$' && !isNamePart(charAt(at + 1))) {
            at++;
            return new Token(Token.Kind.ROOT, "$", from + 1);
        }
        if (isDigit(c) || (c == '-' && isDigit(charAt(at + 1)))) {
            number();
            return new Token(Token.Kind.NUMBER, text.substring(from, at), from + 1);
        }
        if (isNameStart(c)) {
            while (isNamePart(charAt(at))) {
                at++;
            }
            return new Token(Token.Kind.NAME, text.substring(from, at), from + 1);
        }
        for (String symbol : SYMBOLS) {
            if (text.startsWith(symbol, at)) {
                at += symbol.length();
                return new Token(Token.Kind.SYMBOL, symbol, from + 1);
            }
        }
        throw new FilterSyntaxException(from + 1, "'" + c + "' does not belong here");
    }

    private String string(char quote) throws FilterSyntaxException {
        int from = at;
        at++;
        StringBuilder string = new StringBuilder();
        while (at < text.length() && text.charAt(at) != quote) {
            char c = text.charAt(at++);
            string.append(c == '\\' ? escape() : c);
        }
        if (at == text.length()) {
            throw new FilterSyntaxException(from + 1, "the string has no end");
        }
        at++;
        return string.toString();
    }

    private char escape() throws FilterSyntaxException {
        char c = charAt(at++);
        return switch (c) {
            case '\\', '"', '\'', '/' -> c;
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> unicode();
            default ->
                throw new FilterSyntaxException(
                        at - 1, "not an escape: one of \\\\ \\\" \\' \\/ \\n \\r \\t \\uXXXX is");
        };
    }

    private char unicode() throws FilterSyntaxException {
        int code = 0;
        for (int i = 0; i < 4; i++) {
            int digit = Character.digit(charAt(at), 16);
            if (digit < 0) {
                throw new FilterSyntaxException(at + 1, "expected four hexadecimal digits after \\u");
            }
            code = code * 16 + digit;
            at++;
        }
        return (char) code;
    }

    private void number() throws FilterSyntaxException {
        if (text.charAt(at) == '-') {
            at++;
        }
        digits();
        if (charAt(at) == '.') {
            at++;
            digits();
        }
        if (charAt(at) == 'e' || charAt(at) == 'E') {
            at++;
            if (charAt(at) == '+' || charAt(at) == '-') {
                at++;
            }
            digits();
        }
        if (isNamePart(charAt(at))) {
            throw new FilterSyntaxException(at + 1, "'" + charAt(at) + "' does not belong to a number");
        }
    }

    private void digits() throws FilterSyntaxException {
        if (!isDigit(charAt(at))) {
            throw new FilterSyntaxException(at + 1, "expected a digit");
        }
        while (isDigit(charAt(at))) {
            at++;
        }
    }

    /** 0 behind the end. */
    private char charAt(int index) {
        return index < text.length() ? text.charAt(index) : 0;
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isNameStart(char c) {
        return c == '_' || Character.isLetter(c);
    }

    /** With dashes, as names of headers and of JSON often have: {@code headers.content-type}. */
    private static boolean isNamePart(char c) {
        return c == '_' || c == '-' || Character.isLetterOrDigit(c);
    }
}
