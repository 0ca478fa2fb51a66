/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.config.ClusterSettings;
import io.sluice.cluster.sharding.ReplicaAllocationStrategy;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Akka's configuration of one node: {@code sluice-node.conf} with what is this node's own on top. System properties have no say. */
final class NodeConfig {
    /** The method of Akka Discovery that asks Kubernetes. */
    static final String KUBERNETES_API = "kubernetes-api";

    private NodeConfig() {}

    static Config of(BrokerSettings settings, String akkaHost, int akkaPort) {
        ClassLoader loader = NodeConfig.class.getClassLoader();
        Config own = ConfigFactory.parseMap(Map.of(
                "akka.remote.artery.canonical.hostname", akkaHost,
                "akka.remote.artery.canonical.port", akkaPort,
                "akka.cluster.roles", List.of("broker", ReplicaAllocationStrategy.ROLE_PREFIX + settings.nodeId())));
        return (settings.cluster().hasSeeds() ? own.withFallback(several(settings, loader)) : own)
                .withFallback(ConfigFactory.parseResources(loader, "sluice-node.conf"))
                .withFallback(ConfigFactory.defaultReference(loader))
                .resolve();
    }

    /** What only a node with others around it needs: a node that is alone stays idle. */
    private static Config several(BrokerSettings settings, ClassLoader loader) {
        ClusterSettings cluster = settings.cluster();
        Duration interval = Duration.ofMillis(cluster.heartbeatIntervalMs());
        return ConfigFactory.parseMap(Map.of(
                        "sluice.downing.broker", settings.nodeId(),
                        "sluice.downing.voters", cluster.voters(),
                        "sluice.downing.minority-grace", Duration.ofMillis(cluster.minorityGraceMs()),
                        "akka.cluster.failure-detector.heartbeat-interval", interval,
                        "akka.cluster.failure-detector.expected-response-after", interval,
                        "akka.cluster.failure-detector.acceptable-heartbeat-pause",
                                Duration.ofMillis(cluster.heartbeatPauseMs())))
                .withFallback(cluster.discovery().map(NodeConfig::kubernetes).orElse(ConfigFactory.empty()))
                .withFallback(ConfigFactory.parseResources(loader, "sluice-cluster.conf"));
    }

    private static Config kubernetes(ClusterSettings.KubernetesApi api) {
        return ConfigFactory.parseMap(Map.of(
                        "use-raw-ip", true,
                        // a format, of which nothing is wanted
                        "pod-label-selector", api.selector().replace("%", "%%"),
                        "api-ca-path", api.credentials() + "/ca.crt",
                        "api-token-path", api.credentials() + "/token",
                        "pod-namespace-path", api.credentials() + "/namespace"))
                .atPath("akka.discovery." + KUBERNETES_API);
    }
}
