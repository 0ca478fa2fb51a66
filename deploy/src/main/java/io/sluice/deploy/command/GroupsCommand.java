/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static io.sluice.deploy.command.TopicsCommand.ordered;
import static io.sluice.deploy.command.TopicsCommand.plural;

import java.time.InstantSource;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.GroupListing;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.errors.UnknownMemberIdException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice groups ...}. */
@Command(name = "groups", description = "List and describe consumer groups, show their lag, move their offsets.")
final class GroupsCommand {
    private static final Comparator<TopicPartition> BY_TOPIC =
            Comparator.comparing(TopicPartition::topic).thenComparingInt(TopicPartition::partition);

    @Command(description = "List the groups.")
    void list(@Mixin Connection connection, @Mixin Output output) throws Exception {
        try (Admin admin = connection.admin()) {
            List<GroupListing> groups =
                    new ArrayList<>(connection.await(admin.listGroups().all()));
            groups.sort(Comparator.comparing(GroupListing::groupId));
            List<Map<String, Object>> json = new ArrayList<>();
            Table table = new Table("GROUP", "STATE", "TYPE", "PROTOCOL");
            for (GroupListing group : groups) {
                String state = group.groupState().map(Object::toString).orElse(null);
                String type = group.type().map(Object::toString).orElse(null);
                String protocol = group.protocol().isEmpty() ? null : group.protocol();
                table.row(group.groupId(), state, type, protocol);
                json.add(ordered("group", group.groupId(), "state", state, "type", type, "protocol", protocol));
            }
            output.print(json, table, "no groups");
        }
    }

    @Command(description = "Show the members of a group and what they read.")
    void describe(@Mixin Connection connection, @Mixin Output output, @Parameters(paramLabel = "GROUP") String group)
            throws Exception {
        try (Admin admin = connection.admin()) {
            ConsumerGroupDescription found = describeOne(connection, admin, group);
            List<Map<String, Object>> json = new ArrayList<>();
            Table table = new Table("MEMBER", "INSTANCE", "CLIENT", "HOST", "PARTITIONS");
            for (MemberDescription member : found.members()) {
                String partitions = member.assignment().topicPartitions().stream()
                        .sorted(BY_TOPIC)
                        .map(TopicPartition::toString)
                        .collect(Collectors.joining(" "));
                String instance = member.groupInstanceId().orElse(null);
                table.row(member.consumerId(), instance, member.clientId(), member.host(), partitions);
                json.add(ordered(
                        "member",
                        member.consumerId(),
                        "instance",
                        instance,
                        "client",
                        member.clientId(),
                        "host",
                        member.host(),
                        "partitions",
                        partitions.isEmpty() ? List.of() : List.of(partitions.split(" "))));
            }
            if (!output.printedJson(ordered(
                    "group",
                    group,
                    "state",
                    found.groupState().toString(),
                    "assignor",
                    found.partitionAssignor(),
                    "coordinator",
                    found.coordinator().id(),
                    "members",
                    json))) {
                output.say(group + "  (" + found.groupState() + ", " + plural(json.size(), "member")
                        + (found.partitionAssignor().isEmpty() ? "" : ", assignor " + found.partitionAssignor())
                        + ", coordinator is node " + found.coordinator().id() + ")");
                if (!table.isEmpty()) {
                    table.lines().forEach(output::say);
                }
            }
        }
    }

    @Command(description = "Show how far groups are behind the end of what they read.")
    void lag(
            @Mixin Connection connection,
            @Mixin Output output,
            @Parameters(paramLabel = "GROUP", arity = "0..*", description = "Default: all groups.") List<String> wanted)
            throws Exception {
        try (Admin admin = connection.admin()) {
            TreeSet<String> groups = new TreeSet<>();
            if (wanted == null) {
                connection.await(admin.listGroups().all()).forEach(group -> groups.add(group.groupId()));
            } else {
                groups.addAll(wanted);
            }
            List<Map<String, Object>> json = new ArrayList<>();
            Table table = new Table("GROUP", "TOPIC", "PARTITION", "COMMITTED", "END", "LAG");
            for (String group : groups) {
                Map<TopicPartition, Long> committed = committed(connection, admin, group);
                if (committed.isEmpty() && wanted != null) {
                    describeOne(connection, admin, group);
                }
                PartitionOffsets offsets = PartitionOffsets.of(connection, admin, committed.keySet());
                committed.forEach((partition, offset) -> {
                    long end = offsets.end().get(partition);
                    long lag = Math.max(0, end - offset);
                    table.row(group, partition.topic(), partition.partition(), offset, end, lag);
                    json.add(ordered(
                            "group",
                            group,
                            "topic",
                            partition.topic(),
                            "partition",
                            partition.partition(),
                            "committed",
                            offset,
                            "end",
                            end,
                            "lag",
                            lag));
                });
            }
            output.print(json, table, "no offsets committed");
        }
    }

