/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.GroupState;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;

/** The tests' own view of the broker, by kafka-clients: what is in a topic, and who is in a group. */
final class Reference implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final String bootstrap;
    private final Admin admin;

    Reference(String bootstrap) {
        this.bootstrap = bootstrap;
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
    }

    void createTopic(String topic, int partitions) {
        ask(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                .all());
    }

    /** The value of one key of a topic's configuration. */
    String topicConfig(String topic, String key) {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        return ask(admin.describeConfigs(List.of(resource)).all())
                .get(resource)
                .get(key)
                .value();
    }

    /** For a broker that outlives the test. */
    void deleteTopicIfThere(String topic) {
        if (ask(admin.listTopics().names()).contains(topic)) {
            ask(admin.deleteTopics(List.of(topic)).all());
            await("end of " + topic)
                    .until(() -> !ask(admin.listTopics().names()).contains(topic));
        }
    }

    private static <T> T ask(KafkaFuture<T> future) {
        try {
            return future.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits until the group is stable with so many members and each has at least one partition of the topic. */
    void awaitMembers(String group, int members, int partitions, RunningConsumer... consumers) {
        await("group " + group).atMost(PATIENCE).untilAsserted(() -> {
            for (RunningConsumer consumer : consumers) {
                assertThat(consumer.isAlive()).as(consumer.said()).isTrue();
            }
            ConsumerGroupDescription description = describe(group);
            assertThat(description.groupState()).as("state of %s", description).isEqualTo(GroupState.STABLE);
            var sizes = description.members().stream()
                    .map(member -> member.assignment().topicPartitions().size())
                    .toList();
            assertThat(sizes).as("partitions of each member of %s", description).hasSize(members);
            assertThat(sizes).as("partitions of each member of %s", description).allMatch(size -> size > 0);
            assertThat(sizes.stream().mapToInt(Integer::intValue).sum()).isEqualTo(partitions);
        });
    }

    private ConsumerGroupDescription describe(String group) throws InterruptedException {
        try {
            return admin.describeConsumerGroups(List.of(group)).all().get().get(group);
        } catch (ExecutionException e) { // not there before the first member has come
            throw new AssertionError("group " + group, e.getCause());
        }
    }

    /** Every record of the topic, partition after partition, in the order of offsets. */
    List<ReadRecord> readAll(String topic, int partitions, int expected) {
        Map<String, Object> config = Map.of(
                ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
                "earliest");
        var all = new LinkedHashMap<ReadRecord.Place, ReadRecord>();
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            var assigned = IntStream.range(0, partitions)
                    .mapToObj(p -> new TopicPartition(topic, p))
                    .toList();
            consumer.assign(assigned);
            long held = consumer.endOffsets(assigned).values().stream()
                    .mapToLong(Long::longValue)
                    .sum();
            assertThat(held).as("records in %s", topic).isEqualTo(expected);
            await("reading " + topic)
                    .atMost(PATIENCE)
                    .pollInSameThread()
                    .pollDelay(Duration.ZERO)
                    .until(() -> {
                        consumer.poll(Duration.ofMillis(200)).forEach(r -> {
                            var read = read(r);
                            assertThat(all.put(read.place(), read))
                                    .as("read twice")
                                    .isNull();
                        });
                        return all.size() >= expected;
                    });
        }
        return List.copyOf(all.values());
    }

    private static ReadRecord read(ConsumerRecord<String, String> r) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (Header header : r.headers()) {
            headers.put(header.key(), new String(header.value(), UTF_8));
        }
        return new ReadRecord(r.partition(), r.offset(), r.key(), r.value(), r.timestamp(), headers);
    }

    @Override
    public void close() {
        admin.close();
    }
}
