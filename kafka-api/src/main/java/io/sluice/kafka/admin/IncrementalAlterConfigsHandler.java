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
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterConfigsResource;
import org.apache.kafka.common.message.IncrementalAlterConfigsRequestData.AlterableConfig;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData;
import org.apache.kafka.common.message.IncrementalAlterConfigsResponseData.AlterConfigsResourceResponse;

/** Changes single keys of a resource (KIP-339): set, delete, append to a list, subtract from it. */
final class IncrementalAlterConfigsHandler
        implements ApiHandler<IncrementalAlterConfigsRequestData, IncrementalAlterConfigsResponseData> {
    private final ConfigAlteration alteration;

    IncrementalAlterConfigsHandler(HandlerServices services) {
        this.alteration = new ConfigAlteration(services.node());
    }

    @Override
    public short apiKey() {
        return 44;
    }

    @Override
    public CompletionStage<IncrementalAlterConfigsResponseData> handle(
            RequestContext context, IncrementalAlterConfigsRequestData request) {
        List<ConfigAlteration.Wanted> wanted = new ArrayList<>();
        for (AlterConfigsResource resource : request.resources()) {
            wanted.add(wanted(resource));
        }
        return alteration.apply(wanted, request.validateOnly()).thenApply(IncrementalAlterConfigsHandler::response);
    }

    private static ConfigAlteration.Wanted wanted(AlterConfigsResource resource) {
        List<ConfigOp> ops = new ArrayList<>();
        String malformed = null;
        for (AlterableConfig config : resource.configs()) {
            Operation operation = ConfigAlteration.operation(config.configOperation());
            if (operation == null) {
                malformed = config.name() + ": unknown operation " + config.configOperation();
            } else if (operation != Operation.DELETE && config.value() == null) {
                malformed = config.name() + ": a value is missing";
            }
            ops.add(new ConfigOp(config.name(), operation, config.value()));
        }
        return new ConfigAlteration.Wanted(
                new ConfigAlteration.Resource(resource.resourceType(), resource.resourceName()), false, ops, malformed);
    }

    private static IncrementalAlterConfigsResponseData response(List<ConfigAlteration.Answer> answers) {
        IncrementalAlterConfigsResponseData response = new IncrementalAlterConfigsResponseData();
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
