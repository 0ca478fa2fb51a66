/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.batch.Records;

/**
 * Limits of all logs of a node.
 *
 * @param maxDecompressedBytes the most that one batch may grow to when it is decompressed ({@code sluice.decompressed.batch.max.bytes})
 * @param maxOpenSegments segment files kept open ({@code sluice.log.open.segments.max})
 * @param producerIdExpirationMs {@code producer.id.expiration.ms}
 */
public record LogLimits(int maxDecompressedBytes, int maxOpenSegments, long producerIdExpirationMs) {
    public static final LogLimits DEFAULTS = new LogLimits(Records.DEFAULT_MAX_BATCH_BYTES, 8192, 86_400_000L);
}
