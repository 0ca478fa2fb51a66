/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads CBOR (RFC 8949) from an array, as far as frames have it: no tags, no floats, no simple values but true, false and null. Every length is checked
 * against what is there before anything is made of it. Loops over a map, or an array, of definite or indefinite length:
 *
 * <pre>
 *   for (int left = in.beginMap(); in.hasNext(left); left--) ...
 * </pre>
 *
 * <pre>
 *   7 6 5 4 3 2 1 0
 *  +-----+---------+---------------------------------------+---------+
 *  |major| info    | argument: none (info under 24: itself),| content |
 *  | 0-7 |         | 1, 2, 4, 8 bytes (24 to 27), until a   |         |
 *  |     |         | break (31)                            |         |
 *  +-----+---------+---------------------------------------+---------+
 *  0 unsigned, 1 negative, 2 bytes, 3 text, 4 array, 5 map, 7 false true null (20 21 22), break (31)
 * </pre>
 *
 * Not thread-safe.
 */
final class CborReader {
    private static final int UNSIGNED = 0;
    private static final int NEGATIVE = 1;
    private static final int BYTES = 2;
    private static final int TEXT = 3;
    private static final int ARRAY = 4;
    private static final int MAP = 5;
    private static final int FALSE = 0xf4;
    private static final int TRUE = 0xf5;
    private static final int NULL = 0xf6;
    private static final int BREAK = 0xff;

    private static final int INDEFINITE_INFO = 31;
    private static final int INDEFINITE = -1;
    private static final int MAX_DEPTH = 64;

    private static final String[] MAJORS = {
        "a number", "a negative number", "a byte string", "a text", "an array", "a map", "a tag", "a simple value"
    };

    private final byte[] bytes;
    private final int end;
    private int at;
    private CharsetDecoder utf8;

    CborReader(byte[] bytes, int length) {
        this.bytes = bytes;
        this.end = length;
    }

    boolean isAtEnd() {
        return at == end;
    }

    /** @return the number of pairs, negative if only a break ends them */
    int beginMap() throws CborException {
        return begin(MAP, 2);
    }

    /** @return the number of elements, negative if only a break ends them */
    int beginArray() throws CborException {
        return begin(ARRAY, 1);
    }

    boolean isArrayNext() throws CborException {
        return peek() >> 5 == ARRAY;
    }

    /** Whether there is one more; takes the break. */
    boolean hasNext(int left) throws CborException {
        if (left >= 0) {
            return left > 0;
        }
        if (peek() != BREAK) {
            return true;
        }
        at++;
        return false;
    }

    private int begin(int major, int bytesOfOne) throws CborException {
        int head = expect(major);
        if ((head & 31) == INDEFINITE_INFO) {
            return INDEFINITE;
        }
        long count = argument(head);
        if (count < 0 || count > (end - at) / bytesOfOne) {
            throw wrong(MAJORS[major] + " of " + Long.toUnsignedString(count) + ", longer than the frame");
        }
        return (int) count;
    }

    String text() throws CborException {
        int head = expect(TEXT);
        if ((head & 31) != INDEFINITE_INFO) {
            return decode(length(head));
        }
        StringBuilder joined = new StringBuilder();
        while (hasNext(INDEFINITE)) {
            joined.append(decode(length(expect(TEXT))));
        }
        return joined.toString();
    }

    /** The only character of a text of one; 0, and nothing read, if the text is another. */
    char shortName() {
        if (end - at >= 2 && bytes[at] == 0x61 && bytes[at + 1] > 0) {
            at += 2;
            return (char) bytes[at - 1];
        }
        return 0;
    }

    /** Null if it is null. */
    byte[] bytesOrNull() throws CborException {
        if (takeNull()) {
            return null;
        }
        int head = expect(BYTES);
        if ((head & 31) != INDEFINITE_INFO) {
            int length = length(head);
            at += length;
            return Arrays.copyOfRange(bytes, at - length, at);
        }
        byte[] joined = {};
        while (hasNext(INDEFINITE)) {
            int length = length(expect(BYTES));
            joined = Arrays.copyOf(joined, joined.length + length);
            System.arraycopy(bytes, at, joined, joined.length - length, length);
            at += length;
        }
        return joined;
    }

