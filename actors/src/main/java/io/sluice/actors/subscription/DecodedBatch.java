/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.log.batch.Record;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * One batch of one partition, or several small ones that were read together, decoded once for all subscribers that are there. Immutable but for the encodings that are kept with it.
 *
 * <p>Thread-safe.
 */
public final class DecodedBatch {
    /** Kept with a batch; an encoder beyond that encodes each time. */
    static final int MAX_FORMATS = 8;

    /** What the JVM takes for a record besides its bytes: the record, two buffers, a slot in the list. */
    static final int RECORD_OVERHEAD_BYTES = 160;

    /** The same for a header. */
    static final int HEADER_OVERHEAD_BYTES = 128;

    /** Records in the form that a subscriber is sent. Immutable. */
    public interface Encoding {
        /** Memory that it takes. */
        int sizeInBytes();
    }

    /** Is told that a batch has grown. */
    @FunctionalInterface
    interface Growth {
        void grown(DecodedBatch batch, int bytes);
    }

    private final long fromOffset;
    private final long nextOffset;
    private final List<Record> records;
    private final int sizeInBytes;
    private final Map<Object, Encoding> encodings = new ConcurrentHashMap<>(2);
    private volatile Growth growth;

    /**
     * @param fromOffset the first offset that the batch speaks for: its base offset, or less where compaction has removed what was before it
     * @param nextOffset after its last offset, whether or not a record is left there
     * @param records none in a control batch
     * @param bytes of the memory that the records are views of
     */
    public DecodedBatch(long fromOffset, long nextOffset, List<Record> records, int bytes) {
        if (fromOffset >= nextOffset) {
            throw new IllegalArgumentException("a batch from " + fromOffset + " up to " + nextOffset);
        }
        this.fromOffset = fromOffset;
        this.nextOffset = nextOffset;
        this.records = List.copyOf(records);
        this.sizeInBytes = (int) Math.min(bytes + overhead(this.records), Integer.MAX_VALUE);
    }

    private DecodedBatch(List<DecodedBatch> parts) {
        DecodedBatch last = parts.get(parts.size() - 1);
        long bytes = 0;
        List<Record> all = new ArrayList<>();
        for (DecodedBatch part : parts) {
            bytes += part.sizeInBytes;
            all.addAll(part.records);
        }
        this.fromOffset = parts.get(0).fromOffset;
        this.nextOffset = last.nextOffset;
        this.records = List.copyOf(all);
        this.sizeInBytes = (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    /**
     * The same records in fewer parts.
     *
     * @param batches each begins where the one before it ends
     * @param maxBytes of a part that holds several
     */
    static List<DecodedBatch> gathered(List<DecodedBatch> batches, int maxBytes) {
        List<DecodedBatch> gathered = new ArrayList<>();
        List<DecodedBatch> together = new ArrayList<>();
        long bytes = 0;
        for (DecodedBatch batch : batches) {
            if (!together.isEmpty() && bytes + batch.sizeInBytes > maxBytes) {
                gathered.add(joined(together));
                together.clear();
                bytes = 0;
            }
            together.add(batch);
            bytes += batch.sizeInBytes;
        }
        if (!together.isEmpty()) {
            gathered.add(joined(together));
        }
        return gathered;
    }

    private static DecodedBatch joined(List<DecodedBatch> parts) {
        return parts.size() == 1 ? parts.get(0) : new DecodedBatch(parts);
    }

    private static long overhead(List<Record> records) {
        long bytes = (long) records.size() * RECORD_OVERHEAD_BYTES;
        for (Record record : records) {
            bytes += (long) record.headers().size() * HEADER_OVERHEAD_BYTES;
        }
        return bytes;
    }

    public long fromOffset() {
        return fromOffset;
    }

    public long nextOffset() {
        return nextOffset;
    }

    /** In the order of their offsets. */
    public List<Record> records() {
        return records;
    }

    /** Memory of the records and of what the JVM takes for them; without encodings. */
    public int sizeInBytes() {
        return sizeInBytes;
    }

    /**
     * The batch in a subscriber's form, encoded by the first who asks. Two that ask at the same time may both encode.
     *
     * @param format equal if and only if the encoding would be: format name, fields, encoding of keys and values
     */
    public <E extends Encoding> E encoded(Object format, Class<E> type, Function<DecodedBatch, E> encoder) {
        Encoding known = encodings.get(format);
        if (known != null) {
            return type.cast(known);
        }
        E made = encoder.apply(this);
        if (encodings.size() >= MAX_FORMATS) {
            return made;
        }
        Encoding before = encodings.putIfAbsent(format, made);
        if (before != null) {
            return type.cast(before);
        }
        Growth listener = growth;
        if (listener != null) {
            listener.grown(this, made.sizeInBytes());
        }
        return made;
    }

    /** @param listener null for nobody */
    void onGrowth(Growth listener) {
        growth = listener;
    }

    @Override
    public String toString() {
        return "batch [" + fromOffset + ", " + nextOffset + ") of " + records.size() + " records";
    }
}
