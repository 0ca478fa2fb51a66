/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.metadata.Controller.ConfigOp;
import io.sluice.cluster.metadata.Controller.Operation;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.AlterConfigsRequestData;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.AlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.AlterConfigsResponseData;
import org.apache.kafka.common.message.AlterConfigsResponseData.AlterConfigsResourceResponse;

/** Replaces the whole configuration of a resource: what is not named returns to its default. Older clients know nothing else. */
final class AlterConfigsHandler implements ApiHandler<AlterConfigsRequestData, AlterConfigsResponseData> {
    private final ConfigAlteration alteration;

    AlterConfigsHandler(HandlerServices services) {
        this.alteration = new ConfigAlteration(services.node());
    }

    @Override
    public short apiKey() {
        return 33;
    }

    @Override
    public CompletionStage<AlterConfigsResponseData> handle(RequestContext context, AlterConfigsRequestData request) {
        List<ConfigAlteration.Wanted> wanted = new ArrayList<>();
        for (AlterConfigsResource resource : request.resources()) {
            wanted.add(wanted(resource));
        }
        return alteration.apply(wanted, request.validateOnly()).thenApply(AlterConfigsHandler::response);
    }

    private static ConfigAlteration.Wanted wanted(AlterConfigsResource resource) {
        List<ConfigOp> ops = new ArrayList<>();
        String malformed = null;
        for (AlterableConfig config : resource.configs()) {
            if (config.value() == null) {
                malformed = config.name() + ": a value is missing";
            }
            ops.add(new ConfigOp(config.name(), Operation.SET, config.value()));
        }
        return new ConfigAlteration.Wanted(
                new ConfigAlteration.Resource(resource.resourceType(), resource.resourceName()), true, ops, malformed);
    }

    private static AlterConfigsResponseData response(List<ConfigAlteration.Answer> answers) {
        AlterConfigsResponseData response = new AlterConfigsResponseData();
        for (ConfigAlteration.Answer answer : answers) {
            response.responses()
                    .add(new AlterConfigsResourceResponse()
                            .setResourceType(answer.resource().type())
                            .setResourceName(answer.resource().name())
                            .setErrorCode(answer.error().code())
                            .setErrorMessage(answer.message()));
        }
        return response;
    }
}
