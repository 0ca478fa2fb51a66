/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.membership.Leaderships;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ElectionsTest {
    private static final UUID TOPIC = new UUID(6, 6);
    private static final int LONG_MS = 60_000;

    private final Leaderships leaderships = new Leaderships();
    private final List<String> claims = new ArrayList<>();

    /** Partition 0 is to be led by broker 2, partition 1 by broker 3. */
    private final ClusterImage image = ClusterImage.EMPTY.with(
            List.of(new MetadataRecord.TopicCreated(
                    TOPIC,
                    "topic",
                    false,
                    List.of(new PartitionInfo(0, 0, List.of(2, 3)), new PartitionInfo(1, 1, List.of(3, 2))),
                    Map.of())),
            1);

    private final Elections elections =
            new Elections(leaderships, () -> image, (topicId, partition) -> claims.add(topicId + "-" + partition));

    private CompletableFuture<ErrorCode> elect(int partition, int timeoutMs) {
        return elections.elect(TOPIC, partition, timeoutMs).toCompletableFuture();
    }

    @Test
    void isDoneWhenThePreferredBrokerLeads() {
        // Given
        leaderships.led(TOPIC, 0, 3, 1);
        CompletableFuture<ErrorCode> election = elect(0, LONG_MS);
        assertThat(election).isNotDone();

        // When
        leaderships.led(TOPIC, 0, 2, 2);

        // Then
        assertThat(election).isCompletedWithValue(ErrorCode.NONE);
        assertThat(claims).containsExactly(TOPIC + "-0");
    }

    @Test
    void isDoneAtOnceWhereThePreferredBrokerLeadsAlready() {
        // Given
        leaderships.led(TOPIC, 0, 2, 1);

        // Then
        assertThat(elect(0, LONG_MS)).isCompletedWithValue(ErrorCode.NONE);
    }

    @Test
    void anotherLeaderAndAnotherPartitionAreNotMeant() {
        // Given
        CompletableFuture<ErrorCode> election = elect(0, LONG_MS);

        // When
        leaderships.led(TOPIC, 0, 3, 1);
        leaderships.led(TOPIC, 1, 2, 1);
        leaderships.led(new UUID(7, 7), 0, 2, 1);
        leaderships.left(TOPIC, 0, 3, 1);

        // Then
        assertThat(election).isNotDone();
    }

    @Test
    void allWhoWaitHear() {
        // Given
        CompletableFuture<ErrorCode> one = elect(1, LONG_MS);
        CompletableFuture<ErrorCode> other = elect(1, LONG_MS);

        // When
        leaderships.led(TOPIC, 1, 3, 1);

        // Then
        assertThat(one).isCompletedWithValue(ErrorCode.NONE);
        assertThat(other).isCompletedWithValue(ErrorCode.NONE);
    }

    @Test
    void whoWaitsTooLongIsToldSo() throws Exception {
        // When
        ErrorCode error = elect(0, 20).get(10, TimeUnit.SECONDS);
        leaderships.led(TOPIC, 0, 2, 1);

        // Then
        assertThat(error).isEqualTo(ErrorCode.PREFERRED_LEADER_NOT_AVAILABLE);
    }

    @Test
    void whatIsNotThereIsNotElected() throws Exception {
        assertThat(elect(2, LONG_MS)).isCompletedWithValue(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(elect(-1, LONG_MS)).isCompletedWithValue(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(elections.elect(new UUID(7, 7), 0, LONG_MS).toCompletableFuture())
                .isCompletedWithValue(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION);
        assertThat(claims).isEmpty();
    }
}
