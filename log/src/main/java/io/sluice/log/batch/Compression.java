/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.util.Locale;

/** The codecs of a record batch, by their number in the attributes (bits 0-2). */
public enum Compression {
    NONE(0),
    GZIP(1),
    SNAPPY(2),
    LZ4(3),
    ZSTD(4);

    /** A level that asks for the codec's own default. */
    public static final int DEFAULT_LEVEL = Integer.MIN_VALUE;

    private static final Compression[] BY_ID = {NONE, GZIP, SNAPPY, LZ4, ZSTD};

    private final int id;

    Compression(int id) {
        this.id = id;
    }

    /** The number in the attributes. */
    public int id() {
        return id;
    }

    /** @return null if no codec has that number */
    public static Compression ofId(int id) {
        return id >= 0 && id < BY_ID.length ? BY_ID[id] : null;
    }

    /**
     * The codec by its name in {@code compression.type}.
     *
     * @return null for {@code producer}: batches stay as they are
     * @throws IllegalArgumentException for a name that no codec has
     */
    public static Compression ofConfig(String name) {
        return switch (name) {
            case "producer" -> null;
            case "uncompressed", "none" -> NONE;
            default -> valueOf(name.toUpperCase(Locale.ROOT));
        };
    }
}
