/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.kafka.server.KafkaListener;
import io.sluice.kafka.server.ListenerOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 2, unit = TimeUnit.MINUTES)
class RestartIT {
    @TempDir
    private Path directory;

    @FunctionalInterface
    private interface Work<T> {
        T with(Admin admin) throws Exception;
    }

    private <T> T broker(Work<T> work) throws Exception {
        BrokerSettings settings = BrokerSettings.parse(Map.of("log.dirs", directory.toString()));
        SluiceNode node = SluiceNode.start(NodeOptions.of(settings, directory))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        try (KafkaListener listener =
                        KafkaListener.start(node, ListenerOptions.of("127.0.0.1", 0, new SimpleMeterRegistry()));
                Admin admin = Admin.create(Map.of(
                        "bootstrap.servers", "127.0.0.1:" + listener.address().getPort()))) {
            return work.with(admin);
        } finally {
            node.stop().toCompletableFuture().get(60, TimeUnit.SECONDS);
        }
    }

    @Test
    void topicsIdsAndConfigurationOutliveARestart() throws Exception {
        // Given
        ConfigResource all = new ConfigResource(ConfigResource.Type.BROKER, "");
        TopicDescription before = broker(admin -> {
            admin.createTopics(List.of(
                            new NewTopic("kept", 3, (short) 1).configs(Map.of("cleanup.policy", "compact")),
                            new NewTopic("gone", 3, (short) 1)))
                    .all()
                    .get();
            admin.deleteTopics(List.of("gone")).all().get();
            admin.incrementalAlterConfigs(Map.of(
                            all,
                            List.of(new AlterConfigOp(
                                    new ConfigEntry("log.retention.ms", "777777"), AlterConfigOp.OpType.SET))))
                    .all()
                    .get();
            return admin.describeTopics(List.of("kept")).allTopicNames().get().get("kept");
        });

        // When
        broker(admin -> {
            // Then
            TopicDescription after =
                    admin.describeTopics(List.of("kept")).allTopicNames().get().get("kept");
            assertThat(after.topicId()).isEqualTo(before.topicId());
            assertThat(after.partitions()).hasSize(3).allSatisfy(partition -> assertThat(partition.leader())
                    .isNotNull());
            assertThat(admin.listTopics().names().get()).containsExactly("kept");
            ConfigResource topic = new ConfigResource(ConfigResource.Type.TOPIC, "kept");
            var config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
            assertThat(config.get("cleanup.policy").value()).isEqualTo("compact");
            assertThat(config.get("retention.ms").value()).isEqualTo("777777");
            return null;
        });
    }
}
