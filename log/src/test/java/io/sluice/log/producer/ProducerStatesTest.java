/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.log.ErrorCode;
import io.sluice.log.LogCorruptException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The rules for idempotent producers, one situation a test. */
class ProducerStatesTest {
    private static final long PRODUCER = 7;
    private static final short EPOCH = 3;
    private static final long NOW = 1_000_000;

    private final List<Long> evicted = new ArrayList<>();
    private final ProducerStates.Listener listener = new ProducerStates.Listener() {
        @Override
        public void evicted(long producerId) {
            evicted.add(producerId);
        }
    };
    private final ProducerStates states = new ProducerStates(3, listener);
    private long nextOffset = 100;

    @Test
    void aNewProducerBeginsAtZero() {
        // When
        Verdict verdict = states.check(PRODUCER, EPOCH, 0, 9);

        // Then
        assertThat(verdict).isEqualTo(Verdict.Accept.INSTANCE);
    }

    @Test
    void aProducerNeverSeenHereThatBeginsLaterIsToldToWaitForItsFirstBatch() {
        // When
        Verdict verdict = states.check(PRODUCER, EPOCH, 5, 9);

        // Then
        assertRefused(verdict, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void anExpiredProducerIsToldToBeginAgain() {
        // Given
        append(PRODUCER, EPOCH, 0, 10);
        states.expire(NOW + 1_000, 1_000);

        // When
        Verdict verdict = states.check(PRODUCER, EPOCH, 10, 19);

        // Then
        assertRefused(verdict, ErrorCode.UNKNOWN_PRODUCER_ID);
        assertThat(states.check(PRODUCER, (short) (EPOCH + 1), 0, 9)).isEqualTo(Verdict.Accept.INSTANCE);
    }

    @Test
    void aProducerExpiresOnlyOnceItWasSilentForTheWholeTime() {
        // Given
        append(PRODUCER, EPOCH, 0, 10);

        // When
        int expired = states.expire(NOW + 999, 1_000);

        // Then
        assertThat(expired).isZero();
        assertThat(states.check(PRODUCER, EPOCH, 10, 19)).isEqualTo(Verdict.Accept.INSTANCE);
    }

    @Test
    void aProducerWithAnOpenTransactionNeitherExpiresNorIsEvicted() {
        // Given
        states.prepared(PRODUCER, EPOCH, 0, 0, 100, -1, true, NOW);
        states.written();
        append(20, EPOCH, 0, 1);
        append(21, EPOCH, 0, 1);
        append(22, EPOCH, 0, 1);

        // When
        states.expire(NOW + 10_000, 1_000);

        // Then
        assertThat(evicted).containsExactly(20L);
        assertThat(states.size()).isEqualTo(1);
        assertThat(states.get(PRODUCER).transactionFirstOffset()).isEqualTo(100);
        assertThat(states.oldestTransactionFirstOffset()).isEqualTo(100);
    }

    @Test
    void aMarkerEndsTheTransactionAndItsNewerEpochBeginsAtZero() {
        // Given
        states.prepared(PRODUCER, EPOCH, 0, 0, 100, -1, true, NOW);
        states.written();

        // When
        states.replayMarker(PRODUCER, (short) (EPOCH + 1), 12, NOW);

        // Then
        assertThat(states.oldestTransactionFirstOffset()).isEqualTo(-1);
        assertThat(states.get(PRODUCER).coordinatorEpoch()).isEqualTo(12);
        assertThat(states.check(PRODUCER, (short) (EPOCH + 1), 0, 0)).isEqualTo(Verdict.Accept.INSTANCE);
        assertRefused(states.check(PRODUCER, EPOCH, 1, 1), ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void aNamedProducerRisesWithGapsAndBeginsAnywhere() {
        // Given
        long named = ProducerStates.FIRST_NAMED_ID + 17;
        append(named, EPOCH, 1_000, 10);

        // When
        append(named, EPOCH, 2_000, 5);

        // Then
        assertThat(states.check(named, EPOCH, 1_000, 1_009)).isEqualTo(new Verdict.Duplicate(100, 109, -1));
        assertThat(states.check(named, EPOCH, 2_000, 2_004)).isEqualTo(new Verdict.Duplicate(110, 114, -1));
        assertThat(states.check(named, EPOCH, 2_005, 2_005)).isEqualTo(Verdict.Accept.INSTANCE);
        assertThat(states.check(named, EPOCH, 5_000_000, 5_000_000)).isEqualTo(Verdict.Accept.INSTANCE);
        assertRefused(states.check(named, EPOCH, 1_500, 1_500), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertRefused(states.check(named, EPOCH, 2_000, 2_003), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertRefused(states.check(named, EPOCH, 990, 995), ErrorCode.DUPLICATE_SEQUENCE_NUMBER);
    }

    @Test
    void aNamedProducerGoesRoundTheCircleOfSequences() {
        // Given
        long named = Long.MAX_VALUE;
        append(named, EPOCH, Integer.MAX_VALUE - 4, 3);

        // When
        append(named, EPOCH, 7, 2);

        // Then
        assertThat(states.check(named, EPOCH, Integer.MAX_VALUE - 4, Integer.MAX_VALUE - 2))
                .isEqualTo(new Verdict.Duplicate(100, 102, -1));
        assertThat(states.check(named, EPOCH, 9, 9)).isEqualTo(Verdict.Accept.INSTANCE);
    }

    @Test
    void aNamedProducerThatIsForgottenDoesNotMakeOthersLookForgotten() {
        // Given
        append(ProducerStates.FIRST_NAMED_ID, EPOCH, 0, 1);
        states.expire(NOW + 1_000, 1_000);

        // When
        Verdict verdict = states.check(PRODUCER, EPOCH, 5, 9);

        // Then
        assertRefused(verdict, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(states.check(ProducerStates.FIRST_NAMED_ID, EPOCH, 5, 9)).isEqualTo(Verdict.Accept.INSTANCE);
    }

    @Test
    void eachOfTheLastFiveBatchesIsAnsweredWithItsFirstOffsets() {
        // Given
        for (int i = 0; i < 6; i++) {
            append(PRODUCER, EPOCH, i * 10, 10);
        }

        // When
        List<Verdict> verdicts = new ArrayList<>();
        for (int i = 0; i < 6; i++) {
            verdicts.add(states.check(PRODUCER, EPOCH, i * 10, i * 10 + 9));
        }

        // Then
        assertRefused(verdicts.get(0), ErrorCode.DUPLICATE_SEQUENCE_NUMBER);
        for (int i = 1; i < 6; i++) {
            assertThat(verdicts.get(i)).isEqualTo(new Verdict.Duplicate(100 + i * 10, 109 + i * 10, -1));
        }
    }

    @Test
    void aBatchThatOverlapsButIsNoRepetitionIsOutOfOrder() {
        // Given
        append(PRODUCER, EPOCH, 0, 10);

        // When
        Verdict verdict = states.check(PRODUCER, EPOCH, 5, 14);

        // Then
        assertRefused(verdict, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void aGapIsOutOfOrder() {
        // Given
        append(PRODUCER, EPOCH, 0, 10);

        // When
        Verdict verdict = states.check(PRODUCER, EPOCH, 11, 11);

        // Then
        assertRefused(verdict, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void anOlderEpochIsFenced() {
        // Given
        append(PRODUCER, EPOCH, 0, 10);

        // When
        Verdict verdict = states.check(PRODUCER, (short) (EPOCH - 1), 10, 10);

        // Then
        assertRefused(verdict, ErrorCode.INVALID_PRODUCER_EPOCH);
    }

    @Test
    void aNewerEpochBeginsAtZero() {
        // Given
        append(PRODUCER, EPOCH, 0, 10);
        short newer = EPOCH + 1;

        // When
        Verdict later = states.check(PRODUCER, newer, 10, 10);

        // Then
        assertRefused(later, ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
        assertThat(states.check(PRODUCER, newer, 0, 0)).isEqualTo(Verdict.Accept.INSTANCE);
    }

    @Test
    void sequencesWrapAroundInsideABatch() {
        // Given
        append(PRODUCER, EPOCH, 0, Integer.MAX_VALUE);
        append(PRODUCER, EPOCH, Integer.MAX_VALUE, 4);

        // When
        Verdict again = states.check(PRODUCER, EPOCH, Integer.MAX_VALUE, 2);

        // Then
        long base = 100L + Integer.MAX_VALUE;
        assertThat(again).isEqualTo(new Verdict.Duplicate(base, base + 3, -1));
        assertThat(states.check(PRODUCER, EPOCH, 3, 3)).isEqualTo(Verdict.Accept.INSTANCE);
        assertRefused(states.check(PRODUCER, EPOCH, 4, 4), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void aPreparedBatchCountsBeforeItIsWritten() {
        // Given
        states.prepared(PRODUCER, EPOCH, 0, 4, 104, -1, false, NOW);

        // When
        Verdict next = states.check(PRODUCER, EPOCH, 5, 9);

        // Then
        assertThat(next).isEqualTo(Verdict.Accept.INSTANCE);
        assertThat(states.check(PRODUCER, EPOCH, 0, 4)).isEqualTo(new Verdict.Duplicate(100, 104, -1));
    }

    @Test
    void aFailedWriteLeavesNoTrace() {
        // Given
        append(PRODUCER, EPOCH, 0, 5);
        ProducerState before = states.get(PRODUCER);
        states.prepared(PRODUCER, EPOCH, 5, 9, 109, -1, false, NOW);
        states.prepared(8, EPOCH, 0, 0, 110, -1, false, NOW);

        // When
        states.rollback();

        // Then
        assertThat(states.get(PRODUCER)).isEqualTo(before);
        assertThat(states.get(8)).isNull();
        assertThat(states.size()).isEqualTo(1);
    }

    @Test
    void aSnapshotHoldsWhatIsWrittenAndNotWhatIsPrepared() throws Exception {
        // Given
        append(PRODUCER, EPOCH, 0, 5);
        ProducerState written = states.get(PRODUCER);
        states.prepared(PRODUCER, EPOCH, 5, 9, 109, -1, false, NOW);
        states.prepared(8, EPOCH, 0, 0, 110, -1, false, NOW);

        // When
        ProducerSnapshot snapshot = ProducerSnapshot.decode(states.encode(105), "x.snapshot");

        // Then
        assertThat(snapshot.logEndOffset()).isEqualTo(105);
        assertThat(snapshot.producers()).hasSize(1).containsEntry(PRODUCER, written);
    }

    @Test
    void atTheLimitTheProducerSilentForLongestIsForgotten() {
        // Given
        append(10, EPOCH, 0, 1);
        append(11, EPOCH, 0, 1);
        append(12, EPOCH, 0, 1);
        append(10, EPOCH, 1, 1);

        // When
        append(13, EPOCH, 0, 1);

        // Then
        assertThat(evicted).containsExactly(11L);
        assertThat(states.size()).isEqualTo(3);
        assertRefused(states.check(11, EPOCH, 1, 1), ErrorCode.UNKNOWN_PRODUCER_ID);
        assertRefused(states.check(14, EPOCH, 1, 1), ErrorCode.OUT_OF_ORDER_SEQUENCE_NUMBER);
    }

    @Test
    void anEvictionIsUndoneWithTheWriteThatCausedIt() {
        // Given
        append(10, EPOCH, 0, 1);
        append(11, EPOCH, 0, 1);
        append(12, EPOCH, 0, 1);
        states.prepared(13, EPOCH, 0, 0, 103, -1, false, NOW);

        // When
        states.rollback();

        // Then
        assertThat(states.snapshot()).containsOnlyKeys(10L, 11L, 12L);
    }

    @Test
    void whatRecoveryReadsTwiceCountsOnce() {
        // Given
        append(PRODUCER, EPOCH, 0, 5);
        append(PRODUCER, EPOCH, 5, 5);
        ProducerState before = states.get(PRODUCER);

        // When
        states.replay(PRODUCER, EPOCH, 0, 4, 104, -1, false, NOW + 1);

        // Then
        assertThat(states.get(PRODUCER)).isEqualTo(before);
    }

    @Test
    void anyDamagedByteOfASnapshotIsFound() {
        // Given
        append(PRODUCER, EPOCH, 0, 5);
        append(8, EPOCH, 0, 5);
        ByteBuffer good = states.encode(110);

        for (int at = 0; at < good.limit(); at++) {
            if (at == 6 || at == 7) {
                continue; // reserved
            }
            ByteBuffer bad =
                    ByteBuffer.allocate(good.limit()).put(good.duplicate()).flip();
            bad.put(at, (byte) (bad.get(at) ^ 0x10));

            // When, Then
            assertThatThrownBy(() -> ProducerSnapshot.decode(bad, "0.snapshot"))
                    .as("byte %d", at)
                    .isInstanceOf(LogCorruptException.class)
                    .hasMessageStartingWith("0.snapshot ");
        }
    }

    @Test
    void aSnapshotCutShortAnywhereIsFound() {
        // Given
        append(PRODUCER, EPOCH, 0, 5);
        ByteBuffer good = states.encode(105);

        for (int length = 0; length < good.limit(); length++) {
            ByteBuffer cut = good.duplicate().limit(length);

            // When, Then
            assertThatThrownBy(() -> ProducerSnapshot.decode(cut, "0.snapshot"))
                    .as("length %d", length)
                    .isInstanceOf(LogCorruptException.class);
        }
    }

    private void append(long producerId, short epoch, int baseSequence, int records) {
        int lastSequence = Sequences.plus(baseSequence, records - 1);
        assertThat(states.check(producerId, epoch, baseSequence, lastSequence)).isEqualTo(Verdict.Accept.INSTANCE);
        nextOffset += records;
        states.prepared(producerId, epoch, baseSequence, lastSequence, nextOffset - 1, -1, false, NOW);
        states.written();
    }

    private static void assertRefused(Verdict verdict, ErrorCode error) {
        assertThat(verdict).isInstanceOfSatisfying(Verdict.Refuse.class, refuse -> assertThat(refuse.error())
                .as(refuse.message())
                .isEqualTo(error));
    }
}
