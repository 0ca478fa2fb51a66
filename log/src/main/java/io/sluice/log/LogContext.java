/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log;

import io.sluice.log.file.LogFiles;
import java.time.InstantSource;

/**
 * What all logs of a node share.
 *
 * @param files the way to the disk
 * @param clock the time
 * @param maxDecompressedBytes the most that one batch may grow to when it is decompressed ({@code sluice.decompressed.batch.max.bytes})
 * @param producerIdExpirationMs {@code producer.id.expiration.ms}
 */
public record LogContext(LogFiles files, InstantSource clock, int maxDecompressedBytes, long producerIdExpirationMs) {}
