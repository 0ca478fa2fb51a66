/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.cluster.Cluster;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.ClusterSettings;
import io.sluice.cluster.membership.ClusterDoor;
import io.sluice.cluster.membership.DiscoveredSeeds;
import io.sluice.cluster.membership.SeedSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** How a node gets into its cluster: without seeds it is one by itself, at once. */
final class ClusterEntry {
    private ClusterEntry() {}

    /** Completes when the node is in, or with a {@link StartupException} if it is refused. */
    static CompletionStage<Void> enter(ActorSystem<?> system, BrokerSettings settings, DataDirectory directory) {
        Cluster cluster = Cluster.get(system);
        Address self = cluster.selfAddress();
        if (!settings.cluster().hasSeeds()) {
            cluster.join(self);
            return CompletableFuture.completedFuture(null);
        }
        SeedSource seeds;
        try {
            seeds = seeds(system, settings);
        } catch (StartupException unusable) {
            return CompletableFuture.failedFuture(unusable);
        }
        return ClusterDoor.enter(
                        system,
                        new ClusterDoor.Visitor(
                                settings.nodeId(), seeds, settings.cluster().voters(), directory::clusterId))
                .exceptionally(refused -> {
                    throw new CompletionException(new StartupException(refused.getMessage()));
                });
    }

    private static SeedSource seeds(ActorSystem<?> system, BrokerSettings settings) {
        Optional<ClusterSettings.KubernetesApi> kubernetes = settings.cluster().discovery();
        if (kubernetes.isPresent()) {
            checkReadable(kubernetes.get());
            return new DiscoveredSeeds(system, NodeConfig.KUBERNETES_API);
        }
        Address self = Cluster.get(system).selfAddress();
        return SeedSource.of(settings.cluster().seeds().stream()
                .map(seed -> new Address(self.protocol(), self.system(), seed.host(), seed.port()))
                .toList());
    }

    private static void checkReadable(ClusterSettings.KubernetesApi kubernetes) {
        for (String name : List.of("ca.crt", "token", "namespace")) {
            Path file = Path.of(kubernetes.credentials(), name);
            if (!Files.isReadable(file)) {
                throw new StartupException("sluice.cluster.discovery=" + NodeConfig.KUBERNETES_API + ": can't read "
                        + file + "; Kubernetes puts it into a pod that has a service account");
            }
        }
    }
}
