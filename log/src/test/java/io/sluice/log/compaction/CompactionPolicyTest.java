/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.compaction;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogConfig;
import io.sluice.log.SegmentSummary;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompactionPolicyTest {
    private static final long NOW = 10_000;

    /** 100 bytes each; youngest records at 1000, 2000, 3000; then the active segment. */
    private static final List<SegmentSummary> SEGMENTS = List.of(
            new SegmentSummary(0, 10, 100, 1_000),
            new SegmentSummary(10, 20, 100, 2_000),
            new SegmentSummary(20, 30, 100, 3_000),
            new SegmentSummary(30, 35, 100, 4_000));

    @Test
    void aTopicThatIsNotCompactedIsLeftAlone() throws Exception {
        assertThat(plan(LogConfig.DEFAULTS, 35, 0, false)).isNull();
    }

    @Test
    void theActiveSegmentIsNeverCleaned() throws Exception {
        // When
        CompactionPlan plan = plan(config(0.5, 0, Long.MAX_VALUE), 35, 0, false);

        // Then
        assertThat(plan.segments()).isEqualTo(SEGMENTS.subList(0, 3));
        assertThat(plan.endOffset()).isEqualTo(30);
        assertThat(plan.dirtyRatio()).isEqualTo(1.0);
    }

    @Test
    void belowTheDirtyRatioItWaits() throws Exception {
        assertThat(plan(config(0.4, 0, Long.MAX_VALUE), 35, 20, false)).isNull();
        assertThat(plan(config(0.3, 0, Long.MAX_VALUE), 35, 20, false).firstDirtyOffset())
                .isEqualTo(20);
    }

    @Test
    void unfinishedWorkGoesOnBelowTheDirtyRatio() throws Exception {
        assertThat(plan(config(0.9, 0, Long.MAX_VALUE), 35, 20, true)).isNotNull();
    }

    @Test
    void aLogWithoutDirtySegmentsIsLeftAlone() throws Exception {
        assertThat(plan(config(0.0, 0, 1), 35, 30, true)).isNull();
    }

    @Test
    void whatIsNotCommittedIsNotCleaned() throws Exception {
        assertThat(plan(config(0.0, 0, Long.MAX_VALUE), 29, 0, false).endOffset())
                .isEqualTo(20);
        assertThat(plan(config(0.0, 0, Long.MAX_VALUE), 9, 0, false)).isNull();
    }

    @Test
    void recordsYoungerThanTheMinimumLagStay() throws Exception {
        // When
        CompactionPlan plan = plan(config(0.0, 7_500, Long.MAX_VALUE), 35, 0, false);

        // Then
        assertThat(plan.endOffset()).isEqualTo(20);
    }

    @Test
    void recordsOlderThanTheMaximumLagMakeItDue() throws Exception {
        assertThat(plan(config(0.9, 0, 8_000), 35, 10, false)).isNotNull();
        assertThat(plan(config(0.9, 0, 9_000), 35, 10, false)).isNull();
    }

    @Test
    void aCheckpointBeyondTheLogsEndMeansStartOver() throws Exception {
        assertThat(plan(config(0.5, 0, Long.MAX_VALUE), 35, 36, false).firstDirtyOffset())
                .isZero();
    }

    @Test
    void recordsBelowTheLogStartAreNoConcern() throws Exception {
        // When
        CompactionPlan plan = CompactionPolicy.decide(
                SEGMENTS, config(0.5, 0, Long.MAX_VALUE), 15, 35, 0, false, CompactionPolicyTest::first, NOW);

        // Then
        assertThat(plan.firstDirtyOffset()).isEqualTo(15);
    }

    private static CompactionPlan plan(LogConfig config, long committed, long checkpoint, boolean unfinished)
            throws IOException {
        return CompactionPolicy.decide(
                SEGMENTS, config, 0, committed, checkpoint, unfinished, CompactionPolicyTest::first, NOW);
    }

    private static long first(SegmentSummary segment) {
        return segment.maxTimestampMs() - 500;
    }

    private static LogConfig config(double ratio, long minLagMs, long maxLagMs) {
        return Configs.compacted(1 << 20, ratio, 1_000, minLagMs, maxLagMs);
    }
}
