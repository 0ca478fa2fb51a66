/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.sluice.kafka.admin.AdminHandlers;
import io.sluice.kafka.api.Api;
import io.sluice.kafka.api.ApiRegistry;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.fetch.FetchHandler;
import io.sluice.kafka.fetch.FetchLimits;
import io.sluice.kafka.group.GroupHandlers;
import io.sluice.kafka.offset.OffsetHandlers;
import io.sluice.kafka.produce.ProduceHandler;
import io.sluice.kafka.producer.ProducerHandlers;
import io.sluice.kafka.replica.LogReadHandler;
import io.sluice.kafka.replica.ReplicaFetchHandler;
import io.sluice.kafka.replica.ReplicaFetchLimits;
import java.util.ArrayList;
import java.util.List;

/** The one list of all APIs. */
final class KafkaApis {
    private KafkaApis() {}

    static ApiRegistry of(HandlerServices services) {
        ApiRegistry[] self = new ApiRegistry[1];
        List<Api> all = new ArrayList<>();
        all.add(new ApiVersionsHandler(services.node(), () -> self[0]));
        all.add(new ProduceHandler(services));
        all.add(new FetchHandler(services, FetchLimits.of(services.node().settings())));
        all.add(new ReplicaFetchHandler(
                services, ReplicaFetchLimits.of(services.node().settings())));
        all.add(new LogReadHandler(
                services, ReplicaFetchLimits.of(services.node().settings())));
        all.addAll(OffsetHandlers.of(services));
        all.addAll(ProducerHandlers.of(services));
        all.addAll(AdminHandlers.of(services));
        all.addAll(GroupHandlers.of(services));
        self[0] = new ApiRegistry(all);
        return self[0];
    }
}
