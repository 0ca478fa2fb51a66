/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

/** The codecs of a record batch, by their number in the attributes (bits 0-2). */
public enum Compression {
    NONE,
    GZIP,
    SNAPPY,
    LZ4,
    ZSTD
}