    @Command(description = "Move the offsets of a group that has no members now.")
    void reset(
            @Mixin Connection connection,
            @Mixin Output output,
            @Parameters(index = "0", paramLabel = "GROUP") String group,
            @Option(
                            names = "--topic",
                            paramLabel = "TOPIC[:PARTITION,...]",
                            description = "Only these; default: all partitions that the group has committed.")
                    List<String> topics,
            @Option(names = "--to", paramLabel = "POSITION", required = true, description = Position.SYNTAX) String to,
            @Option(names = "--dry-run", description = "Show what would change, and change nothing.") boolean dryRun)
            throws Exception {
        Position position = position("--to", to);
        try (Admin admin = connection.admin()) {
            Map<TopicPartition, Long> before = committed(connection, admin, group);
            TreeSet<TopicPartition> partitions = new TreeSet<>(BY_TOPIC);
            if (topics == null) {
                partitions.addAll(before.keySet());
            } else {
                for (String topic : topics) {
                    partitions.addAll(partitions(connection, admin, topic));
                }
            }
            if (partitions.isEmpty()) {
                throw CommandFailure.failed(
                        "group " + group + " has committed nothing yet: name what to set with --topic");
            }
            Map<TopicPartition, Long> after = PartitionOffsets.at(connection, admin, partitions, position);
            if (!dryRun) {
                commit(connection, admin, group, after);
            }
            List<Map<String, Object>> json = new ArrayList<>();
            Table table = new Table("TOPIC", "PARTITION", "BEFORE", dryRun ? "WOULD BE" : "NOW");
            for (TopicPartition partition : partitions) {
                Long was = before.get(partition);
                Long is = after.get(partition);
                table.row(partition.topic(), partition.partition(), was, is);
                json.add(ordered(
                        "topic", partition.topic(), "partition", partition.partition(), "before", was, "after", is));
            }
            output.print(json, table, "nothing changed");
        }
    }

    @Command(description = "Delete groups and their offsets; they must have no members.")
    void delete(
            @Mixin Connection connection,
            @Mixin Output output,
            @Parameters(paramLabel = "GROUP", arity = "1..*") List<String> groups)
            throws Exception {
        try (Admin admin = connection.admin()) {
            var results = admin.deleteConsumerGroups(groups).deletedGroups();
            for (String group : groups) {
                try {
                    connection.await(results.get(group));
                } catch (GroupIdNotFoundException missing) {
                    throw missing(group, missing);
                } catch (GroupNotEmptyException busy) {
                    throw busy(group, busy);
                }
                output.say("deleted " + group);
            }
        }
        output.printedJson(groups.stream()
                .map(group -> ordered("group", group, "deleted", true))
                .toList());
    }

    static Position position(String option, String text) {
        try {
            return Position.parse(text, InstantSource.system(), ZoneId.systemDefault());
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage(option + ": " + e.getMessage());
        }
    }

    private static ConsumerGroupDescription describeOne(Connection connection, Admin admin, String group)
            throws Exception {
        try {
            return connection.await(admin.describeConsumerGroups(List.of(group))
                    .describedGroups()
                    .get(group));
        } catch (GroupIdNotFoundException missing) {
            throw missing(group, missing);
        }
    }

    private static Map<TopicPartition, Long> committed(Connection connection, Admin admin, String group)
            throws Exception {
        Map<TopicPartition, Long> offsets = new TreeMap<>(BY_TOPIC);
        connection
                .await(admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata())
                .forEach((partition, offset) -> {
                    if (offset != null) {
                        offsets.put(partition, offset.offset());
                    }
                });
        return offsets;
    }

    private static void commit(Connection connection, Admin admin, String group, Map<TopicPartition, Long> offsets)
            throws Exception {
        Map<TopicPartition, OffsetAndMetadata> changes = new TreeMap<>(BY_TOPIC);
        offsets.forEach((partition, offset) -> changes.put(partition, new OffsetAndMetadata(offset)));
        try {
            connection.await(admin.alterConsumerGroupOffsets(group, changes).all());
        } catch (UnknownMemberIdException | GroupNotEmptyException busy) {
            throw busy(group, busy);
        }
    }

    /** {@code topic} or {@code topic:0,2}. */
    private static List<TopicPartition> partitions(Connection connection, Admin admin, String text) throws Exception {
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        TopicDescription topic = TopicsCommand.describeOne(connection, admin, name);
        if (colon < 0) {
            return topic.partitions().stream()
                    .map(partition -> new TopicPartition(name, partition.partition()))
                    .toList();
        }
        List<TopicPartition> partitions = new ArrayList<>();
        for (String number : text.substring(colon + 1).split(",", -1)) {
            if (!number.matches("\\d{1,9}")
                    || Integer.parseInt(number) >= topic.partitions().size()) {
                throw CommandFailure.usage("--topic: " + name + " has no partition \"" + number + "\" but 0 to "
                        + (topic.partitions().size() - 1));
            }
            partitions.add(new TopicPartition(name, Integer.parseInt(number)));
        }
        return partitions;
    }

    private static CommandFailure missing(String group, Exception cause) {
        return CommandFailure.failed(
                "group " + group + " does not exist (sluice groups list shows those that do)", cause);
    }

    private static CommandFailure busy(String group, Exception cause) {
        return CommandFailure.failed("group " + group + " has members now: stop its consumers first", cause);
    }
}
