/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import akka.cluster.Cluster;
import com.typesafe.config.ConfigFactory;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.cluster.membership.Leaderships.Leader;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Routers of brokers on several actor systems. */
class ReplicaRouterTest {
    private static final UUID TOPIC = new UUID(1, 2);
    private static final List<Integer> VOTERS = List.of(1);

    private record Delivered(int from, ReplicaKey key, ReplicaMessage message) {}

    private static final class Broker {
        final Leaderships leaderships = new Leaderships();
        final Peers peers;
        final Queue<Delivered> delivered = new ConcurrentLinkedQueue<>();
        final ActorRef<ReplicaRouter.Command> router;

        Broker(TestCluster cluster, int id) {
            peers = new Peers(id);
            router = ReplicaRouter.start(
                    cluster.system(id),
                    peers,
                    leaderships,
                    (from, key, message) -> delivered.add(new Delivered(from, key, message)));
        }

        void leads(int partition, int epoch) {
            leaderships.led(TOPIC, partition, peers.self(), epoch);
            router.tell(new ReplicaRouter.Announce(new ReplicaKey(TOPIC, partition), epoch, true));
        }
    }

    private TestCluster cluster;
    private Broker one;
    private Broker two;

    @BeforeEach
    void start() {
        cluster = TestCluster.start(2, VOTERS);
        one = new Broker(cluster, 1);
        two = new Broker(cluster, 2);
        await(() -> {
            assertThat(one.peers.brokers()).containsExactly(2);
            assertThat(two.peers.brokers()).containsExactly(1);
        });
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    @Test
    void whatReplicasSendArrivesInOrderHoweverMuchItIs() {
        // When
        for (int p = 0; p < 10_000; p++) {
            one.router.tell(new ReplicaRouter.Send(2, new ReplicaKey(TOPIC, p), new ReplicaMessage.Seek(p)));
        }
        one.router.tell(new ReplicaRouter.Send(3, new ReplicaKey(TOPIC, 0), new ReplicaMessage.Seek(0)));

        // Then
        await(() -> assertThat(two.delivered).hasSize(10_000));
        int p = 0;
        for (Delivered each : two.delivered) {
            assertThat(each).isEqualTo(new Delivered(1, new ReplicaKey(TOPIC, p), new ReplicaMessage.Seek(p)));
            p++;
        }
        assertThat(one.delivered).isEmpty();
    }

    @Test
    void everyBrokerKnowsWhoLeadsAndOneThatJoinsLaterToo() {
        // Given
        for (int p = 0; p < 9_000; p++) {
            one.leads(p, 4);
        }
        two.leads(0, 5);
        await(() -> {
            assertThat(two.leaderships.leader(TOPIC, 8_999)).isEqualTo(new Leader(1, 4));
            assertThat(one.leaderships.leader(TOPIC, 0)).isEqualTo(new Leader(2, 5));
        });

        // When
        cluster.add(3, VOTERS, ConfigFactory.empty());
        Broker three = new Broker(cluster, 3);

        // Then
        await(() -> {
            assertThat(three.leaderships.leader(TOPIC, 8_999)).isEqualTo(new Leader(1, 4));
            assertThat(three.leaderships.leader(TOPIC, 0)).isEqualTo(new Leader(2, 5));
            assertThat(three.leaderships.digest(1)).isEqualTo(one.leaderships.digest(1));
        });
    }

    @Test
    void whereABrokerServesHttpIsKnownToTheOthersUntilItHasLeft() {
        // When
        two.router.tell(new ReplicaRouter.Serve("two.example", 8080));

        // Then
        await(() -> assertThat(one.peers.serving())
                .isEqualTo(Map.of(2, InetSocketAddress.createUnresolved("two.example", 8080))));
        assertThat(two.peers.serving()).isEmpty();
        Cluster.get(cluster.system(2)).leave(Cluster.get(cluster.system(2)).selfAddress());
        await(() -> assertThat(one.peers.serving()).isEmpty());
    }

    @Test
    void anEndedLeadershipIsTold() {
        one.leads(0, 1);
        await(() -> assertThat(two.leaderships.leader(TOPIC, 0)).isEqualTo(new Leader(1, 1)));

        one.router.tell(new ReplicaRouter.Announce(new ReplicaKey(TOPIC, 0), 1, false));

        await(() -> assertThat(two.leaderships.leader(TOPIC, 0)).isEqualTo(new Leader(-1, 1)));
    }

    @Test
    void lostNewsIsMadeGood() {
        // Given: a leadership that broker 2 was not told of, and one that ended without its knowing
        one.leads(0, 1);
        await(() -> assertThat(two.leaderships.leader(TOPIC, 0)).isEqualTo(new Leader(1, 1)));

        // When
        one.leaderships.led(TOPIC, 1, 1, 7);
        one.leaderships.left(TOPIC, 0, 1, 1);

        // Then
        await(() -> {
            assertThat(two.leaderships.leader(TOPIC, 1)).isEqualTo(new Leader(1, 7));
            assertThat(two.leaderships.leader(TOPIC, 0)).isEqualTo(new Leader(-1, 1));
        });
    }

    @Test
    void aBrokerThatHasLeftLeadsNothing() {
        // Given
        two.leads(0, 1);
        await(() -> assertThat(one.leaderships.leader(TOPIC, 0).broker()).isEqualTo(2));

        // When
        Cluster.get(cluster.system(2)).leave(Cluster.get(cluster.system(2)).selfAddress());

        // Then
        await(() -> {
            assertThat(one.leaderships.leader(TOPIC, 0).broker()).isEqualTo(-1);
            assertThat(one.peers.brokers()).isEmpty();
        });
    }

    private static void await(org.awaitility.core.ThrowingRunnable condition) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(condition);
    }
}
