/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.partition.DataWaiter;
import io.sluice.actors.partition.TopicPartition;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A replica, a clock and a timer that stand still until they are moved. */
class WakeupsTest {
    private static final TopicPartition ORDERS = new TopicPartition(new UUID(1, 1), "orders", 0);
    private static final long MS = 1_000_000;

    /** After a round for one of them. */
    private static final long LINGER = 5 * MS;

    private final List<String> woken = new ArrayList<>();
    private final List<Runnable> timers = new ArrayList<>();
    private final List<Long> pauses = new ArrayList<>();
    private long now = 1_000 * MS;
    private final FakeReplica replica = new FakeReplica();
    private final Wakeups wakeups = wakeups(LINGER);

    private Wakeups wakeups(long perSubscriber) {
        return new Wakeups(
                ORDERS,
                replica,
                new Wakeups.Timing(
                        () -> now,
                        (nanos, task) -> {
                            pauses.add(nanos);
                            timers.add(task);
                        },
                        perSubscriber,
                        20 * MS));
    }

    private static final class FakeReplica implements Wakeups.Replica {
        long end = 10;
        boolean closed;
        boolean full;
        DataWaiter waiter;
        long asked = -1;
        int asks;
        final List<Long> reads = new ArrayList<>();
        CompletableFuture<Void> reading = CompletableFuture.completedFuture(null);

        @Override
        public long end() {
            return end;
        }

        @Override
        public boolean isClosed() {
            return closed;
        }

        @Override
        public void await(DataWaiter by, long offset) {
            asks++;
            if (full || closed || offset < end) {
                by.dataAvailable(ORDERS);
            } else {
                waiter = by;
                asked = offset;
            }
        }

        @Override
        public void cancel(DataWaiter by) {
            waiter = null;
        }

        @Override
        public CompletionStage<?> readAhead(long offset) {
            reads.add(offset);
            return reading;
        }

        void append(int records) {
            end += records;
            call();
        }

        void call() {
            DataWaiter called = waiter;
            waiter = null;
            if (called != null) {
                called.dataAvailable(ORDERS);
            }
        }
    }

    private DataWaiter named(String name) {
        return partition -> woken.add(name);
    }

    private void elapse(long nanos) {
        now += nanos;
        List<Runnable> due = List.copyOf(timers);
        timers.clear();
        due.forEach(Runnable::run);
    }

    @Test
    void allWhoWaitAtTheEndAreWokenByOneCallOnceWhatTheyReadIsThere() {
        // Given
        replica.reading = new CompletableFuture<>();
        wakeups.await(named("a"), 10);
        wakeups.await(named("b"), 10);
        wakeups.await(named("c"), 10);
        assertThat(replica.asks).as("one waits for all").isOne();
        assertThat(replica.asked).isEqualTo(10);

        // When
        replica.append(1);

        // Then
        assertThat(replica.reads).containsExactly(10L);
        assertThat(woken).as("before it is read").isEmpty();
        replica.reading.complete(null);
        assertThat(woken).containsExactly("a", "b", "c");
        assertThat(timers).as("the first after a silence does not wait").isEmpty();
    }

    @Test
    void aReadThatFailsIsToldToThoseWhoWantedIt() {
        // Given
        replica.reading = CompletableFuture.failedFuture(new IllegalStateException("disk"));
        wakeups.await(named("a"), 10);
        wakeups.await(named("b"), 10);

        // When
        replica.append(1);

        // Then
        assertThat(woken).containsExactly("a", "b");
    }

    @Test
    void whatComesSoonAfterWaitsForTheNextRound() {
        // Given
        wakeups.await(named("a"), 10);
        replica.append(1);
        woken.clear();

        // When: one more, while everybody is still at the last
        replica.end = 12;
        wakeups.await(named("a"), 11);
        replica.append(1);
        wakeups.await(named("b"), 11);

        // Then
        assertThat(woken).isEmpty();
        assertThat(pauses).containsExactly(LINGER);
        assertThat(wakeups.shown(replica.end)).as("all look at the same").isEqualTo(11);
        elapse(LINGER);
        assertThat(woken).containsExactly("a", "b");
        assertThat(wakeups.shown(replica.end)).isEqualTo(13);
        assertThat(replica.reads).containsExactly(11L);
    }

    @Test
    void afterASilenceNobodyWaits() {
        // Given
        wakeups.await(named("a"), 10);
        replica.append(1);
        wakeups.await(named("a"), 11);
        now += LINGER;

        // When
        replica.append(1);

        // Then
        assertThat(woken).containsExactly("a", "a");
        assertThat(timers).isEmpty();
    }

