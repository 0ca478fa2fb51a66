/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.producer;

import io.sluice.log.ErrorCode;
import io.sluice.log.LogCorruptException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The idempotent producers of one partition (KIP-98): per producer its epoch and its last {@value #REMEMBERED_BATCHES}
 * batches. This class is not thread-safe: the partition's writer owns it. It does not read or write files.
 *
 * <p>A batch is checked ({@link #check}) and then counted ({@link #prepared}) before it is written, so that batches that leave in one
 * gathering write are checked against each other. {@link #written} makes that final; {@link #rollbackTo} and
 * {@link #rollback} undo it when a later batch of the same request is refused or the write fails.
 *
 * <p>What a batch is told:
 * <pre>
 *   epoch older than known                                INVALID_PRODUCER_EPOCH
 *   one of the last five batches again                    Duplicate, with the first offsets
 *   wholly older than the last five                       DUPLICATE_SEQUENCE_NUMBER (clients take it as success without an offset)
 *   next in sequence; or sequence 0 of a newer epoch      Accept
 *   anything else of a known producer                     OUT_OF_ORDER_SEQUENCE_NUMBER
 *   unknown producer, sequence 0                          Accept
 *   unknown producer, another sequence                    OUT_OF_ORDER_SEQUENCE_NUMBER or UNKNOWN_PRODUCER_ID, see below
 * </pre>
 *
 * <p>Design note: an unknown producer must begin at 0, also where the log start has moved. If a later batch were taken while the first one
 * is being retried (pipelining, a leader that has just begun to serve), the first could never be placed in order. Which error it
 * gets decides whether clients recover:
 * <ul>
 *   <li><em>Never seen here</em>, so its first batch is on its way: {@code OUT_OF_ORDER_SEQUENCE_NUMBER}. The Java client sends the batch again
 *       when the earlier one has been answered, without a new epoch; librdkafka drains and bumps its epoch.
 *       {@code UNKNOWN_PRODUCER_ID} would make the Java client rewrite sequences of batches still in flight (a duplicate is
 *       possible then), and librdkafka raises a fatal error for a batch that is not the first unanswered one.
 *   <li><em>Seen and forgotten</em> (expired, or evicted at the limit): {@code UNKNOWN_PRODUCER_ID}. Both clients bump the epoch,
 *       begin again at 0 and lose nothing; {@code OUT_OF_ORDER_SEQUENCE_NUMBER} for the first unanswered batch is fatal
 *       in librdkafka. (The Java client looks at the answer's log start offset, which must be filled.)
 * </ul>
 * The two are told apart with one number, the highest producer id ever forgotten: ids are given out in rising order, so a higher one was never
 * forgotten here. A lower one may still be new to this partition; it then recovers by a new epoch.
 *
 * <p><b>Named producers.</b> Ids from {@link #FIRST_NAMED_ID} on are not given out by the cluster: they stand for producers that named themselves (over
 * HTTP) and that number their records across all partitions, with one epoch. Of one partition such a producer's sequences rise with gaps, so the rule is another:
 * <pre>
 *   later than all that is known, or nothing is known     Accept
 *   one of the last five batches again                    Duplicate, with the first offsets
 *   wholly older than the last five                       DUPLICATE_SEQUENCE_NUMBER
 *   anything else: in a gap, or across batches            OUT_OF_ORDER_SEQUENCE_NUMBER
 * </pre>
 * That loses nothing and doubles nothing if the producer's next batch is only handed over once the one before is known to be written, which
 * is up to whoever takes records for named producers.
 *
 * <p>Time is the broker's, not that of the records: a producer that copies old records must not expire while it is at it.
 */
public final class ProducerStates {
    /** Batches remembered for each producer: as many as a producer may have in flight. */
    public static final int REMEMBERED_BATCHES = 5;

    /**
     * Default of {@code sluice.producers.max.per.partition}; about 350 bytes of heap each.
     */
    public static final int DEFAULT_MAX_PRODUCERS = 10_000;

    /** Ids from here on are those of named producers; the cluster never gives out as many. */
    public static final long FIRST_NAMED_ID = 1L << 62;

    private static final long NOTHING_FORGOTTEN = -1L;

    /** Told when producers are forgotten, for metrics. */
    public interface Listener {
        /** For those who don't count. */
        Listener NONE = new Listener() {};

        /** {@code count} producers were silent for {@code producer.id.expiration.ms}. */
        default void expired(int count) {}

        /** The limit {@code sluice.producers.max.per.partition} was reached: the producer silent for longest was forgotten. */
        default void evicted(long producerId) {}
    }

    private record Undo(long producerId, ProducerState before) {}

    private final int maxProducers;
    private final Listener listener;
    /** In order of last use, so that the one silent for longest is first. */
    private final LinkedHashMap<Long, ProducerState> producers = new LinkedHashMap<>(16, 0.75f, true);

    private final List<Undo> undo = new ArrayList<>();
    private long forgottenUpTo;

    public ProducerStates() {
        this(DEFAULT_MAX_PRODUCERS, Listener.NONE);
    }

    /**
     * @param maxProducers most producers remembered ({@code sluice.producers.max.per.partition}), at least 1
     * @param listener told when producers are forgotten
     */
    public ProducerStates(int maxProducers, Listener listener) {
        this(maxProducers, listener, NOTHING_FORGOTTEN);
    }

    private ProducerStates(int maxProducers, Listener listener, long forgottenUpTo) {
        if (maxProducers < 1) {
            throw new IllegalArgumentException(
                    "sluice.producers.max.per.partition must be at least 1: " + maxProducers);
        }
        this.maxProducers = maxProducers;
        this.listener = listener;
        this.forgottenUpTo = forgottenUpTo;
    }

    /**
     * What to do with a producer's batch. Changes nothing.
     *
     * @param producerId not negative
     * @param baseSequence sequence of the first record
     * @param lastSequence sequence of the last record: {@code Sequences.plus(baseSequence, records - 1)}
     */
    public Verdict check(long producerId, short epoch, int baseSequence, int lastSequence) {
        if (producerId < 0 || epoch < 0 || baseSequence < 0 || lastSequence < 0) {
            return new Verdict.Refuse(
                    ErrorCode.INVALID_RECORD,
                    "producer " + producerId + ": epoch " + epoch + " and sequences " + baseSequence + ".."
                            + lastSequence + " must not be negative");
        }
        ProducerState state = producers.get(producerId);
        if (state == null) {
            return checkUnknown(producerId, baseSequence);
        }
        if (epoch < state.epoch()) {
            return new Verdict.Refuse(
                    ErrorCode.INVALID_PRODUCER_EPOCH,
                    "producer " + producerId + ": epoch " + epoch + " is older than " + state.epoch());
        }
        if (epoch > state.epoch()) {
            return baseSequence == 0 ? Verdict.Accept.INSTANCE : outOfOrder(producerId, epoch, baseSequence, 0);
        }
        return checkKnown(producerId, state, baseSequence, lastSequence);
    }

    private static boolean isNamed(long producerId) {
        return producerId >= FIRST_NAMED_ID;
    }

    private Verdict checkUnknown(long producerId, int baseSequence) {
        if (baseSequence == 0 || isNamed(producerId)) {
            return Verdict.Accept.INSTANCE;
        }
        if (producerId <= forgottenUpTo) {
            return new Verdict.Refuse(
                    ErrorCode.UNKNOWN_PRODUCER_ID,
                    "producer " + producerId + " is not known to this partition (any more): it was silent for"
                            + " producer.id.expiration.ms, or evicted at sluice.producers.max.per.partition = "
                            + maxProducers
                            + "; sequence " + baseSequence + " can't be placed");
        }
        return new Verdict.Refuse(
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer " + producerId + " is new to this partition and must begin at sequence 0, not "
                        + baseSequence);
    }

    private static Verdict checkKnown(long producerId, ProducerState state, int baseSequence, int lastSequence) {
        int next = state.nextSequence();
        if (baseSequence == next || (isNamed(producerId) && Sequences.isBefore(next, baseSequence))) {
            return Verdict.Accept.INSTANCE;
        }
        List<BatchMetadata> batches = state.batches();
        for (int i = batches.size() - 1; i >= 0; i--) {
            BatchMetadata batch = batches.get(i);
            if (batch.baseSequence() == baseSequence && batch.lastSequence() == lastSequence) {
                return new Verdict.Duplicate(batch.baseOffset(), batch.lastOffset(), batch.timestampMs());
            }
        }
        if (!batches.isEmpty()
                && Sequences.isBefore(lastSequence, batches.get(0).baseSequence())
                && Sequences.isBefore(baseSequence, batches.get(0).baseSequence())) {
            return new Verdict.Refuse(
                    ErrorCode.DUPLICATE_SEQUENCE_NUMBER,
                    "producer " + producerId + ": sequences " + baseSequence + ".." + lastSequence
                            + " were written before its last " + batches.size()
                            + " batches; their offsets are not remembered");
        }
        return outOfOrder(producerId, state.epoch(), baseSequence, next);
    }

    private static Verdict outOfOrder(long producerId, short epoch, int baseSequence, int expected) {
        return new Verdict.Refuse(
                ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER,
                "producer " + producerId + " epoch " + epoch + ": sequence " + baseSequence + " where " + expected
                        + " is expected");
    }

    /**
     * An accepted batch has its offsets (or a leader's batch arrives at a follower): what is checked from now on is checked against
     * it. To be followed by {@link #written} or a rollback.
     *
     * @param timestampMs the batch's log append time, or -1 with create time
     * @param transactional whether the batch belongs to a transaction
     * @param nowMs the broker's time
     */
    public void prepared(
            long producerId,
            short epoch,
            int baseSequence,
            int lastSequence,
            long lastOffset,
            long timestampMs,
            boolean transactional,
            long nowMs) {
        ProducerState before = producers.get(producerId);
        undo.add(new Undo(producerId, before));
        BatchMetadata batch = new BatchMetadata(baseSequence, lastSequence, lastOffset, timestampMs);
        producers.put(producerId, after(before, epoch, batch, transactional, nowMs));
        if (producers.size() > maxProducers) {
            evictOne(producerId);
        }
    }

    private static ProducerState after(
            ProducerState before, short epoch, BatchMetadata batch, boolean transactional, long nowMs) {
        long transaction = before == null ? ProducerState.NO_TRANSACTION : before.transactionFirstOffset();
        if (transactional && transaction == ProducerState.NO_TRANSACTION) {
            transaction = batch.baseOffset();
        }
        int coordinatorEpoch = before == null ? ProducerState.NO_COORDINATOR : before.coordinatorEpoch();
        return new ProducerState(epoch, nowMs, coordinatorEpoch, transaction, remembered(before, epoch, batch));
    }

    private static List<BatchMetadata> remembered(ProducerState before, short epoch, BatchMetadata batch) {
        if (before == null || before.epoch() != epoch || before.batches().isEmpty()) {
            return List.of(batch);
        }
        List<BatchMetadata> old = before.batches();
        int kept = Math.min(old.size(), REMEMBERED_BATCHES - 1);
        BatchMetadata[] batches = new BatchMetadata[kept + 1];
        for (int i = 0; i < kept; i++) {
            batches[i] = old.get(old.size() - kept + i);
        }
        batches[kept] = batch;
        return List.of(batches);
    }

    private void evictOne(long newcomer) {
        for (Map.Entry<Long, ProducerState> eldest : producers.entrySet()) {
            long producerId = eldest.getKey();
            if (producerId != newcomer && eldest.getValue().transactionFirstOffset() == ProducerState.NO_TRANSACTION) {
                undo.add(new Undo(producerId, eldest.getValue()));
                producers.remove(producerId);
                forgotten(producerId);
                listener.evicted(producerId);
                return;
            }
        }
        // Every other one has a transaction open: those can't be forgotten, and the coordinator bounds their number.
    }

    private void forgotten(long producerId) {
        if (!isNamed(producerId)) {
            forgottenUpTo = Math.max(forgottenUpTo, producerId);
        }
    }

    /**
     * The end of a transaction has its offset. The producer's next batch in a newer epoch begins at sequence 0. To be followed by
     * {@link #written} or a rollback.
     */
    public void preparedMarker(long producerId, short epoch, int coordinatorEpoch, long nowMs) {
        ProducerState before = producers.get(producerId);
        if (before != null && epoch < before.epoch()) {
            return;
        }
        List<BatchMetadata> batches = before == null || before.epoch() != epoch ? List.of() : before.batches();
        undo.add(new Undo(producerId, before));
        producers.put(
                producerId, new ProducerState(epoch, nowMs, coordinatorEpoch, ProducerState.NO_TRANSACTION, batches));
        if (producers.size() > maxProducers) {
            evictOne(producerId);
        }
    }

    /**
     * A batch that is in the log and was checked when it was appended (recovery). What is known already is passed over: the
     * snapshot may be newer than the segment that is read again.
     *
     * @param lastOffset the batch's last offset
     */
    public void replay(
            long producerId,
            short epoch,
            int baseSequence,
            int lastSequence,
            long lastOffset,
            long timestampMs,
            boolean transactional,
            long nowMs) {
        ProducerState before = producers.get(producerId);
        if (before != null
                && (epoch < before.epoch() || (epoch == before.epoch() && lastOffset <= before.lastOffset()))) {
            return;
        }
        prepared(producerId, epoch, baseSequence, lastSequence, lastOffset, timestampMs, transactional, nowMs);
        written();
    }

    /** A transaction's end that is in the log (recovery). */
    public void replayMarker(long producerId, short epoch, int coordinatorEpoch, long nowMs) {
        preparedMarker(producerId, epoch, coordinatorEpoch, nowMs);
        written();
    }

    /** Where {@link #rollbackTo} can return to. */
    public int mark() {
        return undo.size();
    }

    /** Undoes what was prepared since {@link #mark}. */
    public void rollbackTo(int mark) {
        for (int i = undo.size() - 1; i >= mark; i--) {
            restore(producers, undo.remove(i));
        }
    }

    /** Undoes all that was prepared and not written. */
    public void rollback() {
        rollbackTo(0);
    }

    /** All that was prepared is in the log. */
    public void written() {
        undo.clear();
    }

    /**
     * Forgets producers that have been silent for {@code expirationMs} ({@code producer.id.expiration.ms}) and have no
     * transaction open. To be called between writes.
     *
     * @return how many
     */
    public int expire(long nowMs, long expirationMs) {
        if (!undo.isEmpty()) {
            throw new IllegalStateException(
                    "producers expire between writes, not while " + undo.size() + " steps are prepared");
        }
        int expired = 0;
        for (Iterator<Map.Entry<Long, ProducerState>> all = producers.entrySet().iterator(); all.hasNext(); ) {
            Map.Entry<Long, ProducerState> producer = all.next();
            ProducerState state = producer.getValue();
            if (nowMs - state.lastSeenMs() >= expirationMs
                    && state.transactionFirstOffset() == ProducerState.NO_TRANSACTION) {
                forgotten(producer.getKey());
                all.remove();
                expired++;
            }
        }
        if (expired > 0) {
            listener.expired(expired);
        }
        return expired;
    }

    /** First offset of the oldest open transaction, or -1. */
    public long oldestTransactionFirstOffset() {
        long oldest = ProducerState.NO_TRANSACTION;
        for (ProducerState state : producers.values()) {
            long first = state.transactionFirstOffset();
            if (first != ProducerState.NO_TRANSACTION && (oldest == ProducerState.NO_TRANSACTION || first < oldest)) {
                oldest = first;
            }
        }
        return oldest;
    }

    /** Producers remembered. */
    public int size() {
        return producers.size();
    }

    /** What is known of a producer, prepared batches included; null if nothing. */
    public ProducerState get(long producerId) {
        return producers.get(producerId);
    }

    /** An immutable copy of what is written (without what is only prepared), for readers on other threads. */
    public Map<Long, ProducerState> snapshot() {
        Map<Long, ProducerState> copy = new LinkedHashMap<>(producers);
        for (int i = undo.size() - 1; i >= 0; i--) {
            restore(copy, undo.get(i));
        }
        return Collections.unmodifiableMap(copy);
    }

    private static void restore(Map<Long, ProducerState> producers, Undo step) {
        if (step.before() == null) {
            producers.remove(step.producerId());
        } else {
            producers.put(step.producerId(), step.before());
        }
    }

    /** What is written, as a snapshot file's content; ready to be read. See {@link ProducerSnapshot} for the layout. */
    public ByteBuffer encode(long logEndOffset) {
        return ProducerSnapshot.encode(new ProducerSnapshot(logEndOffset, forgottenUpTo, snapshot()));
    }

    /**
     * The states of a snapshot file.
     *
     * @param snapshot from {@link ProducerSnapshot#decode}
     */
    public static ProducerStates restore(ProducerSnapshot snapshot, int maxProducers, Listener listener) {
        ProducerStates states = new ProducerStates(maxProducers, listener, snapshot.forgottenUpTo());
        snapshot.producers().entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.comparingLong(ProducerState::lastSeenMs)))
                .forEach(producer -> {
                    states.producers.put(producer.getKey(), producer.getValue());
                    if (states.producers.size() > maxProducers) {
                        states.evictOne(producer.getKey());
                    }
                });
        states.written();
        return states;
    }

    /** Reads a snapshot's content with the default limit. */
    public static ProducerStates decode(ByteBuffer content, String file) throws LogCorruptException {
        return restore(ProducerSnapshot.decode(content, file), DEFAULT_MAX_PRODUCERS, Listener.NONE);
    }
}
