/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.bench.ways;

import java.util.Arrays;

/** Values of one size that begin with the number of their record, in decimal digits, so that whoever reads them knows which it is. */
final class Numbered {
    static final int DIGITS = 10;

    private Numbered() {}

    static byte[] value(long number, int size) {
        byte[] value = new byte[size];
        Arrays.fill(value, (byte) 'x');
        write(number, value, 0);
        return value;
    }

    static void write(long number, byte[] into, int at) {
        long left = number;
        for (int i = DIGITS - 1; i >= 0; i--) {
            into[at + i] = (byte) ('0' + left % 10);
            left /= 10;
        }
    }

    static long read(byte[] from, int at) {
        long number = 0;
        for (int i = 0; i < DIGITS; i++) {
            number = number * 10 + (from[at + i] - '0');
        }
        return number;
    }
}
