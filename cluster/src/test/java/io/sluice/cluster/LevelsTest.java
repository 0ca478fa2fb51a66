/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.config.BrokerSettings;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.cluster.sharding.EntityIds;
import io.sluice.log.AppendOrigin;
import io.sluice.log.AppendResult;
import io.sluice.log.ErrorCode;
import io.sluice.log.batch.BatchBuilder;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes of programs that know other levels of the metadata than the cluster is at. */
class LevelsTest {
    @TempDir
    Path data;

    private SluiceNode start(int min, int max) throws Exception {
        return await(SluiceNode.start(
                NodeOptions.of(BrokerSettings.defaults(), data).withLevels(new MetadataLevels(min, max))));
    }

    private static <T> T await(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    @Test
    void aClusterBeginsAtTheHighestLevelOfItsFirstNode() throws Exception {
        // When
        SluiceNode node = start(1, 3);

        // Then
        assertThat(MetadataLevels.of(node.metadata())).isEqualTo((short) 3);
        await(node.stop());
    }

    @Test
    void aNewerNodeThatDoesNotWorkAtTheClustersLevelIsRefused() throws Exception {
        // Given
        await(start(1, 1).stop());

        // Then
        assertThatThrownBy(() -> start(2, 3))
                .isInstanceOf(ExecutionException.class)
                .hasCauseInstanceOf(StartupException.class)
                .hasMessageContaining(
                        "the cluster's metadata is at level 1, this program knows level 2 to 3: start an older one");
        await(start(1, 1).stop());
    }

    @Test
    void anOlderNodeDoesNotReadMetadataOfAHigherLevel() throws Exception {
        // Given
        await(start(1, 2).stop());

        // Then
        assertThatThrownBy(() -> start(1, 1))
                .hasCauseInstanceOf(StartupException.class)
                .hasMessageContaining(
                        "the cluster's metadata is at level 2, this program knows level 1: start a newer one");
    }

    @Test
    void theLevelStaysUntilItIsRaised() throws Exception {
        // Given: the program was replaced by a newer one
        await(start(1, 1).stop());
        SluiceNode newer = start(1, 2);
        assertThat(MetadataLevels.of(newer.metadata())).isEqualTo((short) 1);

        // When
        Outcome tooFar = await(newer.controller().raiseLevel((short) 3, false, 10_000));
        Outcome possible = await(newer.controller().raiseLevel((short) 2, true, 10_000));
        short before = MetadataLevels.of(newer.metadata());
        Outcome raised = await(newer.controller().raiseLevel((short) 2, false, 10_000));

        // Then
        assertThat(tooFar.error()).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(possible).isEqualTo(Outcome.DONE);
        assertThat(before).isEqualTo((short) 1);
        assertThat(raised).isEqualTo(Outcome.DONE);
        assertThat(MetadataLevels.of(newer.metadata())).isEqualTo((short) 2);
        await(newer.stop());
        assertThatThrownBy(() -> start(1, 1)).hasMessageContaining("level 2");
    }

    @Test
    void aRecordOfANewerProgramStopsTheNode() throws Exception {
        // Given
        SluiceNode node = start(1, 1);
        PartitionHandle metadata = node.leader(EntityIds.METADATA_TOPIC_ID, 0);

        // When: type 99, version 0
        CompletableFuture<AppendResult> appended = new CompletableFuture<>();
        metadata.append(
                BatchBuilder.create().add(0, null, new byte[] {0, 99, 0}).build(),
                AppendOrigin.COORDINATOR,
                (short) -1,
                10_000,
                appended::complete);

        // Then
        await(node.whenStopped());
        assertThat(appended).isCompleted();
        assertThatThrownBy(() -> start(1, 1))
                .hasCauseInstanceOf(StartupException.class)
                .hasMessageContaining("metadata record type 99 is not known to this version of the program");
    }
}