    @Test
    void thePauseGrowsWithTheSubscribersUpToItsLimitAndIsNoneForAFew() {
        for (int many : new int[] {1, 12, 13, 100, 500, 10_000}) {
            // Given
            Wakeups fresh = wakeups(Wakeups.NANOS_PER_SUBSCRIBER);
            for (int i = 0; i < many; i++) {
                fresh.await(named("a"), replica.end);
            }
            replica.append(1);
            pauses.clear();

            // When
            fresh.await(named("a"), replica.end);
            replica.append(1);

            // Then
            long pause = Math.min(20 * MS, many * Wakeups.NANOS_PER_SUBSCRIBER);
            assertThat(pauses).as(many + " subscribers").isEqualTo(pause < MS ? List.of() : List.of(pause));
        }
    }

    @Test
    void thePauseShrinksWhenFewerAreWoken() {
        // Given
        for (int i = 0; i < 4; i++) {
            wakeups.await(named("a"), 10);
        }
        replica.append(1);

        // When the others never come back
        for (int round = 0; round < 40; round++) {
            wakeups.await(named("b"), replica.end);
            replica.append(1);
            elapse(20 * MS);
        }

        // Then
        assertThat(pauses).startsWith(20 * MS);
        pauses.clear();
        wakeups.await(named("b"), replica.end);
        replica.append(1);
        assertThat(pauses).hasSize(1).allSatisfy(pause -> assertThat(pause).isLessThan(20 * MS));
    }

    @Test
    void fewSeeEverythingAtOnce() {
        // Given
        Wakeups few = wakeups(Wakeups.NANOS_PER_SUBSCRIBER);
        few.await(named("a"), 10);
        replica.append(1);

        // When, Then
        assertThat(few.shown(15)).isEqualTo(15);
    }

    @Test
    void withoutRoundsSoFarEverythingIsShown() {
        assertThat(wakeups.shown(10)).isEqualTo(10);
    }

    @Test
    void whoLagsIsWokenWithTheOthersAndReadsForItself() {
        // Given
        wakeups.await(named("first"), 10);
        replica.append(5);
        wakeups.await(named("a"), 15);
        wakeups.await(named("lags"), 12);
        wakeups.await(named("b"), 15);
        assertThat(pauses).as("there is something for one of them").hasSize(0);

        // When
        replica.append(1);
        elapse(LINGER);

        // Then
        assertThat(woken).containsExactly("first", "a", "lags", "b");
        assertThat(replica.reads).containsExactly(15L);
    }

    @Test
    void whoFindsSomethingAtOnceIsWokenInTheNextRound() {
        // Given
        wakeups.await(named("a"), 10);
        replica.append(5);

        // When
        wakeups.await(named("b"), 12);

        // Then
        assertThat(pauses).containsExactly(LINGER);
        elapse(LINGER);
        assertThat(woken).containsExactly("a", "b");
    }

    @Test
    void whoWaitsBeyondTheEndIsNotWokenBeforeThereIsSomething() {
        // Given: a follower that does not know yet what its leader has committed
        wakeups.await(named("ahead"), 13);
        wakeups.await(named("a"), 10);

        // When, Then
        replica.append(2);
        assertThat(woken).containsExactly("a");
        replica.append(1);
        elapse(LINGER);
        assertThat(woken).containsExactly("a");
        assertThat(replica.waiter).as("it is waited for").isNotNull();
        replica.append(1);
        elapse(LINGER);
        assertThat(woken).containsExactly("a", "ahead");
    }

    @Test
    void aReplicaThatTakesNoWaiterTellsEverybodyInsteadOfTurningInCircles() {
        // Given
        replica.full = true;

        // When
        wakeups.await(named("a"), 10);

        // Then
        assertThat(woken).containsExactly("a");
        assertThat(replica.asks).isOne();
    }

    @Test
    void aReplicaThatClosesWakesAllAtOnce() {
        // Given
        wakeups.await(named("a"), 10);
        replica.append(1);
        wakeups.await(named("a"), 11);
        wakeups.await(named("ahead"), 20);
        woken.clear();

        // When
        replica.closed = true;
        replica.call();

        // Then
        assertThat(woken).containsExactly("a", "ahead");
        assertThat(timers).isEmpty();
        assertThat(replica.reads).as("nothing is read of it").isEmpty();
        wakeups.await(named("late"), 11);
        assertThat(woken).containsExactly("a", "ahead", "late");
    }

    @Test
    void whoHasLeftIsNotWoken() {
        // Given
        DataWaiter a = named("a");
        wakeups.await(a, 10);
        wakeups.await(named("b"), 10);

        // When
        wakeups.forget(a);
        replica.append(1);

        // Then
        assertThat(woken).containsExactly("b");
    }

    @Test
    void whenAllHaveLeftTheReplicaForgetsThem() {
        // Given
        DataWaiter a = named("a");
        wakeups.await(a, 10);

        // When
        wakeups.forget(a);
        wakeups.end();

        // Then
        assertThat(replica.waiter).isNull();
    }
}
