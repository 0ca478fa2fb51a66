/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.metadata.ClusterImage;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class LevelRaisingTest {
    private static final MetadataLevels OLD = new MetadataLevels(1, 1);
    private static final MetadataLevels NEW = new MetadataLevels(1, 2);

    private ControllerCore core = core(OLD);
    private ClusterImage image = ClusterImage.EMPTY;

    private static ControllerCore core(MetadataLevels levels) {
        return new ControllerCore(
                new ControllerCoreTest.Rules(), new PartitionLimits(10, 100), UUID::randomUUID, levels);
    }

    private <R> R run(ControllerRequest<R> request) {
        Decision<R> decision = core.decide(image, request, Placement.brokers(image));
        image = image.with(
                decision.records(), image.offset() + decision.records().size());
        return decision.answer();
    }

    private ErrorCode register(int broker, MetadataLevels levels) {
        return run(new ControllerRequest.RegisterBroker(broker, "h", 1, null, new UUID(0, broker), levels));
    }

    private Outcome raise(int level) {
        return run(new ControllerRequest.RaiseLevel((short) level, false));
    }

    /** One node after the other is replaced by a newer one: the rule of docs/operations.md. */
    @Test
    void theLevelRisesWhenEveryNodeKnowsTheHigherOne() {
        // Given
        run(new ControllerRequest.Bootstrap("c", 8, List.of(1, 2)));
        register(1, OLD);
        register(2, OLD);

        // When
        register(1, NEW);
        core = core(NEW);
        Outcome tooEarly = raise(2);
        register(2, NEW);
        Outcome inTime = raise(2);

        // Then
        assertThat(tooEarly.error()).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(tooEarly.message()).contains("brokers [2]").contains("level 2");
        assertThat(inTime).isEqualTo(Outcome.DONE);
        assertThat(MetadataLevels.of(image)).isEqualTo((short) 2);
    }

    @Test
    void whoDoesNotKnowTheLevelIsNotRegistered() {
        // Given
        core = core(NEW);
        run(new ControllerRequest.Bootstrap("c", 8, List.of(1, 2)));

        // When
        ErrorCode older = register(1, OLD);
        ErrorCode same = register(2, NEW);

        // Then
        assertThat(older).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
        assertThat(same).isEqualTo(ErrorCode.NONE);
        assertThat(image.brokers()).containsOnlyKeys(2);
    }

    @Test
    void theLevelNeverGoesDown() {
        // Given
        core = core(NEW);
        run(new ControllerRequest.Bootstrap("c", 8, List.of(1)));

        // When
        Outcome down = raise(1);

        // Then
        assertThat(down.error()).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(MetadataLevels.of(image)).isEqualTo((short) 2);
    }

    @Test
    void theControllerDoesNotRaiseToALevelThatItDoesNotKnowItself() {
        // Given: it is the older one
        run(new ControllerRequest.Bootstrap("c", 8, List.of(1)));
        register(1, NEW);

        // Then
        assertThat(raise(2).error()).isEqualTo(ErrorCode.INVALID_UPDATE_VERSION);
        assertThat(raise(1)).isEqualTo(Outcome.DONE);
    }

    @Test
    void aClusterFromBeforeLevelsIsAtTheFirst() {
        assertThat(MetadataLevels.of(ClusterImage.EMPTY)).isEqualTo((short) 1);
    }
}
