/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static io.sluice.actors.subscription.LogRig.EARLIEST;
import static io.sluice.actors.subscription.LogRig.all;
import static io.sluice.actors.subscription.LogRig.upTo;
import static io.sluice.actors.subscription.LogRig.with;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.Limits;
import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.TopicPartition;
import io.sluice.actors.subscription.SubscriptionEvent.Gap;
import io.sluice.actors.subscription.SubscriptionEvent.GapReason;
import io.sluice.actors.subscription.SubscriptionEvent.Records;
import io.sluice.actors.subscription.SubscriptionException.Code;
import io.sluice.log.LogView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Readers that are slow, and readers that are many: what they share and what bounds them. */
class ManySubscribersTest {
    @RegisterExtension
    final LogRigs rigs = new LogRigs();

    private LogRig rig;

    @Test
    void aReaderThatDoesNotTakeHoldsOnlyItsBuffer() throws Exception {
        // Given
        rig = rigs.open(1, LogRig.settings(4_096, 10, Duration.ofMillis(50)), Limits.DEFAULTS);
        Subscriber subscriber = rig.subscribe(with(SlowReaderPolicy.PAUSE, RecordFilter.ALL, EARLIEST));

        // When
        upTo(500).forEach(value -> rig.append(0, value));
        Awaitility.await().until(() -> rig.meters.pauses.sum() > 0);

        // Then
        assertThat(rig.meters.bufferedBytes.get()).isBetween(1L, 4_096L);
        assertThat(subscriber.values(500)).hasSize(500).endsWith("v499");
        assertThat(rig.meters.bufferedBytes).hasValue(0);
    }

    @Test
    void aSlowReaderThatDropsGetsTheNewestBehindAGap() throws Exception {
        // Given
        rig = rigs.open(1, LogRig.settings(4_096, 10, Duration.ofMillis(40)), Limits.DEFAULTS);
        Subscriber subscriber = rig.subscribe(with(SlowReaderPolicy.DROP, RecordFilter.ALL, StartPosition.latest()));
        subscriber.started();
        rig.append(0, "first");
        assertThat(subscriber.values(1)).containsExactly("first");

        // When
        upTo(200).forEach(value -> rig.append(0, value));
        Awaitility.await().until(() -> rig.meters.dropped.sum() > 0);
        List<SubscriptionEvent> events = new ArrayList<>();
        while (events.isEmpty() || events.get(events.size() - 1).nextOffset() < 201) {
            events.add(subscriber.next());
        }

        // Then
        long next = 1;
        long gaps = 0;
        for (SubscriptionEvent event : events) {
            if (event instanceof Gap gap) {
                assertThat(gap.reason()).isEqualTo(GapReason.DROPPED);
                assertThat(gap.fromOffset()).isEqualTo(next);
                gaps += gap.toOffset() - gap.fromOffset();
            } else if (event instanceof Records records) {
                assertThat(records.records().get(0).offset()).isEqualTo(next);
            }
            next = event.nextOffset();
        }
        assertThat(gaps).isEqualTo(rig.meters.dropped.sum());
        assertThat(events).filteredOn(event -> event instanceof Gap).hasSize(1);
    }

    @Test
    void aSlowReaderThatWantsToBeClosedIs() throws Exception {
        // Given
        rig = rigs.open(1, LogRig.settings(4_096, 10, Duration.ofMillis(40)), Limits.DEFAULTS);
        Subscriber subscriber = rig.subscribe(with(SlowReaderPolicy.CLOSE, RecordFilter.ALL, StartPosition.latest()));
        subscriber.started();
        rig.append(0, "first");
        subscriber.values(1);

        // When
        upTo(200).forEach(value -> rig.append(0, value));
        Awaitility.await().until(() -> rig.meters.slowClosed.sum() > 0);

        // Then
        assertThat(subscriber.failure().code()).isEqualTo(Code.SLOW_READER);
    }

    @Test
    void manySubscribersShareReadsAndBatches() throws Exception {
        // Given
        rig = rigs.open(1);
        rig.append(0, "a");
        List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            subscribers.add(rig.subscribe(all(StartPosition.latest())));
        }
        for (Subscriber subscriber : subscribers) {
            subscriber.started();
            assertThat(subscriber.isQuiet(1)).isTrue();
        }
        long readsBefore = rig.meters.sharedMisses.sum();
        Awaitility.await("one waits for all").until(() -> rig.partitionMeters.waiters.get() == 1);

        // When
        rig.append(0, "b", "c");
        List<DecodedBatch> batches = new ArrayList<>();
        for (Subscriber subscriber : subscribers) {
            batches.add(((Records) subscriber.next()).batch());
        }

        // Then
        assertThat(rig.meters.sharedMisses.sum() - readsBefore).isOne();
        assertThat(batches).allSatisfy(batch -> assertThat(batch).isSameAs(batches.get(0)));
        subscribers.forEach(Subscriber::cancel);
        Awaitility.await().until(() -> rig.meters.active.get() == 0);
        assertThat(rig.meters.sharedBytes).hasValue(0);
        Awaitility.await("no waiter is left").until(() -> rig.partitionMeters.waiters.get() == 0);
    }

    @Test
    void moreWaitersThanAPartitionTakesAreServedAllTheSame() throws Exception {
        // Given
        Limits two = limits(2);
        rig = rigs.open(1, SubscriptionSettings.DEFAULTS, two);
        for (int i = 0; i < 2; i++) {
            rig.handle(0)
                    .await(
                            new DataWaiter() {
                                @Override
                                public void dataAvailable(TopicPartition partition) {}
                            },
                            1_000,
                            LogView.Bound.HIGH_WATERMARK);
        }
        List<Subscriber> subscribers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            subscribers.add(rig.subscribe(all(EARLIEST)));
        }
        for (Subscriber subscriber : subscribers) {
            assertThat(subscriber.isQuiet(20)).isTrue();
        }

        // When
        rig.append(0, "a");

        // Then
        for (Subscriber subscriber : subscribers) {
            assertThat(subscriber.values(1)).containsExactly("a");
        }
        assertThat(rig.partitionMeters.waiterRefusals.sum()).isBetween(1L, 200L);
    }

    private static Limits limits(int partitionWaiters) {
        Limits d = Limits.DEFAULTS;
        return new Limits(
                d.socketRequestMaxBytes(),
                d.inflightMaxBytes(),
                d.connectionInflightMaxBytes(),
                d.maxConnections(),
                d.maxConnectionsPerAddress(),
                d.waitingFetches(),
                d.partitionMailboxMaxBytes(),
                d.mailboxMaxBytes(),
                partitionWaiters,
                d.partitionsPerTopic(),
                d.partitions(),
                d.cleanerThreads(),
                d.controllerRequests());
    }

    @Test
    void thereAreOnlySoManySubscriptions() throws Exception {
        // Given
        rig = rigs.open(1, LogRig.settings(1 << 16, 2, Duration.ofSeconds(1)), Limits.DEFAULTS);
        rig.append(0, "a");
        Subscriber one = rig.subscribe(all(EARLIEST));
        Subscriber two = rig.subscribe(all(EARLIEST));
        one.values(1);
        two.values(1);

        // When
        Subscriber three = rig.subscribe(all(EARLIEST));

        // Then
        assertThat(three.failure().code()).isEqualTo(Code.TOO_MANY_SUBSCRIPTIONS);
        assertThatThrownBy(() -> three.started())
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(SubscriptionException.class);
        one.cancel();
        Awaitility.await().until(() -> rig.meters.active.get() == 1);
        assertThat(rig.subscribe(all(EARLIEST)).values(1)).containsExactly("a");
    }
}
