/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.config.ConfigResolver;
import io.sluice.cluster.config.ResolvedConfig;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.cluster.metadata.TopicNames;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData.DescribeConfigsResource;
import org.apache.kafka.common.message.DescribeConfigsResponseData;
import org.apache.kafka.common.message.DescribeConfigsResponseData.DescribeConfigsResult;

/**
 * Tells every key of a topic, a broker or a group: its value, where that comes from, and what else was set. Loggers and
 * client metrics are not configured through the protocol here, so they have no keys.
 */
final class DescribeConfigsHandler implements ApiHandler<DescribeConfigsRequestData, DescribeConfigsResponseData> {
    private final Node node;
    private final ConfigResolver resolver;

    DescribeConfigsHandler(HandlerServices services) {
        this.node = services.node();
        this.resolver = new ConfigResolver(node.settings());
    }

    @Override
    public short apiKey() {
        return 32;
    }

    @Override
    public CompletionStage<DescribeConfigsResponseData> handle(
            RequestContext context, DescribeConfigsRequestData request) {
        DescribeConfigsResponseData response = new DescribeConfigsResponseData();
        for (DescribeConfigsResource resource : request.resources()) {
            response.results().add(describe(resource, request));
        }
        return CompletableFuture.completedFuture(response);
    }

    private DescribeConfigsResult describe(DescribeConfigsResource resource, DescribeConfigsRequestData request) {
        MetadataImage image = node.metadata();
        String name = resource.resourceName();
        return switch (resource.resourceType()) {
            case ConfigResourceType.TOPIC -> topic(image, resource, request);
            case ConfigResourceType.BROKER -> broker(image, resource, request);
            case ConfigResourceType.GROUP ->
                name.isEmpty()
                        ? refused(resource, ErrorCode.INVALID_REQUEST, "A group's name must not be empty")
                        : told(resource, request, resolver.group(image));
            case ConfigResourceType.BROKER_LOGGER ->
                name.equals(Integer.toString(node.id()))
                        ? told(resource, request, List.of())
                        : refused(resource, ErrorCode.INVALID_REQUEST, wrongBroker(name));
            case ConfigResourceType.CLIENT_METRICS ->
                name.isEmpty()
                        ? refused(resource, ErrorCode.INVALID_REQUEST, "A subscription's name must not be empty")
                        : told(resource, request, List.of());
            default ->
                refused(resource, ErrorCode.INVALID_REQUEST, "Unknown type of resource: " + resource.resourceType());
        };
    }

    private DescribeConfigsResult topic(
            MetadataImage image, DescribeConfigsResource resource, DescribeConfigsRequestData request) {
        String name = resource.resourceName();
        Optional<String> problem = TopicNames.violation(name);
        if (problem.isPresent()) {
            return refused(resource, ErrorCode.INVALID_TOPIC_EXCEPTION, problem.get());
        }
        Optional<TopicInfo> topic = image.topic(name);
        return topic.isEmpty()
                ? refused(resource, ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, "There is no topic " + name)
                : told(resource, request, resolver.topic(image, topic.get().configs()));
    }

    private DescribeConfigsResult broker(
            MetadataImage image, DescribeConfigsResource resource, DescribeConfigsRequestData request) {
        String name = resource.resourceName();
        if (name.isEmpty()) {
            return told(resource, request, resolver.brokerDefaults(image));
        }
        return name.equals(Integer.toString(node.id()))
                ? told(resource, request, resolver.broker(image))
                : refused(resource, ErrorCode.INVALID_REQUEST, wrongBroker(name));
    }

    private String wrongBroker(String name) {
        return "This is broker " + node.id() + ", it can't tell about broker '" + name + "'";
    }

    private static DescribeConfigsResult told(
            DescribeConfigsResource resource, DescribeConfigsRequestData request, List<ResolvedConfig> configs) {
        DescribeConfigsResult result = new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName())
                .setErrorMessage(null);
        List<String> keys = resource.configurationKeys();
        for (ResolvedConfig config : configs) {
            if (keys == null || keys.isEmpty() || keys.contains(config.key().name())) {
                result.configs()
                        .add(ConfigEntries.described(
                                config, request.includeSynonyms(), request.includeDocumentation()));
            }
        }
        return result;
    }

    private static DescribeConfigsResult refused(DescribeConfigsResource resource, ErrorCode error, String message) {
        return new DescribeConfigsResult()
                .setResourceType(resource.resourceType())
                .setResourceName(resource.resourceName())
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
