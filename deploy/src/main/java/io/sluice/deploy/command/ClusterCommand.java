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
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.config.ConfigResource;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice cluster ...}. */
@Command(name = "cluster", description = "Show the state of the cluster and its nodes, and move replicas.")
final class ClusterCommand {
    private static final String REBALANCE = "sluice.rebalance";
    private static final String DRAIN = "sluice.broker.drain";

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

    @Command(description = "Spread replicas and leaders evenly over the nodes, in the background.")
    void rebalance(
            @Mixin Connection connection,
            @Mixin Output output,
            @Option(names = "--status", description = "Only show what is going on.") boolean status,
            @Option(names = "--stop", description = "Begin no more moves; what moves goes on.") boolean stop)
            throws Exception {
        try (Admin admin = connection.admin()) {
            if (!status) {
                set(connection, admin, "", REBALANCE, !stop);
                output.say(stop ? "no more moves are begun" : "replicas and leaders are being spread evenly");
            }
            progress(connection, admin, output);
        }
    }

    @Command(description = "Empty a node: its replicas move to others, and nothing new is put on it.")
    void drain(
            @Mixin Connection connection,
            @Mixin Output output,
            @Parameters(paramLabel = "NODE") int node,
            @Option(names = "--undo", description = "Let the node have replicas again.") boolean undo)
            throws Exception {
        try (Admin admin = connection.admin()) {
            set(connection, admin, Integer.toString(node), DRAIN, !undo);
            if (undo) {
                set(connection, admin, "", REBALANCE, true);
            }
            output.say(undo ? "node " + node + " gets replicas again" : "node " + node + " is being emptied");
            progress(connection, admin, output);
        }
    }

    private static void set(Connection connection, Admin admin, String node, String key, boolean on) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, node);
        AlterConfigOp op = new AlterConfigOp(
                new ConfigEntry(key, on ? "true" : null), on ? AlterConfigOp.OpType.SET : AlterConfigOp.OpType.DELETE);
        connection.await(
                admin.incrementalAlterConfigs(Map.of(resource, List.of(op))).all());
    }

    private static boolean isSet(Connection connection, Admin admin, String node, String key) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.BROKER, node);
        ConfigEntry entry = connection
                .await(admin.describeConfigs(List.of(resource)).all())
                .get(resource)
                .get(key);
        return entry != null && Boolean.parseBoolean(entry.value());
    }

    /** What moves, and what each node has by now. */
    private static void progress(Connection connection, Admin admin, Output output) throws Exception {
        List<Node> nodes =
                new ArrayList<>(connection.await(admin.describeCluster().nodes()));
        nodes.sort(Comparator.comparingInt(Node::id));
        int moving = connection
                .await(admin.listPartitionReassignments().reassignments())
                .size();
        boolean rebalancing = isSet(connection, admin, "", REBALANCE);
        Map<Integer, Integer> leads = new HashMap<>();
        Map<Integer, Integer> replicas = new HashMap<>();
        for (TopicDescription topic : topics(connection, admin)) {
            topic.partitions().forEach(partition -> {
                partition.replicas().forEach(node -> replicas.merge(node.id(), 1, Integer::sum));
                if (partition.leader() != null) {
                    leads.merge(partition.leader().id(), 1, Integer::sum);
                }
            });
        }
        List<Map<String, Object>> json = new ArrayList<>();
        Table table = new Table("NODE", "REPLICAS", "LEADS", "");
        for (Node node : nodes) {
            boolean drains = isSet(connection, admin, node.idString(), DRAIN);
            int has = replicas.getOrDefault(node.id(), 0);
            int led = leads.getOrDefault(node.id(), 0);
            table.row(node.id(), has, led, drains ? has == 0 ? "empty" : "being emptied" : "");
            json.add(ordered("node", node.id(), "replicas", has, "partitionsLed", led, "draining", drains));
        }
        if (!output.printedJson(ordered("rebalancing", rebalancing, "partitionsMoving", moving, "nodes", json))) {
            output.say((rebalancing ? "rebalancing, " : "not rebalancing, ") + plural(moving, "partition") + " moving");
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
