/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import akka.actor.Address;
import akka.cluster.Cluster;
import io.sluice.cluster.config.ClusterSettings;
import java.util.List;

/** How a node gets into its cluster: alone it is one at once; with seeds it asks them, and the first of them may begin a new one. */
final class ClusterEntry {
    private ClusterEntry() {}

    static void join(Cluster cluster, ClusterSettings settings) {
        if (!settings.hasSeeds()) {
            cluster.join(cluster.selfAddress());
            return;
        }
        Address self = cluster.selfAddress();
        List<Address> seeds = settings.seeds().stream()
                .map(seed -> new Address(self.protocol(), self.system(), seed.host(), seed.port()))
                .toList();
        cluster.joinSeedNodes(seeds);
    }
}
