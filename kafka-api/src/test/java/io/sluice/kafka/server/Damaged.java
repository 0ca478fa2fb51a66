/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * A request with something wrong.
 *
 * @param framed its length is right, so that what follows on the connection is understood
 */
@SuppressWarnings("ArrayRecordComponent") // nobody compares them
record Damaged(byte[] bytes, boolean framed) {
    private static final int HEAD = 4 + 2 + 2 + 4;
    private static final int[] NUMBERS = {
        -1, 0, 1, -2, 127, 128, 255, 1_000_000, 1_000_001, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x7fff, 0x8000
    };

    static Damaged of(List<byte[]> seeds, Random random) {
        byte[] bytes = seeds.get(random.nextInt(seeds.size())).clone();
        boolean framed = true;
        for (int times = 1 + random.nextInt(3); times > 0; times--) {
            switch (random.nextInt(8)) {
                case 0, 1 -> flipBit(bytes, random);
                case 2 -> setNumber(bytes, random);
                case 3 -> bytes = insert(bytes, random);
                case 4 -> bytes = remove(bytes, random);
                case 5 -> bytes = splice(bytes, seeds.get(random.nextInt(seeds.size())), random);
                case 6 -> ByteBuffer.wrap(bytes).putShort(6, (short) (random.nextInt(24) - 4));
                default -> framed &= random.nextInt(4) != 0;
            }
        }
        if (framed) {
            ByteBuffer.wrap(bytes).putInt(0, bytes.length - 4);
        } else {
            ByteBuffer.wrap(bytes).putInt(0, NUMBERS[random.nextInt(NUMBERS.length)] + random.nextInt(3));
        }
        return new Damaged(bytes, framed);
    }

    private static int somewhere(byte[] bytes, Random random) {
        return bytes.length <= HEAD ? bytes.length - 1 : HEAD + random.nextInt(bytes.length - HEAD);
    }

    private static void flipBit(byte[] bytes, Random random) {
        int at = somewhere(bytes, random);
        bytes[at] ^= (byte) (1 << random.nextInt(8));
    }

    private static void setNumber(byte[] bytes, Random random) {
        int at = somewhere(bytes, random);
        int number = NUMBERS[random.nextInt(NUMBERS.length)];
        if (at + 4 <= bytes.length) {
            ByteBuffer.wrap(bytes).putInt(at, number);
        } else {
            bytes[at] = (byte) number;
        }
    }

    private static byte[] insert(byte[] bytes, Random random) {
        int at = somewhere(bytes, random);
        byte[] more = new byte[1 + random.nextInt(64)];
        random.nextBytes(more);
        byte[] longer = Arrays.copyOf(bytes, bytes.length + more.length);
        System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
        System.arraycopy(more, 0, longer, at, more.length);
        return longer;
    }

    private static byte[] remove(byte[] bytes, Random random) {
        return bytes.length <= HEAD ? bytes : Arrays.copyOf(bytes, somewhere(bytes, random));
    }

    private static byte[] splice(byte[] bytes, byte[] other, Random random) {
        int at = somewhere(bytes, random);
        int from = somewhere(other, random);
        byte[] joined = Arrays.copyOf(bytes, at + other.length - from);
        System.arraycopy(other, from, joined, at, other.length - from);
        return joined;
    }
}
