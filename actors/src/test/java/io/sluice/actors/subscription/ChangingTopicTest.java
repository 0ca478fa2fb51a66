/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static io.sluice.actors.subscription.LogRig.EARLIEST;
import static io.sluice.actors.subscription.LogRig.all;
import static io.sluice.actors.subscription.LogRig.only;
import static io.sluice.actors.subscription.LogRig.positions;
import static io.sluice.actors.subscription.LogRig.upTo;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.subscription.SubscriptionException.Code;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Subscriptions to a topic whose partitions stop, move, become more, or are deleted. */
class ChangingTopicTest {
    @RegisterExtension
    final LogRigs rigs = new LogRigs();

    private LogRig rig;

    @Test
    void aPartitionThatStopsAndComesBackGoesOnAtTheSamePlace() throws Exception {
        // Given
        rig = rigs.open(2);
        rig.append(0, "a");
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        assertThat(subscriber.values(1)).containsExactly("a");

        // When
        rig.stop(0);
        rig.append(1, "meanwhile");
        assertThat(subscriber.values(1)).containsExactly("meanwhile");
        rig.lead(0);
        rig.append(0, "b");

        // Then
        assertThat(subscriber.values(1)).containsExactly("b");
        assertThat(subscriber.control.positions()).isEqualTo(positions(2, 1));
        assertThat(rig.meters.lookups.sum()).isPositive();
    }

    @Test
    void whoSaysWhereItGoesOnIsToldThatItHasBegunThoughNobodyLeadsNow() throws Exception {
        // Given
        rig = rigs.open(2);
        rig.append(0, "a", "b");
        rig.append(1, "c");
        rig.stop(0);

        // When
        Subscriber subscriber = rig.subscribe(all(new StartPosition.Offsets(positions(1, 0), EARLIEST)));

        // Then
        assertThat(subscriber.started()).isEqualTo(positions(1, 0));
        assertThat(subscriber.values(1)).containsExactly("c");
        rig.lead(0);
        assertThat(subscriber.values(1)).containsExactly("b");
        assertThat(subscriber.control.positions()).isEqualTo(positions(2, 1));
    }

    @Test
    void leadershipThatMovesAgainAndAgainLosesAndDoublesNothing() throws Exception {
        // Given
        rig = rigs.open(1);
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        CompletableFuture<List<String>> values = CompletableFuture.supplyAsync(() -> valuesOf(subscriber, 200));

        // When
        for (int round = 0; round < 10; round++) {
            for (int i = 0; i < 20; i++) {
                rig.append(0, "v" + (round * 20 + i));
            }
            rig.stop(0);
            rig.lead(0);
        }

        // Then
        assertThat(values.get(20, TimeUnit.SECONDS)).containsExactlyElementsOf(upTo(200));
    }

    private static List<String> valuesOf(Subscriber subscriber, int count) {
        try {
            return subscriber.values(count);
        } catch (Exception failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Test
    void aPartitionThatIsElsewhereSendsItsSubscriberThere() throws Exception {
        // Given
        rig = rigs.open(1);
        rig.stop(0);
        rig.leaderElsewhere = 3;

        // When
        SubscriptionException refused = rig.subscribe(all(EARLIEST)).failure();

        // Then
        assertThat(refused.code()).isEqualTo(Code.NOT_SERVED_HERE);
        assertThat(refused.leader()).isEqualTo(3);
        assertThat(refused).hasMessage("orders-0 is led by broker 3 and has no replica on this node");
    }

    @Test
    void partitionsThatATopicGetsLaterAreReadFromTheirStart() throws Exception {
        // Given one who reads all of the topic, one who reads a part, and one who has paused
        rig = rigs.open(1);
        Subscriber whole = rig.subscribe(all(StartPosition.latest()));
        Subscriber part = rig.subscribe(only(0));
        Subscriber pausing = rig.subscribe(all(EARLIEST));
        for (Subscriber one : List.of(whole, part, pausing)) {
            assertThat(one.started()).isEqualTo(positions(0));
        }
        pausing.control.pause();

        // When
        rig.grow();
        rig.append(1, "a");
        rig.grow();
        rig.append(2, "b");

        // Then
        assertThat(whole.values(2)).containsExactlyInAnyOrder("a", "b");
        assertThat(whole.control.positions()).isEqualTo(positions(0, 1, 1));
        assertThat(part.isQuiet(50)).isTrue();
        assertThat(pausing.isQuiet(50)).isTrue();
        pausing.control.resume();
        assertThat(pausing.values(2)).containsExactlyInAnyOrder("a", "b");
    }

    @Test
    void aTopicThatIsDeletedEndsItsSubscriptions() throws Exception {
        // Given
        rig = rigs.open(1);
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        subscriber.started();

        // When
        rig.deleted = true;
        rig.stop(0);

        // Then
        assertThat(subscriber.failure().code()).isEqualTo(Code.TOPIC_DELETED);
    }
}
