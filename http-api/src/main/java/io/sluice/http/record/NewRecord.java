/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.log.batch.Record;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A record that somebody wants to have written.
 *
 * @param partition -1 for the one that the key gives, or any without a key
 * @param timestampMs -1 for now
 * @param key null if it has none
 * @param value null for a tombstone
 */
public record NewRecord(int partition, long timestampMs, byte[] key, byte[] value, List<Record.Header> headers) {
    public static final int ANY_PARTITION = -1;
    public static final long NOW = -1;

    /** Lengths and deltas of a record in a batch, and of each of its headers, at most. */
    private static final int OVERHEAD_BYTES = 40;

    private static final int HEADER_OVERHEAD_BYTES = 10;

    /** One that the broker puts where its key belongs, and gives the time of its arrival. */
    public static NewRecord of(byte[] key, byte[] value) {
        return new NewRecord(ANY_PARTITION, NOW, key, value, List.of());
    }

    /** The same of text, in UTF-8; null stays null. */
    public static NewRecord of(String key, String value) {
        return of(bytes(key), bytes(value));
    }

    private static byte[] bytes(String text) {
        return text == null ? null : text.getBytes(StandardCharsets.UTF_8);
    }

    /** The same for a partition that was chosen. */
    public NewRecord in(int chosen) {
        return new NewRecord(chosen, timestampMs, key, value, headers);
    }

    /** Neither a partition nor a key says where to. */
    boolean goesAnywhere() {
        return partition == ANY_PARTITION && key == null;
    }

    /** What it takes in a batch, at most. */
    public long sizeMax() {
        long size = OVERHEAD_BYTES + (key == null ? 0L : key.length) + (value == null ? 0L : value.length);
        for (Record.Header header : headers) {
            // a character is at most three bytes of UTF-8
            size += HEADER_OVERHEAD_BYTES
                    + 3L * header.key().length()
                    + (header.value() == null ? 0 : header.value().remaining());
        }
        return size;
    }
}
