/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.log.LogConfig;
import io.sluice.log.SegmentSummary;
import io.sluice.log.batch.Compression;
import io.sluice.log.retention.RetentionPolicy.Deletion;
import io.sluice.log.retention.RetentionPolicy.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RetentionPolicyTest {
    private static final long NOW = 10_000;

    /** Offsets 0-10, 10-20, 20-30, 30-35 (active); 100 bytes each; youngest records at 1000, 2000, 3000, 4000. */
    private static final List<SegmentSummary> SEGMENTS = List.of(
            new SegmentSummary(0, 10, 100, 1_000),
            new SegmentSummary(10, 20, 100, 2_000),
            new SegmentSummary(20, 30, 100, 3_000),
            new SegmentSummary(30, 35, 100, 4_000));

    @Test
    void nothingGoesWithoutALimit() {
        assertThat(decide(config(-1, -1, true), 0, 35)).isEqualTo(new Deletion(0, false, 0, Reason.NONE));
    }

    @Test
    void segmentsWhoseYoungestRecordIsTooOldGo() {
        assertThat(decide(config(7_500, -1, true), 0, 35)).isEqualTo(new Deletion(2, false, 20, Reason.TIME));
    }

    @Test
    void aSegmentOfExactlyTheRetentionTimeStays() {
        assertThat(decide(config(8_000, -1, true), 0, 35)).isEqualTo(new Deletion(1, false, 10, Reason.TIME));
    }

    @Test
    void whenEverythingIsTooOldTheActiveSegmentIsRolledAndGoesToo() {
        assertThat(decide(config(1_000, -1, true), 0, 35)).isEqualTo(new Deletion(4, true, 35, Reason.TIME));
    }

    @Test
    void anEmptyActiveSegmentStays() {
        // Given
        List<SegmentSummary> segments = List.of(SEGMENTS.get(0), new SegmentSummary(10, 10, 0, -1));

        // When
        Deletion deletion = RetentionPolicy.decide(segments, config(1_000, -1, true), 0, 10, NOW);

        // Then
        assertThat(deletion).isEqualTo(new Deletion(1, false, 10, Reason.TIME));
    }

    @Test
    void theOldestGoWhileTheRestStillFillsTheSize() {
        assertThat(decide(config(-1, 250, true), 0, 35)).isEqualTo(new Deletion(1, false, 10, Reason.SIZE));
        assertThat(decide(config(-1, 300, true), 0, 35)).isEqualTo(new Deletion(1, false, 10, Reason.SIZE));
        assertThat(decide(config(-1, 301, true), 0, 35)).isEqualTo(new Deletion(0, false, 0, Reason.NONE));
    }

    @Test
    void theActiveSegmentNeverGoesForItsSize() {
        assertThat(decide(config(-1, 0, true), 0, 35)).isEqualTo(new Deletion(3, false, 30, Reason.SIZE));
    }

    @Test
    void nothingUncommittedGoes() {
        assertThat(decide(config(1_000, 0, true), 0, 19)).isEqualTo(new Deletion(1, false, 10, Reason.TIME));
    }

    @Test
    void whatIsBelowTheLogStartGoesWhateverThePolicy() {
        assertThat(decide(config(1_000, 0, false), 25, 35)).isEqualTo(new Deletion(2, false, 25, Reason.START_OFFSET));
    }

    @Test
    void recordsWithoutTimestampsDoNotAge() {
        // Given
        List<SegmentSummary> segments = List.of(new SegmentSummary(0, 10, 100, -1), SEGMENTS.get(1));

        // When
        Deletion deletion = RetentionPolicy.decide(segments, config(0, -1, true), 0, 20, NOW);

        // Then
        assertThat(deletion.segments()).isZero();
    }

    @Test
    void recordsFromTheFutureDoNotGo() {
        // Given
        List<SegmentSummary> segments = List.of(new SegmentSummary(0, 10, 100, NOW + 1), SEGMENTS.get(1));

        // When
        Deletion deletion = RetentionPolicy.decide(segments, config(0, -1, true), 0, 20, NOW);

        // Then
        assertThat(deletion.segments()).isZero();
    }

    /** Whatever the log and its settings: only a committed front goes, and nothing that could go stays at the front. */
    @Property(tries = 500)
    void onlyACommittedFrontGoesAndAsMuchOfItAsMust(@ForAll long seed) {
        // Given
        Random random = new Random(seed);
        List<SegmentSummary> segments = new ArrayList<>();
        long offset = random.nextInt(5);
        for (int i = random.nextInt(6); i >= 0; i--) {
            long end = offset + random.nextInt(10);
            segments.add(new SegmentSummary(
                    offset, end, end == offset ? 0 : 1 + random.nextInt(100), random.nextInt(12_000) - 1));
            offset = end;
        }
        long first = segments.get(0).baseOffset();
        long start = first + random.nextInt((int) (offset - first) + 1);
        long highWatermark = start + random.nextInt((int) (offset - start) + 1);
        LogConfig config = config(random.nextInt(12_000) - 1, random.nextInt(300) - 1, random.nextBoolean());

        // When
        Deletion deletion = RetentionPolicy.decide(segments, config, start, highWatermark, NOW);

        // Then
        String where =
                "seed " + seed + ": " + segments + " start " + start + " hw " + highWatermark + " -> " + deletion;
        assertThat(deletion.logStartOffset()).as(where).isBetween(start, Math.max(start, highWatermark));
        for (SegmentSummary gone : segments.subList(0, deletion.segments())) {
            assertThat(gone.endOffset()).as(where).isLessThanOrEqualTo(highWatermark);
        }
        assertThat(deletion.rollFirst()).as(where).isEqualTo(deletion.segments() == segments.size());
        List<SegmentSummary> left = segments.subList(deletion.segments(), segments.size());
        long bytesLeft = left.stream().mapToLong(SegmentSummary::sizeBytes).sum();
        if (left.size() > 1 && left.get(0).endOffset() <= highWatermark && config.delete()) {
            SegmentSummary front = left.get(0);
            assertThat(config.retentionBytes() < 0 || bytesLeft - front.sizeBytes() < config.retentionBytes())
                    .as(where)
                    .isTrue();
            assertThat(config.retentionMs() < 0
                            || front.maxTimestampMs() < 0
                            || NOW - front.maxTimestampMs() <= config.retentionMs())
                    .as(where)
                    .isTrue();
        }
    }

    private static Deletion decide(LogConfig config, long logStartOffset, long highWatermark) {
        return RetentionPolicy.decide(SEGMENTS, config, logStartOffset, highWatermark, NOW);
    }

    private static LogConfig config(long retentionMs, long retentionBytes, boolean delete) {
        LogConfig d = LogConfig.DEFAULTS;
        Compression codec = d.compression();
        return new LogConfig(
                d.segmentBytes(),
                d.segmentMs(),
                d.indexIntervalBytes(),
                retentionMs,
                retentionBytes,
                d.maxMessageBytes(),
                !delete,
                delete,
                codec,
                d.compressionLevel(),
                d.logAppendTime(),
                d.timestampBeforeMaxMs(),
                d.timestampAfterMaxMs(),
                d.deleteRetentionMs(),
                d.minCompactionLagMs(),
                d.maxCompactionLagMs(),
                d.minCleanableDirtyRatio(),
                d.flushMessages(),
                d.flushMs(),
                d.minInsyncReplicas());
    }
}
