/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * One record, as a reader sees it.
 *
 * @param offset its place in the log
 * @param timestampMs milliseconds since the epoch
 * @param key null if it has none
 * @param value null for a tombstone
 * @param headers in the order of the producer; keys may repeat
 */
public record Record(long offset, long timestampMs, ByteBuffer key, ByteBuffer value, List<Header> headers) {
    /** A header; {@code value} may be null. */
    public record Header(String key, ByteBuffer value) {}
}
