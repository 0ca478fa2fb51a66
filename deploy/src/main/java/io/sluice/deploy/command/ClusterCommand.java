/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static io.sluice.deploy.command.TopicsCommand.ordered;
import static io.sluice.deploy.command.TopicsCommand.plural;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code sluice cluster ...}. */
@Command(name = "cluster", description = "Show the state of the cluster and its nodes.")
final class ClusterCommand {
    @Command(description = "Is all well? Exit code 1 if a partition has no leader or lacks a replica.")
    int status(@Mixin Connection connection, @Mixin Output output) throws Exception {
        try (Admin admin = connection.admin()) {
            var cluster = admin.describeCluster();
            String id = connection.await(cluster.clusterId());
            Node controller = connection.await(cluster.controller());
            int nodes = connection.await(cluster.nodes()).size();
            Collection<TopicDescription> topics = topics(connection, admin);
            long partitions = count(topics, false, false);
            long offline = count(topics, true, false);
            long lacking = count(topics, false, true);
            boolean well = offline == 0 && lacking == 0;
            if (!output.printedJson(ordered(
                    "clusterId",
                    id,
                    "healthy",
                    well,
                    "nodes",
                    nodes,
                    "controller",
                    controller == null ? null : controller.id(),
                    "topics",
                    topics.size(),
                    "partitions",
                    partitions,
                    "offlinePartitions",
                    offline,
                    "underReplicatedPartitions",
                    lacking))) {
                output.say("cluster     " + id);
                output.say("state       " + (well ? "all partitions are served" : "in trouble"));
                output.say("nodes       " + nodes + (controller == null ? "" : ", controller is " + controller.id()));
                output.say("topics      " + topics.size() + " with " + plural(partitions, "partition"));
                if (!well) {
                    output.say("            " + plural(offline, "partition") + " without leader, "
                            + plural(lacking, "partition") + " without all replicas in sync");
                }
            }
            return well ? 0 : CommandFailure.FAILED;
        }
    }

    @Command(description = "List the nodes.")
    void nodes(@Mixin Connection connection, @Mixin Output output) throws Exception {
        try (Admin admin = connection.admin()) {
            var cluster = admin.describeCluster();
            List<Node> nodes = new ArrayList<>(connection.await(cluster.nodes()));
            nodes.sort(Comparator.comparingInt(Node::id));
            Node controller = connection.await(cluster.controller());
            Map<Integer, Integer> leads = new HashMap<>();
            for (TopicDescription topic : topics(connection, admin)) {
                topic.partitions().stream()
                        .filter(partition -> partition.leader() != null)
                        .forEach(partition -> leads.merge(partition.leader().id(), 1, Integer::sum));
            }
            Map<Integer, Long> bytes = logBytes(connection, admin, nodes);
            List<Map<String, Object>> json = new ArrayList<>();
            Table table = new Table("NODE", "KAFKA", "RACK", "LEADS", "LOGS", "ROLE");
            for (Node node : nodes) {
                boolean controls = controller != null && controller.id() == node.id();
                int led = leads.getOrDefault(node.id(), 0);
                long size = bytes.getOrDefault(node.id(), 0L);
                table.row(
                        node.id(),
                        node.host() + ":" + node.port(),
                        node.rack(),
                        led,
                        Table.bytes(size),
                        controls ? "controller" : "");
                json.add(ordered(
                        "node",
                        node.id(),
                        "host",
                        node.host(),
                        "port",
                        node.port(),
                        "rack",
                        node.rack(),
                        "partitionsLed",
                        led,
                        "logBytes",
                        size,
                        "controller",
                        controls));
            }
            output.print(json, table, "no nodes");
        }
    }

    private static Map<Integer, Long> logBytes(Connection connection, Admin admin, List<Node> nodes) throws Exception {
        Map<Integer, Long> bytes = new HashMap<>();
        connection
                .await(admin.describeLogDirs(nodes.stream().map(Node::id).toList())
                        .allDescriptions())
                .forEach((node, folders) -> bytes.put(
                        node,
                        folders.values().stream()
                                .flatMap(folder -> folder.replicaInfos().values().stream())
                                .mapToLong(replica -> replica.size())
                                .sum()));
        return bytes;
    }

    private static Collection<TopicDescription> topics(Connection connection, Admin admin) throws Exception {
        var names = connection.await(
                admin.listTopics(new ListTopicsOptions().listInternal(true)).names());
        return connection.await(admin.describeTopics(names).allTopicNames()).values();
    }

    private static long count(Collection<TopicDescription> topics, boolean onlyOffline, boolean onlyLacking) {
        return topics.stream()
                .flatMap(topic -> topic.partitions().stream())
                .filter(partition -> !onlyOffline || partition.leader() == null)
                .filter(partition -> !onlyLacking
                        || partition.isr().size() < partition.replicas().size())
                .count();
    }
}
