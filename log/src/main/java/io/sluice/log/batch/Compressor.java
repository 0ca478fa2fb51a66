/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4FrameOutputStream;
import net.jpountz.xxhash.XXHashFactory;
import org.xerial.snappy.SnappyOutputStream;

/** Wraps a stream so that what is written to it arrives compressed, as Kafka's clients read it. */
final class Compressor {
    private static final int SNAPPY_BLOCK_BYTES = 32 * 1024;
    private static final int GZIP_BUFFER_BYTES = 8 * 1024;

    private Compressor() {}

    /** @param level of the codec, or {@link Compression#DEFAULT_LEVEL} */
    static OutputStream wrap(Compression codec, int level, OutputStream out) throws IOException {
        boolean standard = level == Compression.DEFAULT_LEVEL;
        return switch (codec) {
            case NONE -> out;
            case GZIP -> gzip(out, standard ? Deflater.DEFAULT_COMPRESSION : level);
            case SNAPPY -> new SnappyOutputStream(out, SNAPPY_BLOCK_BYTES);
            case LZ4 ->
                new LZ4FrameOutputStream(
                        out,
                        LZ4FrameOutputStream.BLOCKSIZE.SIZE_64KB,
                        -1L,
                        standard
                                ? LZ4Factory.fastestInstance().fastCompressor()
                                : LZ4Factory.fastestInstance().highCompressor(level),
                        XXHashFactory.fastestInstance().hash32(),
                        LZ4FrameOutputStream.FLG.Bits.BLOCK_INDEPENDENCE);
            case ZSTD ->
                new ZstdOutputStreamNoFinalizer(
                        out, RecyclingBufferPool.INSTANCE, standard ? Zstd.defaultCompressionLevel() : level);
        };
    }

    private static OutputStream gzip(OutputStream out, int level) throws IOException {
        return new GZIPOutputStream(out, GZIP_BUFFER_BYTES) {
            {
                def.setLevel(level);
            }
        };
    }
}
