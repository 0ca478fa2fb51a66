/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice topics ...}. */
@Command(name = "topics", description = "List, create, describe, configure and delete topics.")
final class TopicsCommand {
    @Command(description = "List the topics.")
    void list(
            @Mixin Connection connection,
            @Mixin Output output,
            @Option(names = "--internal", description = "The broker's own topics too.") boolean internal)
            throws Exception {
        try (Admin admin = connection.admin()) {
            var names = connection.await(admin.listTopics(new ListTopicsOptions().listInternal(internal))
                    .names());
            Map<String, TopicDescription> topics =
                    new TreeMap<>(connection.await(admin.describeTopics(names).allTopicNames()));
            PartitionOffsets offsets = PartitionOffsets.of(connection, admin, served(topics.values()));
            List<Map<String, Object>> json = new ArrayList<>();
            Table table = new Table("TOPIC", "PARTITIONS", "REPLICAS", "RECORDS");
            topics.forEach((name, topic) -> {
                int replicas = topic.partitions().stream()
                        .mapToInt(partition -> partition.replicas().size())
                        .max()
                        .orElse(0);
                long records = offsets.records(name);
                table.row(name, topic.partitions().size(), replicas, records);
                json.add(ordered(
                        "topic",
                        name,
                        "partitions",
                        topic.partitions().size(),
                        "replicas",
                        replicas,
                        "records",
                        records));
            });
            output.print(json, table, "no topics yet: sluice topics create NAME");
        }
    }

    @Command(description = "Create a topic.")
    void create(
            @Mixin Connection connection,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", arity = "1..*", description = "Its name; several for several topics.")
                    List<String> names,
            @Option(
                            names = {"-p", "--partitions"},
                            paramLabel = "N",
                            description = "How many partitions (default: num.partitions of the broker).")
                    Optional<Integer> partitions,
            @Option(
                            names = {"-r", "--replicas"},
                            paramLabel = "N",
                            description = "How many replicas (default: default.replication.factor of the broker).")
                    Optional<Short> replicas,
            @Option(
                            names = {"-c", "--config"},
                            paramLabel = "KEY=VALUE",
                            description = "A setting of the topic: cleanup.policy=compact, retention.ms=3600000, ...")
                    Map<String, String> configs,
            @Option(names = "--if-not-exists", description = "A topic that is there already is no error.")
                    boolean ifNotExists)
            throws Exception {
        List<NewTopic> topics = names.stream()
                .map(name -> new NewTopic(name, partitions, replicas).configs(configs == null ? Map.of() : configs))
                .toList();
        List<Map<String, Object>> json = new ArrayList<>();
        try (Admin admin = connection.admin()) {
            var results = admin.createTopics(topics);
            for (String name : names) {
                try {
                    int count = connection.await(results.numPartitions(name));
                    short factor =
                            connection.await(results.replicationFactor(name)).shortValue();
                    output.say("created " + name + ": " + plural(count, "partition") + ", " + plural(factor, "replica")
                            + " each");
                    json.add(ordered("topic", name, "created", true, "partitions", count, "replicas", factor));
                } catch (TopicExistsException exists) {
                    if (!ifNotExists) {
                        throw CommandFailure.failed("topic " + name + " exists already", exists);
                    }
                    output.say(name + " exists already");
                    json.add(ordered("topic", name, "created", false));
                }
            }
        }
        output.printedJson(json);
    }

    @Command(description = "Show partitions and settings of topics.")
    void describe(
            @Mixin Connection connection,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", arity = "1..*") List<String> names,
            @Option(names = "--all-configs", description = "Settings left at their defaults too.") boolean allConfigs)
            throws Exception {
        try (Admin admin = connection.admin()) {
            List<Map<String, Object>> json = new ArrayList<>();
            for (String name : names) {
                TopicDescription topic = describeOne(connection, admin, name);
                PartitionOffsets offsets = PartitionOffsets.of(connection, admin, served(List.of(topic)));
                Map<String, String> configs = configs(connection, admin, name, allConfigs);
                json.add(ordered(
                        "topic",
                        name,
                        "id",
                        topic.topicId().toString(),
                        "internal",
                        topic.isInternal(),
                        "configs",
                        configs,
                        "partitions",
                        partitionsJson(topic, offsets)));
                if (!output.isJson()) {
                    output.say(name + "  (id " + topic.topicId() + ", " + offsets.records() + " records)");
                    configs.forEach((key, value) -> output.say("  " + key + " = " + value));
                    partitionTable(topic, offsets).lines().forEach(line -> output.say("  " + line));
                }
            }
            output.printedJson(json);
        }
    }

