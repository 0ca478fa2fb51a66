/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.cluster.metadata.MetadataRecord;
import java.util.List;

/**
 * What comes out of a request.
 *
 * @param records to be appended as one batch; empty if nothing changes
 * @param answer to be given when they are committed
 */
public record Decision<R>(List<MetadataRecord> records, R answer) {
    static <R> Decision<R> nothing(R answer) {
        return new Decision<>(List.of(), answer);
    }
}
