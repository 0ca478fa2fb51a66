/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.remote.RARP;
import akka.remote.testkit.Blackhole$;
import akka.remote.testkit.Direction;
import akka.remote.testkit.SetThrottle;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Three or more actor systems, of which some die or are cut off. */
class VoterDowningTest {
    /** A system that is terminated says good-bye to nobody. */
    private static final Config CRASHES =
            ConfigFactory.parseMap(Map.of("akka.coordinated-shutdown.run-by-actor-system-terminate", "off"));

    private TestCluster cluster;

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void aDeadProcessIsRemovedWithoutWaitingForHeartbeats() {
        // Given a failure detector that would take a minute
        cluster = TestCluster.start(
                3,
                List.of(1, 2, 3),
                CRASHES.withFallback(ConfigFactory.parseMap(
                        Map.of("akka.cluster.failure-detector.acceptable-heartbeat-pause", "60s"))));

        // When
        cluster.system(3).terminate();

        // Then
        awaitBrokers(1, 1, 2);
        awaitBrokers(2, 1, 2);
    }

    @Test
    void aSilentNodeIsRemovedAndStopsItself() {
        // Given
        cluster = TestCluster.start(3, List.of(1, 2, 3));

        // When
        cut(3, 1);
        cut(3, 2);

        // Then
        awaitBrokers(1, 1, 2);
        awaitBrokers(2, 1, 2);
        awaitStopped(3);
        assertRuns(1);
        assertRuns(2);
    }

    @Test
    void aLinkThatIsCutBetweenTwoNodesCostsNobody() {
        // Given
        cluster = TestCluster.start(3, List.of(1, 2, 3), CRASHES);

        // When
        cut(2, 3);

        // Then: one vote against each is no majority
        Awaitility.await()
                .during(Duration.ofSeconds(4))
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(brokers(1)).containsExactly(1, 2, 3));
        assertRuns(2);
        assertRuns(3);
    }

    @Test
    void theLastOfThreeVotersStopsItself() {
        // Given
        cluster = TestCluster.start(3, List.of(1, 2, 3), CRASHES);

        // When
        cluster.system(1).terminate();
        cluster.system(2).terminate();

        // Then: it downs itself, which without the coordinated shutdown ends its membership only
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> Cluster.get(cluster.system(3))
                .isTerminated());
    }

    @Test
    void brokersWithoutAVoteDecideNothing() {
        // Given
        cluster = TestCluster.start(3, List.of(1), CRASHES);

        // When
        cluster.system(2).terminate();
        cluster.system(3).terminate();

        // Then
        awaitBrokers(1, 1);
        assertRuns(1);
    }

    /** Nothing gets from one to the other any more, in either direction. */
    private void cut(int one, int other) {
        blackhole(cluster.system(one), Cluster.get(cluster.system(other)).selfAddress());
        blackhole(cluster.system(other), Cluster.get(cluster.system(one)).selfAddress());
    }

    private static void blackhole(ActorSystem<?> system, Address to) {
        ((RARP) RARP.get(Adapter.toClassic(system)))
                .provider()
                .transport()
                .managementCommand(new SetThrottle(to, Direction.Both$.MODULE$, Blackhole$.MODULE$));
    }

    private void awaitBrokers(int seenBy, Integer... expected) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertThat(brokers(seenBy))
                .containsExactly(expected));
    }

    private List<Integer> brokers(int seenBy) {
        List<Integer> brokers = new ArrayList<>();
        for (Member member : Cluster.get(cluster.system(seenBy)).state().getMembers()) {
            brokers.add(Peers.brokerOf(member).orElseThrow());
        }
        brokers.sort(null);
        return brokers;
    }

    private void awaitStopped(int broker) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> cluster.system(broker)
                .getWhenTerminated()
                .toCompletableFuture()
                .isDone());
    }

    private void assertRuns(int broker) {
        assertThat(Cluster.get(cluster.system(broker)).isTerminated())
                .as("broker %s has stopped", broker)
                .isFalse();
    }
}
