/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.sluice.cluster.NodeOptions;
import io.sluice.cluster.SluiceNode;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.kafka.server.KafkaListener;
import io.sluice.kafka.server.ListenerOptions;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.FeatureMetadata;
import org.apache.kafka.clients.admin.FeatureUpdate;
import org.apache.kafka.clients.admin.UpdateFeaturesOptions;
import org.apache.kafka.common.errors.InvalidUpdateVersionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Kafka's own admin client raises the level of the metadata. */
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class FeaturesIT {
    private static final String LEVEL = MetadataLevels.FEATURE;

    @TempDir
    Path data;

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private SluiceNode start(MetadataLevels levels) throws Exception {
        return await(
                SluiceNode.start(NodeOptions.of(BrokerSettings.defaults(), data).withLevels(levels)));
    }

    private static void raise(Admin admin, String feature, int level, boolean validateOnly) throws Exception {
        admin.updateFeatures(
                        Map.of(feature, new FeatureUpdate((short) level, FeatureUpdate.UpgradeType.UPGRADE)),
                        new UpdateFeaturesOptions().validateOnly(validateOnly))
                .all()
                .get();
    }

    @Test
    void theLevelIsDescribedAndRaised() throws Exception {
        // Given: a newer program on the data of an older one
        await(start(new MetadataLevels(1, 1)).stop());
        SluiceNode node = start(new MetadataLevels(1, 2));
        KafkaListener listener =
                KafkaListener.start(node, ListenerOptions.of("127.0.0.1", 0, new SimpleMeterRegistry()));
        try (Admin admin = Admin.create(
                Map.of("bootstrap.servers", "127.0.0.1:" + listener.address().getPort()))) {
            FeatureMetadata before = admin.describeFeatures().featureMetadata().get();
            assertThat(before.supportedFeatures().get(LEVEL).maxVersion()).isEqualTo((short) 2);
            assertThat(before.finalizedFeatures().get(LEVEL).maxVersionLevel()).isEqualTo((short) 1);
            raise(admin, LEVEL, 2, true);
            assertThat(MetadataLevels.of(node.metadata())).isEqualTo((short) 1);

            // When
            raise(admin, LEVEL, 2, false);

            // Then
            FeatureMetadata after = admin.describeFeatures().featureMetadata().get();
            assertThat(after.finalizedFeatures().get(LEVEL).maxVersionLevel()).isEqualTo((short) 2);
            assertThatThrownBy(() -> raise(admin, LEVEL, 3, false))
                    .isInstanceOf(ExecutionException.class)
                    .hasCauseInstanceOf(InvalidUpdateVersionException.class);
            assertThatThrownBy(() -> raise(admin, "metadata.version", 25, false))
                    .hasCauseInstanceOf(InvalidUpdateVersionException.class)
                    .hasMessageContaining("There is no feature metadata.version");
        } finally {
            listener.close();
            await(node.stop());
        }
    }
}
