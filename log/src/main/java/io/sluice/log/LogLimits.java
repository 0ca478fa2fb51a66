/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.batch.Records;
import io.sluice.log.producer.ProducerStates;

/**
 * Limits of all logs of a node.
 *
 * @param maxDecompressedBytes the most that one batch may grow to when it is decompressed ({@code sluice.decompressed.batch.max.bytes})
 * @param maxOpenSegments segment files kept open ({@code sluice.log.open.segments.max})
 * @param producerIdExpirationMs {@code producer.id.expiration.ms}
 * @param maxProducersPerPartition idempotent producers that a partition remembers ({@code sluice.producers.max.per.partition})
 * @param dedupeBufferBytes the most memory for the keys of one compaction ({@code log.cleaner.dedupe.buffer.size})
 * @param cleanerBytesPerSecond rate of reading and writing of one compaction ({@code log.cleaner.io.max.bytes.per.second})
 */
public record LogLimits(
        int maxDecompressedBytes,
        int maxOpenSegments,
        long producerIdExpirationMs,
        int maxProducersPerPartition,
        long dedupeBufferBytes,
        long cleanerBytesPerSecond) {
    public static final LogLimits DEFAULTS = new LogLimits(
            Records.DEFAULT_MAX_BATCH_BYTES,
            8192,
            86_400_000L,
            ProducerStates.DEFAULT_MAX_PRODUCERS,
            128L << 20,
            Long.MAX_VALUE);
}
