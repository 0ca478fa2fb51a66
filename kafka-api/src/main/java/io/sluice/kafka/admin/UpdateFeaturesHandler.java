/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.Controller.Outcome;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;

/** Raises the level of the cluster's metadata (KIP-584): the one feature that there is. */
final class UpdateFeaturesHandler implements ApiHandler<UpdateFeaturesRequestData, UpdateFeaturesResponseData> {
    private static final short FIRST_WITHOUT_RESULTS = 2;

    private final Node node;

    UpdateFeaturesHandler(HandlerServices services) {
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return 57;
    }

    @Override
    public CompletionStage<UpdateFeaturesResponseData> handle(
            RequestContext context, UpdateFeaturesRequestData request) {
        if (request.featureUpdates().size() != 1) {
            return CompletableFuture.completedFuture(response(
                    context,
                    request,
                    new Outcome(ErrorCode.INVALID_REQUEST, "Exactly one feature can be changed at a time.")));
        }
        FeatureUpdateKey update = request.featureUpdates().iterator().next();
        if (!update.feature().equals(MetadataLevels.FEATURE)) {
            return CompletableFuture.completedFuture(response(
                    context,
                    request,
                    new Outcome(
                            ErrorCode.INVALID_UPDATE_VERSION,
                            "There is no feature " + update.feature() + ", only " + MetadataLevels.FEATURE + ".")));
        }
        return node.controller()
                .raiseLevel(update.maxVersionLevel(), request.validateOnly(), request.timeoutMs())
                .thenApply(outcome -> response(context, request, outcome));
    }

    /** Older clients look at the results of each feature, newer ones at the error alone. */
    private static UpdateFeaturesResponseData response(
            RequestContext context, UpdateFeaturesRequestData request, Outcome outcome) {
        UpdateFeaturesResponseData response = new UpdateFeaturesResponseData();
        if (context.apiVersion() >= FIRST_WITHOUT_RESULTS) {
            return response.setErrorCode(outcome.error().code()).setErrorMessage(outcome.message());
        }
        for (FeatureUpdateKey update : request.featureUpdates()) {
            response.results()
                    .add(new UpdatableFeatureResult()
                            .setFeature(update.feature())
                            .setErrorCode(outcome.error().code())
                            .setErrorMessage(outcome.message()));
        }
        return response;
    }
}
