/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.ListConfigResourcesRequestData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData;
import org.apache.kafka.common.message.ListConfigResourcesResponseData.ConfigResource;

/**
 * Lists what has a configuration (KIP-1142). Version 0 asks for client metrics only; there are none, and no group has a configuration of its own.
 */
final class ListConfigResourcesHandler
        implements ApiHandler<ListConfigResourcesRequestData, ListConfigResourcesResponseData> {
    private static final List<Byte> ALL = List.of(
            ConfigResourceType.TOPIC,
            ConfigResourceType.BROKER,
            ConfigResourceType.BROKER_LOGGER,
            ConfigResourceType.CLIENT_METRICS,
            ConfigResourceType.GROUP);

    private final Node node;

    ListConfigResourcesHandler(HandlerServices services) {
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return 74;
    }

    @Override
    public CompletionStage<ListConfigResourcesResponseData> handle(
            RequestContext context, ListConfigResourcesRequestData request) {
        ListConfigResourcesResponseData response = new ListConfigResourcesResponseData();
        if (context.apiVersion() == 0) {
            return CompletableFuture.completedFuture(response);
        }
        List<Byte> types = request.resourceTypes().isEmpty() ? ALL : request.resourceTypes();
        if (!ALL.containsAll(types)) {
            return CompletableFuture.completedFuture(response.setErrorCode(ErrorCode.UNSUPPORTED_VERSION.code()));
        }
        for (byte type : new TreeSet<>(types)) {
            add(response, type);
        }
        return CompletableFuture.completedFuture(response);
    }

    private void add(ListConfigResourcesResponseData response, byte type) {
        if (type == ConfigResourceType.TOPIC) {
            node.metadata().topics().keySet().forEach(name -> response.configResources()
                    .add(resource(type, name)));
        } else if (type == ConfigResourceType.BROKER || type == ConfigResourceType.BROKER_LOGGER) {
            node.metadata().brokers().keySet().forEach(id -> response.configResources()
                    .add(resource(type, id.toString())));
        }
    }

    private static ConfigResource resource(byte type, String name) {
        return new ConfigResource().setResourceType(type).setResourceName(name);
    }
}
