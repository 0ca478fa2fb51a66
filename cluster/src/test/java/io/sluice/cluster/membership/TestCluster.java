/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import akka.cluster.Cluster;
import akka.cluster.MemberStatus;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sluice.cluster.NodeConfigs;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;

/** Several actor systems in this JVM that are one cluster, on ports that the system picks. Broker i is at index i - 1. */
public final class TestCluster implements AutoCloseable {
    private final List<ActorSystem<Void>> systems = new ArrayList<>();

    /** Starts brokers 1 to {@code count} and waits until all see all up. */
    public static TestCluster start(int count, List<Integer> voters) {
        return start(count, voters, ConfigFactory.empty());
    }

    /** The same, with settings of its own. */
    public static TestCluster start(int count, List<Integer> voters, Config own) {
        TestCluster cluster = new TestCluster();
        for (int broker = 1; broker <= count; broker++) {
            cluster.add(broker, voters, own);
        }
        cluster.awaitMembers(count);
        return cluster;
    }

    /** One more broker; does not wait. */
    public ActorSystem<Void> add(int broker, List<Integer> voters, Config own) {
        Config config = own.withFallback(ConfigFactory.parseMap(Map.of("akka.remote.artery.advanced.test-mode", "on")))
                .withFallback(NodeConfigs.several(broker, voters))
                .resolve();
        ActorSystem<Void> system = ActorSystem.create(Behaviors.empty(), "sluice", config);
        Cluster.get(system)
                .join(Cluster.get(systems.isEmpty() ? system : systems.get(0)).selfAddress());
        systems.add(system);
        return system;
    }

    /** Of a broker. */
    public ActorSystem<Void> system(int broker) {
        return systems.get(broker - 1);
    }

    /** Waits until all that run see so many up. */
    public void awaitMembers(int count) {
        Awaitility.await().atMost(Duration.ofSeconds(20)).until(() -> systems.stream()
                .filter(system ->
                        !system.getWhenTerminated().toCompletableFuture().isDone())
                .allMatch(system -> up(system) == count));
    }

    private static long up(ActorSystem<?> system) {
        return StreamSupport.stream(Cluster.get(system).state().getMembers().spliterator(), false)
                .filter(member -> member.status() == MemberStatus.up())
                .count();
    }

    @Override
    public void close() {
        systems.forEach(ActorSystem::terminate);
        systems.forEach(system -> system.getWhenTerminated()
                .toCompletableFuture()
                .orTimeout(30, TimeUnit.SECONDS)
                .join());
    }
}
