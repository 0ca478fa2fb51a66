/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.membership.Leaderships.Leader;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class LeadershipsTest {
    private static final UUID TOPIC = new UUID(1, 2);

    private final Leaderships leaderships = new Leaderships();

    @Test
    void nobodyLeadsWhatNobodyHasHeardOf() {
        assertThat(leaderships.leader(TOPIC, 0)).isEqualTo(Leader.NONE);
        assertThat(leaderships.leader(TOPIC, -1)).isEqualTo(Leader.NONE);
    }

    @Test
    void theNewestEpochWinsInWhateverOrderNewsComes() {
        leaderships.led(TOPIC, 3, 2, 7);
        leaderships.led(TOPIC, 3, 1, 6);
        assertThat(leaderships.leader(TOPIC, 3)).isEqualTo(new Leader(2, 7));

        leaderships.left(TOPIC, 3, 1, 6);
        assertThat(leaderships.leader(TOPIC, 3)).as("an old leader's end").isEqualTo(new Leader(2, 7));

        leaderships.led(TOPIC, 3, 3, 8);
        leaderships.left(TOPIC, 3, 2, 7);
        assertThat(leaderships.leader(TOPIC, 3)).isEqualTo(new Leader(3, 8));
    }

    @Test
    void aBrokerThatIsGoneLeadsNothingAndItsEpochIsRemembered() {
        // Given
        leaderships.led(TOPIC, 0, 1, 4);
        leaderships.led(TOPIC, 1, 2, 5);

        // When
        leaderships.gone(1);

        // Then
        assertThat(leaderships.leader(TOPIC, 0)).isEqualTo(new Leader(-1, 4));
        assertThat(leaderships.leader(TOPIC, 1)).isEqualTo(new Leader(2, 5));
        leaderships.led(TOPIC, 0, 3, 3);
        assertThat(leaderships.leader(TOPIC, 0).broker())
                .as("older than what the gone one led")
                .isEqualTo(-1);
    }

    @Test
    void whoWaitsForATopicWaitsForAllOfItsPartitions() {
        // Given
        CompletableFuture<Void> settled = leaderships.settled(TOPIC, 3).toCompletableFuture();

        // When / Then
        leaderships.led(TOPIC, 2, 1, 0);
        leaderships.led(TOPIC, 0, 2, 0);
        assertThat(settled).isNotDone();
        leaderships.failed(TOPIC, 1);
        assertThat(settled).isCompleted();
        assertThat(leaderships.settled(TOPIC, 3).toCompletableFuture()).isCompleted();
    }

    @Test
    void whoWaitsForATopicThatIsDeletedWaitsNoLonger() {
        CompletableFuture<Void> settled = leaderships.settled(TOPIC, 1).toCompletableFuture();

        leaderships.forget(TOPIC);

        assertThat(settled).isCompleted();
    }

    @Test
    void onlyNewsIsTold() {
        // Given
        List<Leader> told = new ArrayList<>();
        leaderships.onChange((topicId, partition, leader) -> told.add(leader));

        // When
        leaderships.led(TOPIC, 0, 1, 4);
        leaderships.led(TOPIC, 0, 1, 4);
        leaderships.led(TOPIC, 0, 2, 3);
        leaderships.left(TOPIC, 0, 1, 4);

        // Then
        assertThat(told).containsExactly(new Leader(1, 4), new Leader(-1, 4));
    }

    @Test
    void aDigestTellsTablesApart() {
        // Given
        Leaderships other = new Leaderships();
        for (int p = 0; p < 100; p++) {
            leaderships.led(TOPIC, p, 1, p);
            other.led(TOPIC, 99 - p, 1, 99 - p);
        }
        assertThat(other.digest(1)).isEqualTo(leaderships.digest(1));

        // When
        other.left(TOPIC, 5, 1, 5);
        other.led(TOPIC, 5, 1, 6);

        // Then
        assertThat(other.digest(1).count()).isEqualTo(leaderships.digest(1).count());
        assertThat(other.digest(1)).isNotEqualTo(leaderships.digest(1));
    }

    @Test
    void whatIsNotInABrokersTableItLeadsNoLonger() {
        leaderships.led(TOPIC, 0, 1, 4);
        leaderships.led(TOPIC, 1, 1, 4);

        leaderships.retain(1, Set.of(new Leaderships.TopicEntry(TOPIC, 1, 4)));

        assertThat(leaderships.leader(TOPIC, 0).broker()).isEqualTo(-1);
        assertThat(leaderships.leader(TOPIC, 1).broker()).isEqualTo(1);
    }
}
