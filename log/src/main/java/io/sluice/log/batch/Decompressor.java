/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import com.github.luben.zstd.RecyclingBufferPool;
import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.zip.GZIPInputStream;
import net.jpountz.lz4.LZ4Exception;
import net.jpountz.lz4.LZ4Factory;
import net.jpountz.lz4.LZ4SafeDecompressor;
import org.xerial.snappy.Snappy;

/**
 * Undoes the compression of a batch's records into memory of its own, never beyond a limit. Keeps that memory for the
 * next batch. Not thread-safe.
 */
public final class Decompressor {
    /** Kept between batches; a batch that needed more gives it back. */
    static final int KEPT_BYTES = 4 << 20;

    private static final LZ4SafeDecompressor LZ4 = LZ4Factory.fastestInstance().safeDecompressor();

    private final int maxBytes;
    private GrowableBuffer out;
    private byte[] input = new byte[0];

    /** @param maxBytes the most that a batch may grow to */
    public Decompressor(int maxBytes) {
        this.maxBytes = maxBytes;
        this.out = new GrowableBuffer(maxBytes);
    }

    /**
     * The records of a batch, uncompressed.
     *
     * @param compressed between position and limit, which stay as they are
     * @return valid until the next call; {@code compressed} itself (a view) where the codec is {@link Compression#NONE}
     * @throws BatchTooLargeException beyond the limit
     * @throws CorruptBatchException if the bytes are not what the codec writes
     */
    public ByteBuffer decompress(Compression codec, ByteBuffer compressed) throws CorruptBatchException {
        if (codec == Compression.NONE) {
            return compressed.slice();
        }
        if (out.capacity() > KEPT_BYTES) {
            out = new GrowableBuffer(maxBytes);
        }
        out.clear();
        ByteBuffer in = compressed.slice();
        try {
            switch (codec) {
                case GZIP -> copy(new GZIPInputStream(new BufferInputStream(in)));
                case SNAPPY -> snappy(in);
                case LZ4 -> lz4(in);
                case ZSTD ->
                    copy(new ZstdInputStreamNoFinalizer(new BufferInputStream(in), RecyclingBufferPool.INSTANCE));
                default -> throw new IllegalStateException(codec.toString());
            }
        } catch (CorruptBatchException e) {
            throw e;
        } catch (IOException
                | LZ4Exception
                | IndexOutOfBoundsException
                | IllegalArgumentException
                | BufferUnderflowException e) {
            throw new CorruptBatchException("not valid " + codec + " data: " + e.getMessage(), e);
        }
        return out.view();
    }

    private void copy(InputStream from) throws IOException {
        try (from) {
            while (true) {
                // One byte more than allowed is asked for: only then is it known that the limit is passed.
                int room = Math.max(1, Math.min(out.capacity() - out.size(), out.remainingToLimit()));
                if (!out.reserve(room)) {
                    if (from.read() < 0) {
                        return;
                    }
                    throw new BatchTooLargeException(maxBytes);
                }
                int read = from.read(out.array(), out.size(), room);
                if (read < 0) {
                    return;
                }
                out.advance(read);
            }
        }
    }

    /**
     * Snappy in the frame of snappy-java (Kafka's clients) or bare (librdkafka).
     *
     * <pre>
     *   0x82 'S' 'N' 'A' 'P' 'P' 'Y' 0x00 | version int32 | lowest compatible version int32 | { length int32 | block }*
     * </pre>
     */
    private void snappy(ByteBuffer in) throws IOException {
        if (in.remaining() >= SnappyFrame.HEADER_BYTES && in.getLong(0) == SnappyFrame.MAGIC) {
            in.position(SnappyFrame.HEADER_BYTES);
            while (in.hasRemaining()) {
                int length = in.getInt();
                if (length < 0 || length > in.remaining()) {
                    throw new CorruptBatchException("snappy block of " + length + " bytes in " + in.remaining());
                }
                snappyBlock(in.slice(in.position(), length));
                in.position(in.position() + length);
            }
        } else {
            snappyBlock(in);
        }
    }

    private void snappyBlock(ByteBuffer block) throws IOException {
        int length = block.remaining();
        if (input.length < length) {
            input = new byte[length];
        }
        block.get(0, input, 0, length);
        int grown = Snappy.uncompressedLength(input, 0, length);
        if (grown < 0 || !out.reserve(grown)) {
            throw new BatchTooLargeException(maxBytes);
        }
        out.advance(Snappy.uncompress(input, 0, length, out.array(), out.size()));
    }

    /** LZ4 frames, one after another, with independent blocks (as Kafka's clients ask for). */
    private void lz4(ByteBuffer in) throws IOException {
        while (in.hasRemaining()) {
            Lz4Frame frame = Lz4Frame.read(in);
            if (frame == null) {
                continue;
            }
            for (int size = frame.nextBlock(in); size != 0; size = frame.nextBlock(in)) {
                int length = size & ~Lz4Frame.RAW_BLOCK;
                if (length > in.remaining()) {
                    throw new CorruptBatchException("LZ4 block of " + length + " bytes in " + in.remaining());
                }
                if (size < 0) {
                    if (!out.reserve(length)) {
                        throw new BatchTooLargeException(maxBytes);
                    }
                    out.put(in.slice(in.position(), length));
                } else {
                    lz4Block(in, length, frame.maxBlockBytes());
                }
                in.position(in.position() + length + frame.blockTrailerBytes());
            }
            in.position(in.position() + frame.frameTrailerBytes());
        }
    }

    private void lz4Block(ByteBuffer in, int length, int maxBlockBytes) throws BatchTooLargeException {
        int room = Math.min(maxBlockBytes, out.remainingToLimit());
        out.reserve(room);
        ByteBuffer target = ByteBuffer.wrap(out.array());
        try {
            out.advance(LZ4.decompress(in, in.position(), length, target, out.size(), room));
        } catch (LZ4Exception e) {
            if (room < maxBlockBytes) {
                throw new BatchTooLargeException(maxBytes);
            }
            throw e;
        }
    }
}
