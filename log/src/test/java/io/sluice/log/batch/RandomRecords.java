/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Records of all shapes out of a seed: without key, value or headers, empty, compressible and not. */
public final class RandomRecords {
    private RandomRecords() {}

    /** Offsets from 0 on. */
    public static List<Record> records(long seed, int count) {
        Random random = new Random(seed);
        List<Record> records = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Record.Header> headers = new ArrayList<>();
            for (int h = random.nextInt(10) - 7; h > 0; h--) {
                headers.add(new Record.Header("h" + random.nextInt(3), bytes(random, 20)));
            }
            long timestampMs = 1_700_000_000_000L + random.nextInt(2_000_000) - 1_000_000;
            records.add(new Record(i, timestampMs, bytes(random, 30), bytes(random, 2000), headers));
        }
        return records;
    }

    private static ByteBuffer bytes(Random random, int maxLength) {
        if (random.nextInt(5) == 0) {
            return null;
        }
        byte[] bytes = new byte[random.nextInt(maxLength)];
        if (random.nextBoolean()) {
            random.nextBytes(bytes);
        }
        return ByteBuffer.wrap(bytes);
    }
}
