/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * The records of a producer in their order: those that wait, and batches of them that are on their way. A batch never changes once it was cut, so that nodes
 * recognise it when it comes again.
 *
 * <pre>
 *   records -> pending -- cut --> [unsent | sent ... sent] -- appended, in order --> acknowledged
 * </pre>
 *
 * Not thread-safe.
 */
final class ProducerLine {
    /** Keeps an answer in bounds, however small the records. */
    private static final int MAX_BATCH_RECORDS = 10_000;

    /** Records of one topic, in one frame. */
    static final class Batch {
        final String id;
        final long sequence;
        final List<Record> records;

        /** Where each record is; null as long as it is not appended, as far as is known. */
        private final ServerFrame.Placed[] placed;

        private int missing;
        private boolean sent;

        private Batch(String id, long sequence, List<Record> records) {
            this.id = id;
            this.sequence = sequence;
            this.records = records;
            this.placed = new ServerFrame.Placed[records.size()];
            this.missing = placed.length;
        }

        String topic() {
            return records.get(0).topic();
        }

        ServerFrame.Placed placed(int record) {
            return placed[record];
        }

        boolean isAppended() {
            return missing == 0;
        }
    }

    private final int maxInFlight;
    private final int maxBatchBytes;
    private final Deque<Record> pending = new ArrayDeque<>();
    private final Deque<Batch> inFlight = new ArrayDeque<>();
    private long nextSequence;

    /** Something was refused for now: nothing is sent before all answers are there, and the wait is over. */
    private boolean recovering;

    private boolean retryDue;

    ProducerLine(long firstSequence, int maxInFlight, int maxBatchBytes) {
        this.nextSequence = firstSequence;
        this.maxInFlight = maxInFlight;
        this.maxBatchBytes = maxBatchBytes;
    }

    void add(Record record) {
        pending.add(record);
    }

    /** The next one to be sent; null if there is none, or it has to wait. It counts as sent. */
    Batch next() {
        if (recovering && !(retryDue && !hasUnanswered())) {
            return null;
        }
        recovering = false;
        for (Batch batch : inFlight) {
            if (!batch.sent && !batch.isAppended()) {
                batch.sent = true;
                return batch;
            }
        }
        if (pending.isEmpty() || inFlight.size() >= maxInFlight) {
            return null;
        }
        List<Record> records = cut();
        Batch cut = new Batch("b" + nextSequence, nextSequence, records);
        nextSequence += records.size();
        cut.sent = true;
        inFlight.add(cut);
        return cut;
    }

    private List<Record> cut() {
        List<Record> records = new ArrayList<>();
        String topic = pending.element().topic();
        long bytes = 0;
        while (!pending.isEmpty()
                && records.size() < MAX_BATCH_RECORDS
                && pending.element().topic().equals(topic)) {
            bytes += ClientFrameWriter.recordBytes(pending.element());
            if (bytes > maxBatchBytes && !records.isEmpty()) {
                break;
            }
            records.add(pending.remove());
        }
        return records;
    }

    /** Null if no answer to it is due. */
    Batch sent(String id) {
        for (Batch batch : inFlight) {
            if (batch.id.equals(id)) {
                return batch.sent ? batch : null;
            }
        }
        return null;
    }

    /**
     * Notes what became of records of a batch.
     *
     * @return how many are known to be appended that were not before; -1 if the answer is not about these records
     */
    int answered(Batch batch, List<ServerFrame.Placed> results) {
        batch.sent = false;
        if (!results.isEmpty() && results.size() != batch.placed.length) {
            return -1;
        }
        int more = 0;
        for (int i = 0; i < results.size(); i++) {
            if (results.get(i).error() == null && batch.placed[i] == null) {
                batch.placed[i] = results.get(i);
                more++;
            }
        }
        batch.missing -= more;
        return more;
    }

    /** The next one to be acknowledged; it is not in flight any more. Null if there is none. */
    Batch nextDone() {
        Batch first = inFlight.peek();
        return first != null && first.isAppended() ? inFlight.remove() : null;
    }

    /** What was refused is sent again, and what is behind it, after a wait. */
    void recover() {
        recovering = true;
        retryDue = false;
    }

    boolean isRecovering() {
        return recovering;
    }

    private boolean hasUnanswered() {
        return inFlight.stream().anyMatch(batch -> batch.sent);
    }

    /** The wait is over. */
    void retryDue() {
        retryDue = true;
    }

    /** No answer comes any more: all is sent again. */
    void connectionLost() {
        inFlight.forEach(batch -> batch.sent = false);
        recovering = false;
    }
}
