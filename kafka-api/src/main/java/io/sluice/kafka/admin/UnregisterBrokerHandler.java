/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.UnregisterBrokerRequestData;
import org.apache.kafka.common.message.UnregisterBrokerResponseData;

/** Takes a broker out of the metadata that is gone for good: one that is there would register again. */
final class UnregisterBrokerHandler implements ApiHandler<UnregisterBrokerRequestData, UnregisterBrokerResponseData> {
    private static final int TIMEOUT_MS = 30_000;

    private final Node node;

    UnregisterBrokerHandler(HandlerServices services) {
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return 64;
    }

    @Override
    public CompletionStage<UnregisterBrokerResponseData> handle(
            RequestContext context, UnregisterBrokerRequestData request) {
        int id = request.brokerId();
        if (node.metadata().brokers().containsKey(id) && node.liveBrokers().contains(id)) {
            return CompletableFuture.completedFuture(response(new Outcome(
                    ErrorCode.INVALID_REQUEST,
                    "Broker " + id + " is in the cluster: stop it before it is unregistered.")));
        }
        return node.controller().unregisterBroker(id, TIMEOUT_MS).thenApply(UnregisterBrokerHandler::response);
    }

    private static UnregisterBrokerResponseData response(Outcome outcome) {
        return new UnregisterBrokerResponseData()
                .setErrorCode(outcome.error().code())
                .setErrorMessage(outcome.message());
    }
}
