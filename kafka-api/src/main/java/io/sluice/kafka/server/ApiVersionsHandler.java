/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataLevels;
import io.sluice.kafka.api.Api;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.ApiRegistry;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.ApiVersionsResponseData;
import org.apache.kafka.common.message.ApiVersionsResponseData.ApiVersion;
import org.apache.kafka.common.message.ApiVersionsResponseData.FinalizedFeatureKey;
import org.apache.kafka.common.message.ApiVersionsResponseData.SupportedFeatureKey;

/** What this broker speaks: the registered APIs, and the features of the cluster (KIP-35, KIP-511, KIP-584). */
final class ApiVersionsHandler implements ApiHandler<ApiVersionsRequestData, ApiVersionsResponseData> {
    static final short KEY = 18;

    /** From this version on a client names itself. */
    private static final short CLIENT_SOFTWARE_VERSION = 3;

    private final Node node;
    private final Supplier<ApiRegistry> registry;

    ApiVersionsHandler(Node node, Supplier<ApiRegistry> registry) {
        this.node = node;
        this.registry = registry;
    }

    @Override
    public short apiKey() {
        return KEY;
    }

    @Override
    public CompletionStage<ApiVersionsResponseData> handle(RequestContext context, ApiVersionsRequestData request) {
        if (context.apiVersion() >= CLIENT_SOFTWARE_VERSION && !named(request)) {
            return CompletableFuture.completedFuture(
                    new ApiVersionsResponseData().setErrorCode(ErrorCode.INVALID_REQUEST.code()));
        }
        return CompletableFuture.completedFuture(versions());
    }

    /** Name and version of the client's software: letters, digits, dots and dashes (KIP-511). */
    private static boolean named(ApiVersionsRequestData request) {
        return isSoftwareName(request.clientSoftwareName()) && isSoftwareName(request.clientSoftwareVersion());
    }

    private static boolean isSoftwareName(String name) {
        if (name.isEmpty() || !Character.isLetterOrDigit(name.charAt(0))) {
            return false;
        }
        for (int i = 0; i < name.length(); i++) {
            char c = name.charAt(i);
            if (c > 127 || !(Character.isLetterOrDigit(c) || c == '.' || c == '-')) {
                return false;
            }
        }
        return Character.isLetterOrDigit(name.charAt(name.length() - 1));
    }

    private ApiVersionsResponseData versions() {
        ApiVersionsResponseData response = new ApiVersionsResponseData();
        for (Api api : registry.get().all()) {
            if (!api.isAdvertised()) {
                continue;
            }
            response.apiKeys()
                    .add(new ApiVersion()
                            .setApiKey(api.apiKey())
                            .setMinVersion(api.advertisedMinVersion())
                            .setMaxVersion(api.maxVersion()));
        }
        MetadataImage image = node.metadata();
        MetadataLevels known = node.levels();
        image.features().forEach((name, level) -> {
            boolean metadata = name.equals(MetadataLevels.FEATURE);
            response.supportedFeatures()
                    .add(new SupportedFeatureKey()
                            .setName(name)
                            .setMinVersion(metadata ? known.min() : 1)
                            .setMaxVersion(metadata ? known.max() : level));
            response.finalizedFeatures()
                    .add(new FinalizedFeatureKey()
                            .setName(name)
                            .setMinVersionLevel(level)
                            .setMaxVersionLevel(level));
        });
        response.setFinalizedFeaturesEpoch(Math.max(0, image.offset() - 1));
        return response;
    }

    /** The answer to a version that is newer than ours: in version 0, with our own range only (KIP-511). */
    ApiVersionsResponseData tooNew() {
        ApiVersionsResponseData response =
                new ApiVersionsResponseData().setErrorCode(ErrorCode.UNSUPPORTED_VERSION.code());
        response.apiKeys()
                .add(new ApiVersion().setApiKey(KEY).setMinVersion(minVersion()).setMaxVersion(maxVersion()));
        return response;
    }
}
