/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.deploy.command;

import static io.sluice.deploy.command.TopicsCommand.plural;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice consume TOPIC}: the records of a topic to stdout, up to its present end or, with {@code --follow}, for ever. */
@Command(name = "consume", description = "Write the records of a topic to standard output.")
final class ConsumeCommand implements Callable<Integer> {
    private static final Duration POLL = Duration.ofMillis(500);

    @Mixin
    private Connection connection;

    @Parameters(index = "0", paramLabel = "TOPIC")
    private String topic;

    @Option(
            names = "--from",
            paramLabel = "POSITION",
            description = "Where to begin: " + Position.SYNTAX
                    + ". Default: earliest; with --group where the group is, or else earliest.")
    private String from;

    @Option(
            names = {"-f", "--follow"},
            description = "Go on with what is written from now on.")
    private boolean follow;

    @Option(
            names = {"-p", "--partition"},
            paramLabel = "N",
            split = ",",
            description = "Only these partitions.")
    private List<Integer> partitions;

    @Option(
            names = {"-n", "--limit"},
            paramLabel = "N",
            description = "Stop after N records.")
    private long limit = Long.MAX_VALUE;

    @Option(
            names = {"-g", "--group"},
            paramLabel = "GROUP",
            description = "Share the topic with the other members of this group and commit what was written out.")
    private String group;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            defaultValue = "value",
            description =
                    "value (default), json, or a template: {partition} {offset} {timestamp} {time} {key} {value} {headers}.")
    private String format;

    @Option(names = "--json", description = "The same as --format json.")
    private boolean json;

    private final Map<TopicPartition, OffsetAndMetadata> written = new HashMap<>();
    private Map<TopicPartition, Long> ends = Map.of();
    private long records;

    @Override
    public Integer call() throws Exception {
        RecordFormat formatted = format();
        if (group != null && (partitions != null || from != null)) {
            throw CommandFailure.usage("--group decides what is read: leave out "
                    + (partitions != null ? "--partition" : "--from (sluice groups reset moves a group)"));
        }
        Map<TopicPartition, Long> starts = bounds();
        CountDownLatch closed = new CountDownLatch(1);
        Consumer<byte[], byte[]> consumer = connection.consumer(settings());
        Thread interrupt = new Thread(() -> wakeAndWait(consumer, closed), "interrupt");
        Runtime.getRuntime().addShutdownHook(interrupt);
        OutputStream out = new BufferedOutputStream(System.out, 1 << 16);
        try (consumer;
                ProgressLine progress = ProgressLine.besideOutput()) {
            start(consumer, starts);
            runUntilInterrupted(consumer, formatted, out, progress);
            progress.finish(plural(records, "record") + " from " + topic);
        } finally {
            closed.countDown();
            forget(interrupt);
        }
        return 0;
    }

    private void runUntilInterrupted(
            Consumer<byte[], byte[]> consumer, RecordFormat formatted, OutputStream out, ProgressLine progress)
            throws IOException {
        try {
            run(consumer, formatted, out, progress);
        } catch (WakeupException interrupted) {
            commit(consumer);
        }
    }

    private void run(Consumer<byte[], byte[]> consumer, RecordFormat formatted, OutputStream out, ProgressLine progress)
            throws IOException {
        while (records < limit && (follow || !atEnd(consumer))) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                TopicPartition partition = new TopicPartition(record.topic(), record.partition());
                if (records == limit || (!follow && record.offset() >= ends.getOrDefault(partition, Long.MAX_VALUE))) {
                    continue;
                }
                formatted.write(record, out);
                records++;
                written.put(partition, new OffsetAndMetadata(record.offset() + 1, record.leaderEpoch(), ""));
            }
            if (!flush(out)) {
                return;
            }
            commit(consumer);
            if (progress.due()) {
                progress.show(plural(records, "record") + " from " + topic);
            }
        }
    }

    /** False when nobody reads any more ({@code consume ... | head}): no error, just the end. */
    private static boolean flush(OutputStream out) throws IOException {
        out.flush();
        return !System.out.checkError();
    }

    private void start(Consumer<byte[], byte[]> consumer, Map<TopicPartition, Long> starts) {
        if (group == null) {
            consumer.assign(starts.keySet());
            starts.forEach(consumer::seek);
        } else {
            consumer.subscribe(List.of(topic), new ConsumerRebalanceListener() {
                @Override
                public void onPartitionsRevoked(Collection<TopicPartition> revoked) {
                    commit(consumer);
                }

                @Override
                public void onPartitionsAssigned(Collection<TopicPartition> assigned) {}
            });
        }
    }

    private boolean atEnd(Consumer<byte[], byte[]> consumer) {
        Set<TopicPartition> assigned = consumer.assignment();
        return !assigned.isEmpty()
                && assigned.stream()
                        .allMatch(partition ->
                                consumer.position(partition, connection.timeout()) >= ends.getOrDefault(partition, 0L));
    }

    private void commit(Consumer<byte[], byte[]> consumer) {
        if (group != null && !written.isEmpty()) {
            consumer.commitSync(Map.copyOf(written));
            written.clear();
        }
    }

    /** Where to start; sets where to end. */
    private Map<TopicPartition, Long> bounds() throws Exception {
        try (Admin admin = connection.admin()) {
            List<TopicPartition> all =
                    TopicsCommand.served(List.of(TopicsCommand.describeOne(connection, admin, topic)));
            Set<TopicPartition> wanted = all.stream()
                    .filter(partition -> partitions == null || partitions.contains(partition.partition()))
                    .collect(Collectors.toSet());
            if (partitions != null && wanted.size() < Set.copyOf(partitions).size()) {
                throw CommandFailure.failed("topic " + topic + " has " + plural(all.size(), "partition")
                        + ", numbered from 0: not all of " + partitions + " are there");
            }
            ends = PartitionOffsets.of(connection, admin, wanted).end();
            Position position = GroupsCommand.position("--from", from == null ? "earliest" : from);
            return PartitionOffsets.at(connection, admin, wanted, position);
        }
    }

    private RecordFormat format() {
        try {
            return RecordFormat.of(json ? "json" : format);
        } catch (IllegalArgumentException e) {
            throw CommandFailure.usage("--format: " + e.getMessage());
        }
    }

    private Map<String, Object> settings() {
        Map<String, Object> settings = new HashMap<>();
        settings.put("enable.auto.commit", false);
        settings.put("auto.offset.reset", "earliest");
        settings.put("allow.auto.create.topics", false);
        settings.put("max.poll.records", 10_000);
        settings.put("fetch.max.bytes", 64 << 20);
        settings.put("max.partition.fetch.bytes", 8 << 20);
        if (group != null) {
            settings.put("group.id", group);
        }
        return settings;
    }

    private static void wakeAndWait(Consumer<byte[], byte[]> consumer, CountDownLatch closed) {
        consumer.wakeup();
        try {
            if (!closed.await(5, TimeUnit.SECONDS)) {
                System.err.println("sluice: the consumer did not close within 5 s");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void forget(Thread hook) {
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyStopping) {
            // the hook is what ended us
        }
    }
}
