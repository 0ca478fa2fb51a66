/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.RecordFilter;
import io.sluice.actors.subscription.SlowReaderPolicy;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionEvent.Gap;
import io.sluice.actors.subscription.SubscriptionEvent.GapReason;
import io.sluice.actors.subscription.SubscriptionEvent.Progress;
import io.sluice.actors.subscription.SubscriptionEvent.Records;
import io.sluice.actors.subscription.SubscriptionException;
import java.util.List;
import org.junit.jupiter.api.Test;

class SubscriptionCoreTest {
    private static final RecordFilter EVEN = (topic, partition, record) -> record.offset() % 2 == 0;
    private static final RecordFilter NONE = (topic, partition, record) -> false;

    @Test
    void nothingIsReadBeforeTheFirstPull() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 10_000, RecordFilter.ALL);
        rig.logs.get(0).append(0, 10, 10);

        // When
        rig.placed();

        // Then
        assertThat(rig.core.nextRead()).isNull();
        rig.core.pulled();
        assertThat(rig.core.nextRead()).isEqualTo(new ReadOrder(0, 0, 2_500, 1));
    }

    @Test
    void aBatchThatMatchesAsAWholeKeepsItsIdentity() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 10_000, RecordFilter.ALL);
        DecodedBatch batch = rig.logs.get(0).append(0, 10, 10);
        rig.placed();

        // When
        SubscriptionEvent event = rig.pull();

        // Then
        assertThat(event).isInstanceOfSatisfying(Records.class, records -> {
            assertThat(records.batch()).isSameAs(batch);
            assertThat(records.records()).isSameAs(batch.records());
            assertThat(records.nextOffset()).isEqualTo(2);
        });
        assertThat(rig.moved).containsEntry(0, 2L);
    }

    @Test
    void aSubscriptionThatBeginsInsideABatchGetsTheRestOfIt() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 10_000, RecordFilter.ALL);
        rig.logs.get(0).append(0, 10, 10, 10);
        rig.core.placed(0, 1);

        // When
        SubscriptionEvent event = rig.pull();

        // Then
        assertThat(event).isInstanceOfSatisfying(Records.class, records -> {
            assertThat(records.records()).extracting("offset").containsExactly(1L, 2L);
            assertThat(records.batch()).isNull();
        });
    }

    @Test
    void partitionsTakeTurns() {
        // Given
        CoreRig rig = new CoreRig(3, SlowReaderPolicy.PAUSE, 100_000, RecordFilter.ALL);
        for (int i = 0; i < 30; i++) {
            rig.logs.get(i % 3).append(0, 10);
        }
        rig.placed();

        // When
        List<SubscriptionEvent> events = rig.drain();

        // Then
        assertThat(events).hasSize(30);
        assertThat(events.subList(3, 30))
                .extracting(SubscriptionEvent::partition)
                .containsExactlyElementsOf(events.subList(0, 27).stream()
                        .map(SubscriptionEvent::partition)
                        .toList());
        assertThat(events.subList(0, 3))
                .extracting(SubscriptionEvent::partition)
                .containsExactlyInAnyOrder(0, 1, 2);
    }

    @Test
    void whatDoesNotMatchIsToldAsProgressOnce() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 100_000, NONE);
        for (int i = 0; i < 10; i++) {
            rig.logs.get(0).append(0, 10, 10);
        }
        rig.placed();

        // When
        List<SubscriptionEvent> events = rig.drain();

        // Then
        assertThat(events).containsExactly(new Progress(CoreRig.TOPIC, 0, 20));
    }

    @Test
    void ofABatchThatMatchesInPartOnlyThatIsDelivered() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 100_000, EVEN);
        rig.logs.get(0).append(0, 10, 10, 10);
        rig.placed();

        // When
        SubscriptionEvent event = rig.pull();

        // Then
        assertThat(event).isInstanceOfSatisfying(Records.class, records -> {
            assertThat(records.records()).extracting("offset").containsExactly(0L, 2L);
            assertThat(records.nextOffset()).isEqualTo(3);
            assertThat(records.batch()).isNull();
        });
    }

    @Test
    void readingAheadEndsWithTheBufferAlsoIfNothingMatches() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 1_000, NONE);
        for (int i = 0; i < 100; i++) {
            rig.logs.get(0).append(0, 40);
        }
        rig.placed();

        // When: one pull that the first read satisfies
        SubscriptionEvent event = rig.pull();

        // Then
        assertThat(event).isInstanceOf(Progress.class);
        assertThat(rig.core.readAt(0)).isLessThan(15);
    }

    @Test
    void aFilterThatThrowsSaysWhere() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 1_000, (topic, partition, record) -> {
            throw new IllegalStateException("no such field");
        });
        rig.logs.get(0).append(0, 10);
        rig.placed();

        // When, Then
        assertThatThrownBy(rig::pull)
                .isInstanceOfSatisfying(SubscriptionException.class, e -> assertThat(e.code())
                        .isEqualTo(SubscriptionException.Code.FILTER_FAILED))
                .hasMessage("the filter failed at offset 0 of t-0: no such field");
    }

    @Test
    void aBatchLargerThanTheBufferIsHeldAlone() {
        // Given
        CoreRig rig = new CoreRig(2, SlowReaderPolicy.PAUSE, 1_000, RecordFilter.ALL);
        rig.logs.get(0).append(0, 5_000);
        rig.logs.get(0).append(0, 5_000);
        for (int i = 0; i < 20; i++) {
            rig.logs.get(1).append(0, 40);
        }
        rig.placed();
        rig.core.pulled();

        // When
        int delivered = 0;
        long most = 0;
        for (int i = 0; i < 100; i++) {
            rig.readAll();
            most = Math.max(most, rig.core.bufferedBytes());
            assertThat(rig.core.bufferedBytes()).isIn(5_160L, 0L, 200L, 400L, 600L, 800L, 1_000L);
            if (rig.core.poll() != null) {
                delivered++;
            }
            rig.core.pulled();
        }

        // Then
        assertThat(delivered).isEqualTo(22);
        assertThat(most).isEqualTo(5_160);
    }

    @Test
    void aReaderThatPausesIsReadForNoFurtherThanItsBuffer() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 1_000, RecordFilter.ALL);
        for (int i = 0; i < 100; i++) {
            rig.logs.get(0).append(0, 40);
        }
        rig.placed();

        // When
        rig.pull();
        rig.core.review();
        rig.core.review();
        rig.readAll();

        // Then
        assertThat(rig.core.bufferedBytes()).isBetween(600L, 1_000L);
        assertThat(rig.meters.pauses.sum()).isPositive();
        assertThat(rig.drain()).hasSize(99).allMatch(event -> event instanceof Records);
    }

    @Test
    void aSlowReaderThatDropsGetsTheNewestAndOneGap() {
        // Given: at the end once
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.DROP, 1_000, RecordFilter.ALL);
        rig.placed();
        assertThat(rig.pull()).isNull();

        // When
        for (int i = 0; i < 100; i++) {
            rig.logs.get(0).append(0, 40);
            rig.dataAvailable();
            rig.readAll();
            if (rig.core.needsReview()) {
                rig.core.review();
            }
        }
        rig.readAll();

        // Then
        List<SubscriptionEvent> events = rig.drain();
        assertThat(events.get(0)).isInstanceOfSatisfying(Gap.class, gap -> {
            assertThat(gap.reason()).isEqualTo(GapReason.DROPPED);
            assertThat(gap.fromOffset()).isZero();
            assertThat(gap.toOffset()).isGreaterThan(90);
            assertThat(rig.meters.dropped.sum()).isEqualTo(gap.toOffset());
            assertThat(events.get(1).nextOffset()).isEqualTo(gap.toOffset() + 1);
        });
        assertThat(events.subList(1, events.size())).allMatch(event -> event instanceof Records);
        assertThat(events.get(events.size() - 1).nextOffset()).isEqualTo(100);
    }

    @Test
    void aBacklogIsNotDropped() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.DROP, 1_000, RecordFilter.ALL);
        for (int i = 0; i < 100; i++) {
            rig.logs.get(0).append(0, 40);
        }
        rig.placed();

        // When
        rig.pull();
        for (int i = 0; i < 10; i++) {
            rig.core.review();
            rig.readAll();
        }

        // Then
        assertThat(rig.drain()).hasSize(99).allMatch(event -> event instanceof Records);
    }

    @Test
    void aSlowReaderThatWantsToBeClosedIs() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.CLOSE, 1_000, RecordFilter.ALL);
        rig.placed();
        rig.pull();
        rig.core.poll();
        for (int i = 0; i < 20; i++) {
            rig.logs.get(0).append(0, 40);
        }
        rig.dataAvailable();
        rig.readAll();

        // When
        assertThat(rig.core.needsReview()).isTrue();
        rig.core.review();

        // Then
        assertThatThrownBy(rig.core::review)
                .isInstanceOfSatisfying(SubscriptionException.class, e -> assertThat(e.code())
                        .isEqualTo(SubscriptionException.Code.SLOW_READER));
        assertThat(rig.meters.slowClosed.sum()).isOne();
    }

    @Test
    void whoReachesTheEndBetweenReviewsIsNotSlow() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.CLOSE, 1_000, RecordFilter.ALL);
        rig.placed();
        rig.pull();

        // When
        int delivered = 0;
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 20; i++) {
                rig.logs.get(0).append(0, 40);
            }
            rig.dataAvailable();
            rig.readAll();
            rig.core.review();
            delivered += rig.drain().size();
        }

        // Then
        assertThat(delivered).isEqualTo(200);
    }

    @Test
    void deletedRecordsAreAGapAndThenItGoesOn() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 1_000, RecordFilter.ALL);
        for (int i = 0; i < 10; i++) {
            rig.logs.get(0).append(0, 40);
        }
        rig.core.placed(0, 2);
        rig.logs.get(0).start = 6;

        // When
        List<SubscriptionEvent> events = rig.drain();

        // Then
        assertThat(events.get(0)).isEqualTo(new Gap(CoreRig.TOPIC, 0, 2, 6, GapReason.DELETED));
        assertThat(events).hasSize(5);
        assertThat(events.get(4).nextOffset()).isEqualTo(10);
    }

    @Test
    void aSeekThrowsAwayWhatWaitsAndWhatIsBeingRead() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 1_000, RecordFilter.ALL);
        for (int i = 0; i < 20; i++) {
            rig.logs.get(0).append(0, 40);
        }
        rig.placed();
        rig.pull();
        rig.core.poll();
        rig.core.pulled();
        ReadOrder order = rig.core.nextRead();
        assertThat(order).isNotNull();

        // When
        rig.core.seek(0, 15);
        rig.finish(order);

        // Then
        assertThat(rig.core.bufferedBytes()).isZero();
        List<SubscriptionEvent> events = rig.drain();
        assertThat(events).hasSize(5);
        assertThat(events.get(0).nextOffset()).isEqualTo(16);
    }

    @Test
    void aPausedPartitionGivesItsRoomToTheOthersAndGoesOnWhereItWas() {
        // Given
        CoreRig rig = new CoreRig(2, SlowReaderPolicy.PAUSE, 1_000, RecordFilter.ALL);
        for (int i = 0; i < 20; i++) {
            rig.logs.get(0).append(0, 40);
        }
        rig.logs.get(1).append(0, 40);
        rig.core.placed(0, 0);
        assertThat(rig.pull().nextOffset()).isEqualTo(1);
        rig.core.pause(0);

        // When
        rig.core.placed(1, 0);
        List<SubscriptionEvent> meanwhile = rig.drain();
        rig.core.resume(0);
        List<SubscriptionEvent> afterwards = rig.drain();

        // Then
        assertThat(meanwhile).extracting(SubscriptionEvent::partition).containsExactly(1);
        assertThat(afterwards).hasSize(19);
        assertThat(afterwards.get(0).nextOffset()).isEqualTo(2);
    }

    @Test
    void aPartitionThatMovesGoesOnAtTheSameOffset() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 1_000, RecordFilter.ALL);
        rig.logs.get(0).append(0, 40);
        rig.placed();
        assertThat(rig.drain()).hasSize(1);
        rig.logs.get(0).append(0, 40);
        rig.core.dataAvailable(0);
        rig.core.pulled();

        // When
        rig.core.lost(rig.core.nextRead());
        assertThat(rig.core.nextRead()).isNull();
        rig.core.found(0);

        // Then
        assertThat(rig.core.nextRead().offset()).isEqualTo(1);
    }

    @Test
    void whatWaitsIsNotCountedAnyMoreAfterTheEnd() {
        // Given
        CoreRig rig = new CoreRig(1, SlowReaderPolicy.PAUSE, 1_000, RecordFilter.ALL);
        for (int i = 0; i < 20; i++) {
            rig.logs.get(0).append(0, 40);
        }
        rig.placed();
        rig.pull();
        assertThat(rig.meters.bufferedBytes.get())
                .isEqualTo(rig.core.bufferedBytes())
                .isPositive();

        // When
        rig.core.close();

        // Then
        assertThat(rig.meters.bufferedBytes.get()).isZero();
    }
}
