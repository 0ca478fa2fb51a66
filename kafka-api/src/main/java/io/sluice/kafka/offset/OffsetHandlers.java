/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.offset;

import io.sluice.kafka.api.Api;
import io.sluice.kafka.api.HandlerServices;
import java.util.List;

/** The list of this package's APIs. */
public final class OffsetHandlers {
    private OffsetHandlers() {}

    public static List<Api> of(HandlerServices services) {
        return List.of(
                new ListOffsetsHandler(services),
                new OffsetForLeaderEpochHandler(services),
                new DeleteRecordsHandler(services));
    }
}
