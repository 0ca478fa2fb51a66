/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import akka.actor.typed.ActorRef;
import io.sluice.actors.replication.ReplicaMessage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A replica that follows finds its way when those whom it counts on go away. */
class FollowingTest {
    private final PartitionRig rig = new PartitionRig();
    private ActorRef<PartitionCommand> replica;
    private PartitionHandle following;

    @BeforeEach
    void aFollower() throws Exception {
        replica = rig.spawnFollower(0);
        PartitionRig.next(rig.seeks); // it is open, and knows nobody
        replica.tell(new PartitionCommand.FromReplica(2, new ReplicaMessage.Leading(3, 0, 0)));
        following = PartitionRig.next(rig.follows);
        rig.seeks.clear();
    }

    @AfterEach
    void stopTheRig() {
        rig.close();
    }

    @Test
    void aLeaderIsSoughtWhenTheOneThatWasFollowedIsGone() throws Exception {
        // When
        replica.tell(new PartitionCommand.BrokerGone(2));

        // Then
        assertThat(PartitionRig.next(rig.unfollowed)).isSameAs(following);
        assertThat(PartitionRig.next(rig.seeks).partition()).isZero();
    }

    @Test
    void aLeaderIsSoughtWhenACandidateThatWasPromisedToIsGone() throws Exception {
        // Given
        replica.tell(new PartitionCommand.FromReplica(3, new ReplicaMessage.Prepare(4, 99, 0)));
        assertThat(PartitionRig.next(rig.unfollowed)).isSameAs(following);

        // When
        replica.tell(new PartitionCommand.BrokerGone(3));

        // Then
        assertThat(PartitionRig.next(rig.seeks).partition()).isZero();
    }

    @Test
    void aLeaderIsSoughtWhenACandidateThatWasPromisedToIsNotHeardOfAgain() throws Exception {
        // When
        replica.tell(new PartitionCommand.FromReplica(3, new ReplicaMessage.Prepare(4, 99, 0)));

        // Then
        assertThat(PartitionRig.next(rig.unfollowed)).isSameAs(following);
        assertThat(PartitionRig.next(rig.seeks).partition()).isZero();
    }

    @Test
    void whoIsChosenCampaignsOnItsOwnWhenTheCandidateThatItPromisedIsGone() throws Exception {
        // Given: it is to lead, but is behind, so that it waits; then another one asks for its promise
        replica.tell(PartitionCommand.Campaign.INSTANCE);
        replica.tell(new PartitionCommand.FromReplica(3, new ReplicaMessage.Prepare(4, 99, 0)));
        PartitionRig.next(rig.unfollowed);

        // When
        replica.tell(new PartitionCommand.BrokerGone(3));

        // Then
        await().untilAsserted(() -> assertThat(rig.promised(0)).isGreaterThan(4));
    }
}
