/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.log.batch;

/** A batch that would grow beyond the limit when it is decompressed: a bomb, or a limit set too low. */
public final class BatchTooLargeException extends CorruptBatchException {
    public BatchTooLargeException(int maxBytes) {
        super("decompressed batch is larger than " + maxBytes + " bytes (sluice.decompressed.batch.max.bytes)");
    }
}
