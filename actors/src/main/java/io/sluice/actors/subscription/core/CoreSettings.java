/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription.core;

import io.sluice.actors.subscription.SlowReaderPolicy;

/**
 * What one subscription may use.
 *
 * @param bufferBytes memory of records that wait for demand, with what is being read; one batch that is larger is held alone
 * @param readBytes what one read brings, if there is room and its batches are no larger
 * @param maxReads reads at one time, of all partitions
 */
public record CoreSettings(SlowReaderPolicy policy, int bufferBytes, int readBytes, int maxReads) {
    public CoreSettings {
        if (bufferBytes < 1 || readBytes < 1 || maxReads < 1) {
            throw new IllegalArgumentException(
                    "bufferBytes " + bufferBytes + ", readBytes " + readBytes + ", maxReads " + maxReads);
        }
    }
}
