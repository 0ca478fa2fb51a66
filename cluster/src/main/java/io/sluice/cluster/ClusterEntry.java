/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.Address;
import akka.actor.typed.ActorSystem;
import akka.cluster.Cluster;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.membership.ClusterDoor;
import java.util.List;
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
        List<Address> seeds = settings.cluster().seeds().stream()
                .map(seed -> new Address(self.protocol(), self.system(), seed.host(), seed.port()))
                .toList();
        return ClusterDoor.enter(
                        system,
                        new ClusterDoor.Visitor(
                                settings.nodeId(), seeds, settings.cluster().voters(), directory::clusterId))
                .exceptionally(refused -> {
                    throw new CompletionException(new StartupException(refused.getMessage()));
                });
    }
}