    @Command(description = "Change settings of a topic, or its number of partitions.")
    void configure(
            @Mixin Connection connection,
            @Mixin Output output,
            @Parameters(index = "0", paramLabel = "TOPIC") String name,
            @Parameters(index = "1..*", arity = "0..*", paramLabel = "KEY=VALUE", description = "Settings to change.")
                    Map<String, String> set,
            @Option(names = "--default", paramLabel = "KEY", description = "A setting to return to its default.")
                    List<String> unset,
            @Option(
                            names = {"-p", "--partitions"},
                            paramLabel = "N",
                            description = "The new, larger number of partitions.")
                    Integer partitions)
            throws Exception {
        List<AlterConfigOp> changes = new ArrayList<>();
        if (set != null) {
            set.forEach((key, value) ->
                    changes.add(new AlterConfigOp(new ConfigEntry(key, value), AlterConfigOp.OpType.SET)));
        }
        if (unset != null) {
            unset.forEach(
                    key -> changes.add(new AlterConfigOp(new ConfigEntry(key, null), AlterConfigOp.OpType.DELETE)));
        }
        if (changes.isEmpty() && partitions == null) {
            throw CommandFailure.usage("nothing to change: give KEY=VALUE, --default KEY or --partitions N");
        }
        try (Admin admin = connection.admin()) {
            describeOne(connection, admin, name);
            if (!changes.isEmpty()) {
                connection.await(admin.incrementalAlterConfigs(Map.of(resource(name), changes))
                        .all());
            }
            if (partitions != null) {
                connection.await(admin.createPartitions(Map.of(name, NewPartitions.increaseTo(partitions)))
                        .all());
                output.say(name + " has " + plural(partitions, "partition") + " now");
            }
            Map<String, String> configs = configs(connection, admin, name, false);
            if (!output.printedJson(ordered("topic", name, "configs", configs))) {
                configs.forEach((key, value) -> output.say(key + " = " + value));
            }
        }
    }

    @Command(description = "Delete topics with all their records.")
    void delete(
            @Mixin Connection connection,
            @Mixin Output output,
            @Parameters(paramLabel = "TOPIC", arity = "1..*") List<String> names,
            @Option(names = "--if-exists", description = "A topic that is not there is no error.") boolean ifExists)
            throws Exception {
        List<Map<String, Object>> json = new ArrayList<>();
        try (Admin admin = connection.admin()) {
            var results = admin.deleteTopics(names).topicNameValues();
            for (String name : names) {
                boolean deleted = true;
                try {
                    connection.await(results.get(name));
                } catch (UnknownTopicOrPartitionException missing) {
                    if (!ifExists) {
                        throw missing(name, missing);
                    }
                    deleted = false;
                }
                output.say(deleted ? "deleted " + name : name + " does not exist");
                json.add(ordered("topic", name, "deleted", deleted));
            }
        }
        output.printedJson(json);
    }

    static TopicDescription describeOne(Connection connection, Admin admin, String name) throws Exception {
        try {
            return connection.await(
                    admin.describeTopics(List.of(name)).topicNameValues().get(name));
        } catch (UnknownTopicOrPartitionException missing) {
            throw missing(name, missing);
        }
    }

    static CommandFailure missing(String topic, Exception cause) {
        return CommandFailure.failed(
                "topic " + topic + " does not exist (sluice topics list shows those that do)", cause);
    }

    /** The partitions that have a leader: only they can be asked for offsets. */
    static List<TopicPartition> served(Collection<TopicDescription> topics) {
        return topics.stream()
                .flatMap(topic -> topic.partitions().stream()
                        .filter(partition -> partition.leader() != null)
                        .map(partition -> new TopicPartition(topic.name(), partition.partition())))
                .toList();
    }

    static Map<String, Object> ordered(Object... keysAndValues) {
        Map<String, Object> map = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            map.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return map;
    }

    static String plural(long count, String what) {
        return plural(count, what, what + "s");
    }

    static String plural(long count, String one, String many) {
        return String.format(Locale.ROOT, "%,d %s", count, count == 1 ? one : many);
    }

    private static ConfigResource resource(String topic) {
        return new ConfigResource(ConfigResource.Type.TOPIC, topic);
    }

    private static Map<String, String> configs(Connection connection, Admin admin, String topic, boolean all)
            throws Exception {
        Config config = connection
                .await(admin.describeConfigs(List.of(resource(topic))).all())
                .get(resource(topic));
        Map<String, String> values = new TreeMap<>();
        for (ConfigEntry entry : config.entries()) {
            if (all || entry.source() == ConfigEntry.ConfigSource.DYNAMIC_TOPIC_CONFIG) {
                values.put(entry.name(), entry.isSensitive() ? "(hidden)" : entry.value());
            }
        }
        return values;
    }

    private static Table partitionTable(TopicDescription topic, PartitionOffsets offsets) {
        Table table = new Table("PARTITION", "LEADER", "REPLICAS", "IN SYNC", "START", "END");
        for (TopicPartitionInfo partition : topic.partitions()) {
            TopicPartition key = new TopicPartition(topic.name(), partition.partition());
            table.row(
                    partition.partition(),
                    partition.leader() == null ? "none" : partition.leader().idString(),
                    ids(partition.replicas()),
                    ids(partition.isr()),
                    offsets.start().get(key),
                    offsets.end().get(key));
        }
        return table;
    }

    private static List<Map<String, Object>> partitionsJson(TopicDescription topic, PartitionOffsets offsets) {
        List<Map<String, Object>> partitions = new ArrayList<>();
        for (TopicPartitionInfo partition : topic.partitions()) {
            TopicPartition key = new TopicPartition(topic.name(), partition.partition());
            partitions.add(ordered(
                    "partition",
                    partition.partition(),
                    "leader",
                    partition.leader() == null ? null : partition.leader().id(),
                    "replicas",
                    partition.replicas().stream().map(Node::id).toList(),
                    "inSync",
                    partition.isr().stream().map(Node::id).toList(),
                    "startOffset",
                    offsets.start().get(key),
                    "endOffset",
                    offsets.end().get(key)));
        }
        return partitions;
    }

    private static String ids(List<Node> nodes) {
        return nodes.stream().map(Node::idString).collect(Collectors.joining(","));
    }
}
