/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A leader that hears of a newer one while appends wait to be written. */
class LostLeadershipTest {
    private final PartitionRig rig = new PartitionRig();

    @AfterEach
    void stopTheRig() {
        rig.close();
    }

    @Test
    void whatWasGatheredIsRefusedAndNotPreparedAnyMore() throws Exception {
        // Given a leader whose mailbox holds an append and, right behind it, the news: the write comes after both
        ActorRef<PartitionCommand> replica = rig.spawn(0);
        PartitionHandle leader = rig.awaitLead();
        CountDownLatch busy = new CountDownLatch(1);
        leader.describeProducers(producers -> PartitionRig.awaitLatch(busy));
        CompletableFuture<AppendResult> append = PartitionRig.append(leader, 100);
        replica.tell(new PartitionCommand.FromReplica(2, new ReplicaMessage.Leading(leader.leaderEpoch() + 1, 0, 0)));

        // When
        busy.countDown();

        // Then
        assertThat(append.get(10, TimeUnit.SECONDS))
                .isInstanceOfSatisfying(AppendResult.Rejected.class, rejected -> assertThat(rejected.error())
                        .isEqualTo(ErrorCode.NOT_LEADER_OR_FOLLOWER));
        assertThat(PartitionRig.next(rig.resigned)).isSameAs(leader);
        MemoryStore store = rig.store(0);
        assertThat(store.pendingBytes()).as("prepared still").isZero();
        assertThat(store.writes).as("written").isEmpty();
    }
}
