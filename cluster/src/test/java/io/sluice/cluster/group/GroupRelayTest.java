/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.GroupAccess;
import io.sluice.actors.group.GroupCoordinators;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.DeleteGroup;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupResponse.Committed;
import io.sluice.actors.group.GroupResponse.Outcome;
import io.sluice.cluster.membership.Leaderships;
import io.sluice.cluster.membership.Peers;
import io.sluice.cluster.membership.RelayMeters;
import io.sluice.cluster.membership.ReplicaRouter;
import io.sluice.cluster.membership.TestCluster;
import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataRecord;
import io.sluice.log.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Groups that another node coordinates, which answers when the test says so. */
class GroupRelayTest {
    private static final UUID OFFSETS = new UUID(5, 5);
    private static final int TIMEOUT_MS = 20_000;
    private static final int REQUESTS_MAX = 2;
    private static final int MESSAGE_BYTES_MAX = 2_000;
    private static final ClusterImage IMAGE = ClusterImage.EMPTY.with(
            List.of(new MetadataRecord.TopicCreated(
                    OFFSETS, GroupCoordinators.TOPIC, true, List.of(new PartitionInfo(0, 0, List.of(1, 2))), Map.of())),
            1);

    private static final class Broker {
        final FakeCoordinators coordinators = new FakeCoordinators();
        final RelayMeters meters = new RelayMeters();
        final Peers peers;
        final GroupAccess access;

        Broker(TestCluster cluster, int id) {
            Leaderships leaderships = new Leaderships();
            peers = new Peers(id);
            ReplicaRouter.start(cluster.system(id), peers, leaderships, (from, key, message) -> {});
            leaderships.led(OFFSETS, 0, 1, 1);
            access = GroupRelay.start(
                    cluster.system(id),
                    new GroupRelay.Parts(
                            coordinators,
                            () -> IMAGE,
                            leaderships,
                            peers,
                            () -> {},
                            new GroupRelay.Limits(REQUESTS_MAX, MESSAGE_BYTES_MAX),
                            meters));
        }
    }

    private TestCluster cluster;
    private Broker coordinating;
    private Broker asking;

    @BeforeEach
    void start() {
        cluster = TestCluster.start(2, List.of(1));
        coordinating = new Broker(cluster, 1);
        asking = new Broker(cluster, 2);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .until(() -> !coordinating.peers.brokers().isEmpty()
                        && !asking.peers.brokers().isEmpty());
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private CompletableFuture<Outcome> delete() {
        return asking.access.ask(new DeleteGroup("billing"), TIMEOUT_MS);
    }

    private static <R> R get(CompletableFuture<R> future) throws Exception {
        return future.get(TIMEOUT_MS, TimeUnit.MILLISECONDS);
    }

    @Test
    void noMoreRequestsWaitThanAllowed() throws Exception {
        // Given
        CompletableFuture<Outcome> first = delete();
        CompletableFuture<Outcome> second = delete();
        Awaitility.await().until(() -> coordinating.coordinators.refusals.size() == REQUESTS_MAX);

        // When
        Outcome third = get(delete());

        // Then
        assertThat(third.error()).isEqualTo(ErrorCode.COORDINATOR_NOT_AVAILABLE);
        assertThat(asking.meters.refused.sum()).isEqualTo(1);
        assertThat(asking.meters.waiting.get()).isEqualTo(REQUESTS_MAX);
        coordinating.coordinators.refusals.forEach(Runnable::run);
        assertThat(get(first).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        assertThat(get(second).error()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND);
        Awaitility.await().until(() -> asking.meters.waiting.get() == 0);
    }

    @Test
    void whatIsTooLargeForTheWayIsRefusedAndCounted() throws Exception {
        NewOffset large = new NewOffset("orders", new UUID(0, 0), 0, 1, -1, "m".repeat(MESSAGE_BYTES_MAX));

        Committed answer =
                get(asking.access.ask(new Commit("billing", -1, "", null, -1, false, List.of(large)), TIMEOUT_MS));

        assertThat(answer.error()).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(asking.meters.tooLarge.sum()).isEqualTo(1);
        assertThat(coordinating.coordinators.refusals).isEmpty();
    }
}
