/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

import java.nio.ByteBuffer;
import java.util.List;

/** Builds one record batch in a heap buffer: for what the broker itself writes, for tools and for tests. */
public final class BatchBuilder {
    /** An uncompressed batch with create time, without a producer. */
    public static BatchBuilder create() {
        throw new UnsupportedOperationException("being written");
    }

    public BatchBuilder compression(Compression codec) {
        throw new UnsupportedOperationException("being written");
    }

    /** An idempotent producer's identity and the sequence of the first record. */
    public BatchBuilder producer(long producerId, short producerEpoch, int baseSequence) {
        throw new UnsupportedOperationException("being written");
    }

    public BatchBuilder add(long timestampMs, byte[] key, byte[] value) {
        return add(timestampMs, key, value, List.of());
    }

    public BatchBuilder add(long timestampMs, byte[] key, byte[] value, List<Record.Header> headers) {
        throw new UnsupportedOperationException("being written");
    }

    /** The batch, base offset 0, ready to be appended. */
    public ByteBuffer build() {
        throw new UnsupportedOperationException("being written");
    }
}
