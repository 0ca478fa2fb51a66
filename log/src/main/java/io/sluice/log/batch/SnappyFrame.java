/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

/** Constants of the frame that snappy-java puts around its blocks; see {@link Decompressor} for the drawing. */
final class SnappyFrame {
    /** 0x82 "SNAPPY" 0x00. */
    static final long MAGIC = 0x82534e4150505900L;

    /** Magic, version, lowest compatible version. */
    static final int HEADER_BYTES = 16;

    private SnappyFrame() {}
}
