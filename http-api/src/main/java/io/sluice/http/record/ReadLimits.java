/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.record;

import io.sluice.cluster.config.BrokerSettings;

/**
 * What one read may ask for.
 *
 * @param bytesMax {@code sluice.http.read.max.bytes}
 * @param recordsMax {@code sluice.http.read.records.max}
 * @param waitMaxMs {@code sluice.http.wait.max.ms}
 * @param decompressedBytesMax {@code sluice.decompressed.batch.max.bytes}
 */
record ReadLimits(int bytesMax, int recordsMax, long waitMaxMs, int decompressedBytesMax) {
    static ReadLimits of(BrokerSettings settings) {
        return new ReadLimits(
                settings.intValue("sluice.http.read.max.bytes"),
                settings.intValue("sluice.http.read.records.max"),
                settings.longValue("sluice.http.wait.max.ms"),
                settings.decompressedBatchMaxBytes());
    }
}
