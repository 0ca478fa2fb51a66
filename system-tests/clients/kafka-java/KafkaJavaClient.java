/* SPDX-License-Identifier: Apache-2.0 */
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewPartitions;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * kafka-clients as a client of the matrix, run as a source file with the version under test on its class path; see
 * ../README.md for what the commands read and print.
 */
class KafkaJavaClient {
    private static final ObjectMapper JSON = new ObjectMapper();

    public static void main(String[] args) throws Exception {
        switch (args[0]) {
            case "create" -> create(args[1], args[2], Integer.parseInt(args[3]));
            case "produce" -> produce(args[1], args[2], args[3]);
            case "consume" -> consume(args[1], args[2], args[3]);
            case "admin" -> admin(args[1], args[2]);
            default -> throw new IllegalArgumentException("unknown command " + args[0]);
        }
    }

    private static void create(String bootstrap, String topic, int partitions) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all()
                    .get();
        }
    }

    private static void produce(String bootstrap, String topic, String codec) throws Exception {
        var failure = new AtomicReference<Exception>();
        var acks = new AtomicInteger();
        int sent = 0;
        Map<String, Object> config = Map.of(
                "bootstrap.servers", bootstrap, "acks", "all", "linger.ms", 5, "compression.type", codec);
        try (var producer = new KafkaProducer<>(config, new StringSerializer(), new StringSerializer());
                var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine(), sent++) {
                JsonNode r = JSON.readTree(line);
                var outgoing = new ProducerRecord<>(topic, null, r.get("t").asLong(), text(r.get("k")), text(r.get("v")));
                r.get("h").properties().forEach(header -> outgoing.headers()
                        .add(header.getKey(), header.getValue().asText().getBytes(StandardCharsets.UTF_8)));
                producer.send(outgoing, (metadata, exception) -> {
                    if (exception != null) {
                        failure.compareAndSet(null, exception);
                        return;
                    }
                    acks.incrementAndGet();
                    System.out.println("{\"p\":" + metadata.partition() + ",\"o\":" + metadata.offset() + "}");
                });
            }
            producer.flush();
        }
        if (failure.get() != null || acks.get() != sent) {
            throw new IllegalStateException(acks.get() + " of " + sent + " acknowledged", failure.get());
        }
    }

    private static void consume(String bootstrap, String topic, String group) {
        Map<String, Object> config = Map.of(
                "bootstrap.servers", bootstrap, "group.id", group, "auto.offset.reset", "earliest",
                "heartbeat.interval.ms", 300, "session.timeout.ms", 10_000);
        try (var consumer = new KafkaConsumer<>(config, new StringDeserializer(), new StringDeserializer())) {
            var stopper = new Thread(() -> {
                try {
                    System.in.transferTo(java.io.OutputStream.nullOutputStream());
                } catch (IOException e) {
                    System.err.println("standard input: " + e);
                }
                consumer.wakeup();
            });
            stopper.setDaemon(true);
            stopper.start();
            consumer.subscribe(List.of(topic));
            while (true) {
                consumer.poll(Duration.ofMillis(500)).forEach(KafkaJavaClient::print);
            }
        } catch (WakeupException e) {
            System.err.println("stopped");
        }
    }

    private static void print(ConsumerRecord<String, String> r) {
        ObjectNode line = JSON.createObjectNode()
                .put("p", r.partition())
                .put("o", r.offset())
                .put("k", r.key())
                .put("v", r.value())
                .put("t", r.timestamp());
        ObjectNode headers = line.putObject("h");
        for (Header header : r.headers()) {
            headers.put(header.key(), new String(header.value(), StandardCharsets.UTF_8));
        }
        System.out.println(line);
    }

    /** A walk through what administrators do, checked at each step. */
    private static void admin(String bootstrap, String topic) throws Exception {
        var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            check(admin.describeCluster().nodes().get().size() >= 1, "a node");
            admin.createTopics(List.of(new NewTopic(topic, 2, (short) 1).configs(Map.of("retention.ms", "3600000"))))
                    .all()
                    .get();
            check(admin.listTopics().names().get().contains(topic), "the topic is listed");
            var retention = config(admin, resource, "retention.ms");
            check(retention.value().equals("3600000") && !retention.isDefault(), "retention.ms as created: " + retention);
            check(config(admin, resource, "cleanup.policy").isDefault(), "cleanup.policy is the default");

            var set = new AlterConfigOp(new ConfigEntry("retention.ms", "7200000"), AlterConfigOp.OpType.SET);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(set))).all().get();
            check(config(admin, resource, "retention.ms").value().equals("7200000"), "retention.ms altered");
            var delete = new AlterConfigOp(new ConfigEntry("retention.ms", ""), AlterConfigOp.OpType.DELETE);
            admin.incrementalAlterConfigs(Map.of(resource, List.of(delete))).all().get();
            check(config(admin, resource, "retention.ms").isDefault(), "retention.ms is the default again");

            admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
            var described = admin.describeTopics(Set.of(topic)).allTopicNames().get().get(topic);
            check(described.partitions().size() == 3, "three partitions: " + described);
            check(described.partitions().stream().allMatch(p -> p.leader() != null), "each has a leader: " + described);

            var partition = new TopicPartition(topic, 2);
            long begin = System.currentTimeMillis() - 60_000;
            try (var producer = new KafkaProducer<>(
                    Map.<String, Object>of("bootstrap.servers", bootstrap), new StringSerializer(), new StringSerializer())) {
                for (int i = 0; i < 10; i++) {
                    producer.send(new ProducerRecord<>(topic, 2, begin + i, "k", "v" + i)).get();
                }
            }
            check(offset(admin, partition, OffsetSpec.latest()) == 10, "latest offset");
            check(offset(admin, partition, OffsetSpec.forTimestamp(begin + 4)) == 4, "offset of a timestamp");
            admin.deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(6))).all().get();
            check(offset(admin, partition, OffsetSpec.earliest()) == 6, "earliest offset after deleting records");

            var group = topic + "-group";
            admin.alterConsumerGroupOffsets(
                            group, Map.of(partition, new org.apache.kafka.clients.consumer.OffsetAndMetadata(8)))
                    .all()
                    .get();
            var committed = admin.listConsumerGroupOffsets(group).partitionsToOffsetAndMetadata().get();
            check(committed.get(partition).offset() == 8, "committed offset: " + committed);
            admin.deleteConsumerGroups(List.of(group)).all().get();
            admin.deleteTopics(List.of(topic)).all().get();
            check(!admin.listTopics().names().get().contains(topic), "the topic is gone");
        }
        System.out.println("ok");
    }

    private static ConfigEntry config(Admin admin, ConfigResource resource, String key) throws Exception {
        return admin.describeConfigs(List.of(resource)).all().get().get(resource).get(key);
    }

    private static long offset(Admin admin, TopicPartition partition, OffsetSpec spec) throws Exception {
        return admin.listOffsets(Map.of(partition, spec)).partitionResult(partition).get().offset();
    }

    private static String text(JsonNode node) {
        return node.isNull() ? null : node.asText();
    }

    private static void check(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException("not so: " + what);
        }
    }
}