    long number() throws CborException {
        int head = peek();
        int major = head >> 5;
        if (major != UNSIGNED && major != NEGATIVE) {
            throw unexpected("a number", head);
        }
        at++;
        long argument = argument(head);
        if (argument < 0) {
            throw wrong("a number beyond 64 bits");
        }
        return major == UNSIGNED ? argument : ~argument;
    }

    /** A number that is an offset or a count. */
    long natural() throws CborException {
        int start = at;
        long number = number();
        if (number < 0) {
            at = start;
            throw wrong("expected a number that is not negative, got " + number);
        }
        return number;
    }

    int naturalInt() throws CborException {
        int start = at;
        long number = natural();
        if (number > Integer.MAX_VALUE) {
            at = start;
            throw wrong("expected a number up to 2^31 - 1, got " + number);
        }
        return (int) number;
    }

    boolean bool() throws CborException {
        int head = peek();
        if (head != TRUE && head != FALSE) {
            throw unexpected("true or false", head);
        }
        at++;
        return head == TRUE;
    }

    boolean takeNull() throws CborException {
        if (peek() != NULL) {
            return false;
        }
        at++;
        return true;
    }

    /** Passes over a value of any type. */
    void skip() throws CborException {
        skip(0);
    }

    private void skip(int depth) throws CborException {
        if (depth > MAX_DEPTH) {
            throw wrong("deeper than " + MAX_DEPTH);
        }
        int head = peek();
        switch (head >> 5) {
            case UNSIGNED, NEGATIVE -> number();
            case BYTES -> bytesOrNull();
            case TEXT -> text();
            case ARRAY -> {
                for (int left = beginArray(); hasNext(left); left--) {
                    skip(depth + 1);
                }
            }
            case MAP -> {
                for (int left = beginMap(); hasNext(left); left--) {
                    skip(depth + 1);
                    skip(depth + 1);
                }
            }
            default -> skipSimple(head, depth);
        }
    }

    private void skipSimple(int head, int depth) throws CborException {
        if (head == BREAK) {
            throw wrong("a break that ends nothing");
        }
        at++;
        argument(head);
        if (head >> 5 == 6) {
            // what is tagged
            skip(depth + 1);
        }
    }

    private String decode(int length) throws CborException {
        int start = at;
        at += length;
        for (int i = start; i < at; i++) {
            if (bytes[i] < 0) {
                return decodeUtf8(start, length);
            }
        }
        return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
    }

    private String decodeUtf8(int start, int length) throws CborException {
        if (utf8 == null) {
            utf8 = StandardCharsets.UTF_8.newDecoder();
        }
        try {
            return utf8.decode(ByteBuffer.wrap(bytes, start, length)).toString();
        } catch (CharacterCodingException e) {
            at = start;
            throw wrong("a text that is not UTF-8");
        }
    }

    /** The length of a string that is there as a whole. */
    private int length(int head) throws CborException {
        if ((head & 31) == INDEFINITE_INFO) {
            throw wrong("a string inside a piece of a string");
        }
        long length = argument(head);
        if (length < 0 || length > end - at) {
            throw wrong("a string of " + Long.toUnsignedString(length) + " bytes where " + (end - at) + " are left");
        }
        return (int) length;
    }

    private int expect(int major) throws CborException {
        int head = peek();
        if (head >> 5 != major) {
            throw unexpected(MAJORS[major], head);
        }
        at++;
        return head;
    }

    private long argument(int head) throws CborException {
        int info = head & 31;
        if (info < 24) {
            return info;
        }
        if (info > 27) {
            throw wrong("a head that RFC 8949 does not allow");
        }
        int size = 1 << (info - 24);
        if (end - at < size) {
            throw wrong("the frame ends inside a value");
        }
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | (bytes[at++] & 0xff);
        }
        return value;
    }

    private int peek() throws CborException {
        if (at >= end) {
            throw wrong("the frame ends too early");
        }
        return bytes[at] & 0xff;
    }

    private CborException unexpected(String expected, int head) {
        String got = head == NULL
                ? "null"
                : head == TRUE ? "true" : head == FALSE ? "false" : head == BREAK ? "a break" : MAJORS[head >> 5];
        return wrong("expected " + expected + ", got " + got);
    }

    private CborException wrong(String what) {
        return new CborException("byte " + at + ": " + what);
    }
}
