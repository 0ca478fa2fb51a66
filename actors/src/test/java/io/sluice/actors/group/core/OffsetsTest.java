/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.DeleteGroup;
import io.sluice.actors.group.GroupRequest.DeleteOffsets;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.Committed;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupState;
import io.sluice.actors.group.core.Scene.Client;
import io.sluice.actors.group.record.GroupRecords;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class OffsetsTest {
    private static final PartitionKey ORDERS_0 = new PartitionKey("orders", 0);
    private static final PartitionKey OLD_0 = new PartitionKey("old-topic", 0);
    private static final long DAY_MS = 86_400_000;

    private final Scene scene = new Scene();
    private final Client a = scene.client("a");

    private Committed commitAsNobody(String topic, long offset, long retentionMs, String metadata) {
        return scene.ask(new Commit(
                Scene.GROUP,
                -1,
                "",
                null,
                retentionMs,
                true,
                List.of(new NewOffset(topic, Scene.TOPIC_ID, 0, offset, -1, metadata))));
    }

    private Map<PartitionKey, CommittedOffset> all() {
        return scene.ask(new FetchOffsets(Scene.GROUP, null)).offsets();
    }

    @Test
    void committedOffsetComesBackExactly() {
        // Given
        scene.stabilize(a);
        String metadata = "  leading space, umlaut ä, NUL \0, and an end ";

        // When
        scene.ask(new Commit(
                Scene.GROUP,
                a.generation,
                a.memberId,
                null,
                -1,
                true,
                List.of(new NewOffset("orders", Scene.TOPIC_ID, 0, Long.MAX_VALUE, 17, metadata))));

        // Then
        CommittedOffset offset = scene.ask(new FetchOffsets(Scene.GROUP, List.of(ORDERS_0, OLD_0)))
                .offsets()
                .get(ORDERS_0);
        assertThat(offset)
                .isEqualTo(new CommittedOffset(Long.MAX_VALUE, 17, metadata, scene.nowMs, -1, Scene.TOPIC_ID));
        assertThat(all()).containsOnlyKeys(ORDERS_0);
    }

    @Test
    void consumerWithoutAMembershipCommitsToAGroupWithoutMembers() {
        // When
        Committed committed = commitAsNobody("orders", 5, -1, null);

        // Then
        assertThat(committed.partitions()).containsEntry(ORDERS_0, ErrorCode.NONE);
        assertThat(all().get(ORDERS_0).metadata()).isEmpty();
        assertThat(scene.state()).isEqualTo(GroupState.EMPTY);
    }

    @Test
    void outsiderCannotCommitToAGroupWithMembers() {
        // Given
        scene.stabilize(a);

        // When
        Committed committed = commitAsNobody("orders", 5, -1, "");

        // Then
        assertThat(committed.error()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID);
        assertThat(all()).isEmpty();
    }

    @Test
    void commitWithAGenerationNeedsTheGroup() {
        // Given
        a.generation = 3;
        a.memberId = "a-1";

        // When
        ErrorCode newClient = a.commit(0, 1);
        ErrorCode oldClient = scene.ask(new Commit(Scene.GROUP, 3, "a-1", null, -1, false, List.of()))
                .error();

        // Then
        assertThat(newClient).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(oldClient).isEqualTo(ErrorCode.ILLEGAL_GENERATION);
        assertThat(scene.group()).isNull();
    }

    @Test
    void memberMayCommitWhileItIsToldToJoinAgainButNotBeforeItHasItsAssignment() {
        // Given
        scene.stabilize(a);
        Client b = scene.client("b");
        b.join();

        // When
        ErrorCode whilePreparing = a.commit(0, 1);
        a.took(a.join().get());
        ErrorCode whileCompleting = a.commit(0, 2);

        // Then
        assertThat(whilePreparing).isEqualTo(ErrorCode.NONE);
        assertThat(whileCompleting).isEqualTo(ErrorCode.REBALANCE_IN_PROGRESS);
        assertThat(all().get(ORDERS_0).offset()).isEqualTo(1);
    }

    @Test
    void whoCommitsIsAlive() {
        // Given
        scene.stabilize(a);
        scene.pass(Scene.SESSION_MS - 1);

        // When
        a.commit(0, 1);
        scene.pass(Scene.SESSION_MS - 1);

        // Then
        assertThat(a.heartbeat()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void metadataHasALimitInBytes() {
        // When
        Committed fits = commitAsNobody("orders", 1, -1, "x".repeat(4_096));
        Committed tooLong = commitAsNobody("orders", 2, -1, "x".repeat(4_097));
        Committed tooManyBytes = commitAsNobody("orders", 3, -1, "€".repeat(1_366));

        // Then
        assertThat(fits.partitions()).containsEntry(ORDERS_0, ErrorCode.NONE);
        assertThat(tooLong.partitions()).containsEntry(ORDERS_0, ErrorCode.OFFSET_METADATA_TOO_LARGE);
        assertThat(tooManyBytes.partitions()).containsEntry(ORDERS_0, ErrorCode.OFFSET_METADATA_TOO_LARGE);
        assertThat(all().get(ORDERS_0).offset()).isEqualTo(1);
    }

    @Test
    void offsetsOfAConsumerWithoutAMembershipExpireAfterTheirCommit() {
        // Given
        commitAsNobody("orders", 1, -1, "");
        scene.pass(6 * DAY_MS);
        commitAsNobody("old-topic", 1, -1, "");

        // When
        scene.pass(DAY_MS + scene.settings.offsetsRetentionCheckIntervalMs());

        // Then
        assertThat(all()).containsOnlyKeys(OLD_0);
        scene.pass(6 * DAY_MS);
        assertThat(scene.group()).isNull();
        assertThat(scene.metrics.expiredOffsets().sum()).isEqualTo(2);
        assertThat(scene.events.subList(2, 4)).allMatch(GroupRecords::removes);
    }

    @Test
    void offsetsOfAGroupExpireWhenItHasBeenEmptyForLong() {
        // Given
        a.sessionMs = 1_800_000;
        scene.stabilize(a);
        a.commit(0, 1);
        for (int i = 0; i < 24 * 10; i++) {
            for (int third = 0; third < 3; third++) {
                scene.pass(20 * 60_000);
                a.heartbeat();
            }
        }
        Set<PartitionKey> afterTenDaysWithAMember = Set.copyOf(all().keySet());
        a.leave();

        // When
        scene.pass(7 * DAY_MS - 1_000);
        Set<PartitionKey> justBefore = Set.copyOf(all().keySet());
        scene.pass(1_000 + scene.settings.offsetsRetentionCheckIntervalMs());

        // Then
        assertThat(afterTenDaysWithAMember).containsExactly(ORDERS_0);
        assertThat(justBefore).containsExactly(ORDERS_0);
        assertThat(scene.group()).isNull();
        assertThat(scene.replayed().list(Set.of(), Set.of())).isEmpty();
    }

    @Test
    void offsetsOfATopicThatNobodyOfTheGroupConsumesExpireToo() {
        // Given
        a.sessionMs = 1_800_000;
        commitAsNobody("old-topic", 1, -1, "");
        scene.stabilize(a);
        a.commit(0, 1);

        // When
        for (int i = 0; i < 8 * 48 * 2; i++) {
            scene.pass(900_000);
            a.heartbeat();
        }

        // Then
        assertThat(all()).containsOnlyKeys(ORDERS_0);
    }

    @Test
    void oldClientsSayThemselvesHowLongTheirOffsetsStay() {
        // Given
        commitAsNobody("orders", 1, DAY_MS, "");

        // When
        scene.pass(DAY_MS + scene.settings.offsetsRetentionCheckIntervalMs());

        // Then
        assertThat(scene.group()).isNull();
    }

    @Test
    void offsetsCanBeDeletedUnlessTheirTopicIsConsumed() {
        // Given
        commitAsNobody("old-topic", 1, -1, "");
        scene.stabilize(a);
        a.commit(0, 1);

        // When
        Committed deleted = scene.ask(new DeleteOffsets(Scene.GROUP, List.of(ORDERS_0, OLD_0)));
        Committed unknown = scene.ask(new DeleteOffsets("nobody", List.of(ORDERS_0)));

        // Then
        assertThat(deleted.partitions())
                .containsEntry(ORDERS_0, ErrorCode.GROUP_SUBSCRIBED_TO_TOPIC)
                .containsEntry(OLD_0, ErrorCode.NONE);
        assertThat(all()).containsOnlyKeys(ORDERS_0);
        assertThat(unknown.error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
    }

    @Test
    void groupCanBeDeletedOnceItIsEmpty() {
        // Given
        scene.stabilize(a);
        a.commit(0, 1);

        // When
        ErrorCode withMembers = scene.ask(new DeleteGroup(Scene.GROUP)).error();
        a.leave();
        ErrorCode empty = scene.ask(new DeleteGroup(Scene.GROUP)).error();
        ErrorCode again = scene.ask(new DeleteGroup(Scene.GROUP)).error();

        // Then
        assertThat(withMembers).isEqualTo(ErrorCode.NON_EMPTY_GROUP);
        assertThat(empty).isEqualTo(ErrorCode.NONE);
        assertThat(again).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(scene.replayed().list(Set.of(), Set.of())).isEmpty();
    }

    @Test
    void offsetsGoWithTheirTopic() {
        // Given
        commitAsNobody("orders", 1, -1, "");
        commitAsNobody("old-topic", 1, -1, "");

        // When
        scene.shard.topicsDeleted(Set.of("old-topic"));
        scene.settle();

        // Then
        assertThat(all()).containsOnlyKeys(ORDERS_0);
        assertThat(GroupRecords.removes(scene.events.get(scene.events.size() - 1)))
                .isTrue();
    }

    @Test
    void groupWithoutAnythingIsNotKept() {
        // Given
        commitAsNobody("orders", 1, -1, "");

        // When
        scene.ask(new DeleteOffsets(Scene.GROUP, List.of(ORDERS_0)));

        // Then
        assertThat(scene.group()).isNull();
        assertThat(scene.metrics.groups(GroupState.EMPTY)).isZero();
    }

    @Test
    void unknownGroupHasNoOffsets() {
        // When
        var fetched = scene.ask(new FetchOffsets("nobody", List.of(ORDERS_0)));

        // Then
        assertThat(fetched.error()).isEqualTo(ErrorCode.NONE);
        assertThat(fetched.offsets()).isEmpty();
    }
}
