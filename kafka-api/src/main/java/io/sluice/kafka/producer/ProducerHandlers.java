/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.producer;

import io.sluice.kafka.api.Api;
import io.sluice.kafka.api.HandlerServices;
import java.util.List;

/** The list of this package's APIs. */
public final class ProducerHandlers {
    private ProducerHandlers() {}

    public static List<Api> of(HandlerServices services) {
        return List.of(new InitProducerIdHandler(services), new DescribeProducersHandler(services));
    }
}
