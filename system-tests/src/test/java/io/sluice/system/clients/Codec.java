/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import java.util.Locale;

/** A compression codec of the record batch; {@code ordinal()} is its number in the batch's attributes. */
enum Codec {
    NONE,
    GZIP,
    SNAPPY,
    LZ4,
    ZSTD;

    /** The name that Kafka's configuration uses. */
    String configName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
