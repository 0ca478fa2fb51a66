/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import com.typesafe.config.Config;
import io.sluice.cluster.config.BrokerSettings;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Akka's configuration as a node has it, for tests of other packages. */
public final class NodeConfigs {
    private NodeConfigs() {}

    /** Of a node among several, on a free port. */
    public static Config several(int broker, List<Integer> voters) {
        return several(broker, voters, 0);
    }

    /** The same on a known port. */
    public static Config several(int broker, List<Integer> voters, int port) {
        return NodeConfig.of(
                BrokerSettings.parse(Map.of(
                        "node.id", String.valueOf(broker),
                        "sluice.cluster.seeds", "127.0.0.1:1",
                        "sluice.cluster.voters",
                                voters.stream().map(String::valueOf).collect(Collectors.joining(",")))),
                "127.0.0.1",
                port);
    }
}
