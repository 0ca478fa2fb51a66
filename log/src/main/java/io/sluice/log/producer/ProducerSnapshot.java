/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.producer;

import io.sluice.log.LogCorruptException;
import io.sluice.log.format.CheckedFormat;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of a {@code .snapshot} file: a partition's producers as of one offset. Big-endian.
 * <pre>
 *    0  header of {@link CheckedFormat}: "SLPS", version 1
 *   12  logEndOffset     int64   the state holds every batch below it and none from it on
 *   20  forgottenUpTo    int64   highest producer id that was ever forgotten, or -1
 *   28  producers        int32
 *   32  then for each producer, in the order of its last use:
 *       +0   producerId               int64
 *       +8   lastSeenMs               int64
 *       +16  transactionFirstOffset   int64   -1: none open
 *       +24  coordinatorEpoch         int32   -1: no marker seen
 *       +28  epoch                    int16
 *       +30  batches                  int16   0..5
 *       +32  then for each batch, oldest first:
 *            +0  lastOffset     int64
 *            +8  timestampMs    int64   -1: create time
 *            +16 baseSequence   int32
 *            +20 lastSequence   int32
 * </pre>
 *
 * @param logEndOffset the state holds every batch below it and none from it on
 * @param forgottenUpTo highest producer id that was ever forgotten, or -1
 * @param producers by producer id, in the order of last use
 */
public record ProducerSnapshot(long logEndOffset, long forgottenUpTo, Map<Long, ProducerState> producers) {
    private static final CheckedFormat FORMAT = new CheckedFormat("producer snapshot", 0x534C5053, (short) 1);
    private static final int HEAD_BYTES = 20;
    private static final int PRODUCER_BYTES = 32;
    private static final int BATCH_BYTES = 24;

    public ProducerSnapshot {
        producers = Collections.unmodifiableMap(new LinkedHashMap<>(producers));
    }

    /** The file's content, ready to be read. */
    static ByteBuffer encode(ProducerSnapshot snapshot) {
        int bytes = HEAD_BYTES;
        for (ProducerState state : snapshot.producers().values()) {
            bytes += PRODUCER_BYTES + BATCH_BYTES * state.batches().size();
        }
        ByteBuffer out = FORMAT.begin(bytes);
        out.putLong(snapshot.logEndOffset()).putLong(snapshot.forgottenUpTo());
        out.putInt(snapshot.producers().size());
        snapshot.producers().forEach((producerId, state) -> {
            out.putLong(producerId).putLong(state.lastSeenMs()).putLong(state.transactionFirstOffset());
            out.putInt(state.coordinatorEpoch()).putShort(state.epoch());
            out.putShort((short) state.batches().size());
            for (BatchMetadata batch : state.batches()) {
                out.putLong(batch.lastOffset()).putLong(batch.timestampMs());
                out.putInt(batch.baseSequence()).putInt(batch.lastSequence());
            }
        });
        return FORMAT.seal(out);
    }

    /**
     * Reads a file's content, from the buffer's position to its limit.
     *
     * @param file its name, for the error
     * @throws LogCorruptException if it is not whole; the log then rebuilds the state from an older snapshot or its segments
     */
    public static ProducerSnapshot decode(ByteBuffer content, String file) throws LogCorruptException {
        ByteBuffer in = FORMAT.open(content, HEAD_BYTES, file);
        long logEndOffset = in.getLong();
        long forgottenUpTo = in.getLong();
        return new ProducerSnapshot(logEndOffset, forgottenUpTo, decodeProducers(in, file));
    }

    private static Map<Long, ProducerState> decodeProducers(ByteBuffer in, String file) throws LogCorruptException {
        int count = in.getInt();
        if (count < 0 || (long) count * PRODUCER_BYTES > in.remaining()) {
            throw CheckedFormat.corrupt(file, "claims " + count + " producers in " + in.remaining() + " bytes");
        }
        Map<Long, ProducerState> producers = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            if (in.remaining() < PRODUCER_BYTES) {
                throw CheckedFormat.corrupt(file, "ends within producer " + i + " of " + count);
            }
            long producerId = in.getLong();
            long lastSeenMs = in.getLong();
            long transaction = in.getLong();
            int coordinatorEpoch = in.getInt();
            short epoch = in.getShort();
            int batches = in.getShort();
            if (batches < 0 || batches > ProducerStates.REMEMBERED_BATCHES || batches * BATCH_BYTES > in.remaining()) {
                throw CheckedFormat.corrupt(file, "claims " + batches + " batches for producer " + producerId);
            }
            List<BatchMetadata> remembered = new ArrayList<>(batches);
            for (int b = 0; b < batches; b++) {
                long lastOffset = in.getLong();
                long timestampMs = in.getLong();
                int baseSequence = in.getInt();
                remembered.add(new BatchMetadata(baseSequence, in.getInt(), lastOffset, timestampMs));
            }
            producers.put(producerId, new ProducerState(epoch, lastSeenMs, coordinatorEpoch, transaction, remembered));
        }
        if (in.hasRemaining()) {
            throw CheckedFormat.corrupt(file, "has " + in.remaining() + " bytes too many");
        }
        return producers;
    }
}
