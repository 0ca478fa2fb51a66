/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Iterator;
import java.util.NoSuchElementException;

/** Reads the records out of batches. */
public final class Records {
    /** The most that a batch may grow to by default when it is decompressed. */
    public static final int DEFAULT_MAX_BATCH_BYTES = 64 << 20;

    private Records() {}

    /**
     * Every record of every whole batch in the buffer, control batches left out; a batch cut short at the end ends the
     * iteration. Decompression is bounded by {@link #DEFAULT_MAX_BATCH_BYTES} a batch.
     *
     * @throws UncheckedIOException (while iterating) if a batch is corrupt
     */
    public static Iterable<Record> in(ByteBuffer batches) {
        return in(batches, DEFAULT_MAX_BATCH_BYTES);
    }

    /** The same with a bound of one's own. */
    public static Iterable<Record> in(ByteBuffer batches, int maxBatchBytes) {
        return () -> new RecordIterator(Batch.in(batches).iterator(), new Decompressor(maxBatchBytes));
    }

    private static final class RecordIterator implements Iterator<Record> {
        private final Iterator<Batch> batches;
        private final Decompressor decompressor;
        private Iterator<Record> current = Collections.emptyIterator();

        private RecordIterator(Iterator<Batch> batches, Decompressor decompressor) {
            this.batches = batches;
            this.decompressor = decompressor;
        }

        @Override
        public boolean hasNext() {
            while (!current.hasNext() && batches.hasNext()) {
                Batch batch = batches.next();
                if (!batch.isControl()) {
                    current = records(batch);
                }
            }
            return current.hasNext();
        }

        @Override
        public Record next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            return current.next();
        }

        private Iterator<Record> records(Batch batch) {
            try {
                if (!batch.isCrcValid()) {
                    throw new CorruptBatchException("batch at offset " + batch.baseOffset() + ": CRC is wrong");
                }
                return batch.records(decompressor).iterator();
            } catch (CorruptBatchException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
