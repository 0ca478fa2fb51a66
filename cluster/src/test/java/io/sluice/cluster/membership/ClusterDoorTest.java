/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Cluster;
import com.typesafe.config.ConfigFactory;
import io.sluice.cluster.NodeConfigs;
import io.sluice.cluster.membership.ClusterDoor.RefusedException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClusterDoorTest {
    private static final List<Integer> VOTERS = List.of(1, 2, 3);

    private final List<ActorSystem<Void>> systems = new ArrayList<>();

    @AfterEach
    void stop() {
        systems.forEach(ActorSystem::terminate);
        systems.forEach(
                system -> system.getWhenTerminated().toCompletableFuture().join());
    }

    @Test
    void twoOfThreeVotersAreEnoughAndTheThirdJoinsLater() throws Exception {
        // Given seeds of which the first is not there
        ActorSystem<Void> two = system(2);
        ActorSystem<Void> three = system(3);
        List<Address> seeds = List.of(nowhere(two), address(two), address(three));

        // When
        CompletableFuture<Void> second = enter(two, 2, seeds, VOTERS, null);
        CompletableFuture<Void> third = enter(three, 3, seeds, VOTERS, null);

        // Then
        second.get(20, TimeUnit.SECONDS);
        third.get(20, TimeUnit.SECONDS);
        ActorSystem<Void> one = system(1);
        enter(one, 1, seeds, VOTERS, null).get(20, TimeUnit.SECONDS);
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> systems.forEach(
                        system -> assertThat(members(system)).as("one cluster").isEqualTo(3)));
    }

    @Test
    void aNodeAloneWaits() {
        ActorSystem<Void> one = system(1);

        CompletableFuture<Void> entered = enter(one, 1, List.of(address(one)), VOTERS, null);

        Awaitility.await()
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(20))
                .until(() -> !entered.isDone() && members(one) == 0);
    }

    @Test
    void aNodeOfAnotherClusterIsRefused() throws Exception {
        ActorSystem<Void> one = founded("cluster-a");
        ActorSystem<Void> two = system(2);

        assertRefused(
                enter(two, 2, List.of(address(one)), List.of(1), "cluster-b"),
                "this node's data belongs to cluster cluster-b, the nodes at 127.0.0.1:"
                        + address(one).getPort().orElseThrow() + " are cluster cluster-a");
        enter(system(3), 3, List.of(address(one)), List.of(1), "cluster-a").get(20, TimeUnit.SECONDS);
    }

    @Test
    void aNodeWithOtherVotersIsRefused() throws Exception {
        ActorSystem<Void> one = founded(null);
        ActorSystem<Void> two = system(2);

        assertRefused(
                enter(two, 2, List.of(address(one)), List.of(1, 2, 3), null),
                "this node was started with the voters [1, 2, 3], the cluster has [1] (--voters)");
    }

    @Test
    void aNumberThatIsTakenIsRefused() throws Exception {
        // Given
        ActorSystem<Void> one = founded(null);
        ActorSystem<Void> two = system(2);
        enter(two, 2, List.of(address(one)), List.of(1), null).get(20, TimeUnit.SECONDS);

        // When
        ActorSystem<Void> again = system(2);

        // Then
        assertRefused(
                enter(again, 2, List.of(address(one)), List.of(1), null),
                "broker 2 runs already, at 127.0.0.1:" + address(two).getPort().orElseThrow()
                        + ": choose another number with --node");
    }

    @Test
    void aNodeThatDiedIsLetInAgainAtOnceWhenItIsBack() throws Exception {
        // Given
        ActorSystem<Void> one = system(1);
        ActorSystem<Void> two = system(2);
        ActorSystem<Void> three = system(3);
        List<Address> seeds = List.of(address(one), address(two), address(three));
        CompletableFuture.allOf(
                        enter(one, 1, seeds, VOTERS, null),
                        enter(two, 2, seeds, VOTERS, null),
                        enter(three, 3, seeds, VOTERS, null))
                .get(20, TimeUnit.SECONDS);
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> members(one) == 3);

        // When
        three.terminate();
        three.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
        ActorSystem<Void> again = system(3, seeds.get(2).getPort().orElseThrow());
        enter(again, 3, seeds, VOTERS, null).get(20, TimeUnit.SECONDS);

        // Then
        Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> List.of(one, two, again)
                .forEach(system -> assertThat(members(system)).isEqualTo(3)));
    }

    @Test
    void aNodeThatIsBackOnAnotherPortIsLetInWhenItsFormerSelfIsGone() throws Exception {
        // Given: broker 4 has no vote
        ActorSystem<Void> one = system(1);
        ActorSystem<Void> two = system(2);
        ActorSystem<Void> four = system(4);
        List<Address> seeds = List.of(address(one), address(two));
        CompletableFuture.allOf(
                        enter(one, 1, seeds, VOTERS, null),
                        enter(two, 2, seeds, VOTERS, null),
                        enter(four, 4, seeds, VOTERS, null))
                .get(20, TimeUnit.SECONDS);

        // When
        four.terminate();
        ActorSystem<Void> again = system(4);

        // Then
        enter(again, 4, seeds, VOTERS, null).get(20, TimeUnit.SECONDS);
    }

    @Test
    void theNumberOfTheOnlyVoterCanNotBeginASecondCluster() throws Exception {
        ActorSystem<Void> one = founded(null);
        ActorSystem<Void> again = system(1);

        assertRefused(
                enter(again, 1, List.of(address(one), address(again)), List.of(1), null),
                "broker 1 runs already, at 127.0.0.1:" + address(one).getPort().orElseThrow()
                        + ": choose another number with --node");
    }

    @Test
    void othersAreLookedForUntilTheyAreFound() throws Exception {
        // Given two that are there, and a source that fails first, and then names nobody but the node itself
        ActorSystem<Void> one = system(1);
        ActorSystem<Void> two = system(2);
        ConcurrentLinkedQueue<CompletableFuture<List<Address>>> answers = new ConcurrentLinkedQueue<>(List.of(
                CompletableFuture.failedFuture(new IllegalStateException("no answer")),
                CompletableFuture.completedFuture(List.of(address(one)))));
        SeedSource source = () -> Objects.requireNonNullElseGet(
                answers.poll(), () -> CompletableFuture.completedFuture(List.of(address(one), address(two))));

        // When
        CompletableFuture<Void> first = enter(one, 1, source, VOTERS, null);
        CompletableFuture<Void> second = enter(two, 2, List.of(), VOTERS, null);

        // Then
        first.get(20, TimeUnit.SECONDS);
        second.get(20, TimeUnit.SECONDS);
        assertThat(answers).isEmpty();
    }

    @Test
    void aNodeThatCanNotLookForOthersBeginsNoClusterOfItsOwn() {
        ActorSystem<Void> one = system(1);
        SeedSource broken = () -> CompletableFuture.failedFuture(new IllegalStateException("no answer"));

        CompletableFuture<Void> entered = enter(one, 1, broken, List.of(1), null);

        Awaitility.await()
                .during(Duration.ofSeconds(2))
                .atMost(Duration.ofSeconds(20))
                .until(() -> !entered.isDone() && members(one) == 0);
    }

    private ActorSystem<Void> founded(String clusterId) throws Exception {
        ActorSystem<Void> one = system(1);
        enter(one, 1, List.of(address(one)), List.of(1), clusterId).get(20, TimeUnit.SECONDS);
        return one;
    }

    private static void assertRefused(CompletableFuture<Void> entered, String why) throws Exception {
        try {
            entered.get(20, TimeUnit.SECONDS);
            throw new AssertionError("was let in");
        } catch (ExecutionException refused) {
            assertThat(refused.getCause()).isInstanceOf(RefusedException.class).hasMessage(why);
        }
    }

    private ActorSystem<Void> system(int broker) {
        return system(broker, 0);
    }

    private ActorSystem<Void> system(int broker, int port) {
        ActorSystem<Void> system = ActorSystem.create(
                Behaviors.empty(),
                "sluice",
                ConfigFactory.parseMap(Map.of("akka.coordinated-shutdown.run-by-actor-system-terminate", "off"))
                        .withFallback(NodeConfigs.several(broker, VOTERS, port)));
        systems.add(system);
        return system;
    }

    private static CompletableFuture<Void> enter(
            ActorSystem<?> system, int broker, List<Address> seeds, List<Integer> voters, String clusterId) {
        return enter(system, broker, SeedSource.of(seeds), voters, clusterId);
    }

    private static CompletableFuture<Void> enter(
            ActorSystem<?> system, int broker, SeedSource seeds, List<Integer> voters, String clusterId) {
        return ClusterDoor.enter(system, new ClusterDoor.Visitor(broker, seeds, voters, () -> clusterId))
                .toCompletableFuture();
    }

    private static Address address(ActorSystem<?> system) {
        return Cluster.get(system).selfAddress();
    }

    /** Nobody listens there. */
    private static Address nowhere(ActorSystem<?> like) {
        Address address = address(like);
        return new Address(address.protocol(), address.system(), "127.0.0.1", 1);
    }

    private static long members(ActorSystem<?> system) {
        return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
                .count();
    }
}
