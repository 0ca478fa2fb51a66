/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.cluster;

import akka.http.javadsl.model.HttpMethods;
import akka.http.javadsl.model.HttpResponse;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.cluster.metadata.MetadataImage.PartitionInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.http.route.Answers;
import io.sluice.http.route.Endpoint;
import io.sluice.http.route.Routes;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** {@code /v1/cluster} and {@code /v1/nodes}. */
public final class ClusterRoutes implements Routes {
    private final Node node;
    private final Executor executor;

    /** @param executor looks at every partition */
    public ClusterRoutes(Node node, Executor executor) {
        this.node = node;
        this.executor = executor;
    }

    @Override
    public List<Endpoint> endpoints() {
        return List.of(
                Endpoint.of(HttpMethods.GET, "/v1/cluster", exchange -> answer(this::cluster)),
                Endpoint.of(HttpMethods.GET, "/v1/nodes", exchange -> answer(this::nodes)));
    }

    private CompletionStage<HttpResponse> answer(Supplier<Map<String, Object>> value) {
        return CompletableFuture.supplyAsync(() -> Answers.json(value.get()), executor);
    }

    private Map<String, Object> cluster() {
        MetadataImage image = node.metadata();
        int controller = node.controllerId();
        Map<String, Object> cluster = new LinkedHashMap<>();
        cluster.put("id", image.clusterId());
        cluster.put("controller", controller < 0 ? null : controller);
        cluster.put("nodes", image.brokers().size());
        cluster.put("topics", image.topics().size());
        cluster.put(
                "partitions",
                image.topics().values().stream()
                        .mapToInt(topic -> topic.partitions().size())
                        .sum());
        cluster.put("metadataOffset", image.offset());
        cluster.put("features", image.features());
        cluster.put("rebalancing", image.isRebalancing());
        return cluster;
    }

    /** What a node has. */
    private static final class Load {
        int leads;
        int replicas;
    }

    private Map<String, Object> nodes() {
        MetadataImage image = node.metadata();
        Map<Integer, Load> loads = loads(image);
        Set<Integer> live = node.liveBrokers();
        Set<Integer> draining = image.draining();
        List<Map<String, Object>> nodes = new ArrayList<>();
        for (BrokerInfo broker : image.brokers().values()) {
            Load load = loads.getOrDefault(broker.id(), new Load());
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("node", broker.id());
            entry.put("kafka", address(broker.host(), broker.port()));
            InetSocketAddress http = http(broker.id());
            entry.put("http", http == null ? null : address(http.getHostString(), http.getPort()));
            entry.put("rack", broker.rack());
            entry.put("live", live.contains(broker.id()));
            entry.put("draining", draining.contains(broker.id()));
            entry.put("leads", load.leads);
            entry.put("replicas", load.replicas);
            entry.put("answers", broker.id() == node.id());
            nodes.add(entry);
        }
        return Map.of("nodes", nodes);
    }

    /** Null where a node serves none, or has not said where yet. */
    private InetSocketAddress http(int broker) {
        return broker == node.id()
                ? node.httpAddress().orElse(null)
                : node.httpAddresses().get(broker);
    }

    private static String address(String host, int port) {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    private Map<Integer, Load> loads(MetadataImage image) {
        Map<Integer, Load> loads = new HashMap<>();
        for (TopicInfo topic : image.topics().values()) {
            for (PartitionInfo partition : topic.partitions()) {
                for (int replica : partition.replicas()) {
                    loads.computeIfAbsent(replica, id -> new Load()).replicas++;
                }
                int leader = node.leadership(topic.id(), partition.partition()).brokerId();
                if (leader >= 0) {
                    loads.computeIfAbsent(leader, id -> new Load()).leads++;
                }
            }
        }
        return loads;
    }
}
