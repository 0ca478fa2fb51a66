/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sluice.cluster.sharding.ReplicaAllocationStrategy;
import java.util.List;
import java.util.Map;

/** Akka's configuration of one node: {@code sluice-node.conf} with what is this node's own on top. System properties have no say. */
final class NodeConfig {
    private NodeConfig() {}

    static Config of(int nodeId, String akkaHost, int akkaPort) {
        ClassLoader loader = NodeConfig.class.getClassLoader();
        return ConfigFactory.parseMap(Map.of(
                        "akka.remote.artery.canonical.hostname", akkaHost,
                        "akka.remote.artery.canonical.port", akkaPort,
                        "akka.cluster.roles", List.of("broker", ReplicaAllocationStrategy.ROLE_PREFIX + nodeId)))
                .withFallback(ConfigFactory.parseResources(loader, "sluice-node.conf"))
                .withFallback(ConfigFactory.defaultReference(loader))
                .resolve();
    }
}
