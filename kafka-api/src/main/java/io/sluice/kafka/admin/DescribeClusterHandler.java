/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.kafka.api.AdvertisedAddress;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeClusterResponseData.DescribeClusterBroker;

/** The cluster's id, its brokers and the one that has the role of the controller (KIP-700, KIP-919); those that are registered and not there are fenced (KIP-1073). */
final class DescribeClusterHandler implements ApiHandler<DescribeClusterRequestData, DescribeClusterResponseData> {
    private static final byte BROKERS = 1;

    private final Node node;
    private final AdvertisedAddress advertised;

    DescribeClusterHandler(HandlerServices services) {
        this.node = services.node();
        this.advertised = services.advertised();
    }

    @Override
    public short apiKey() {
        return 60;
    }

    @Override
    public CompletionStage<DescribeClusterResponseData> handle(
            RequestContext context, DescribeClusterRequestData request) {
        if (request.endpointType() != BROKERS) {
            return CompletableFuture.completedFuture(new DescribeClusterResponseData()
                    .setErrorCode(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code())
                    .setErrorMessage("This is a broker's endpoint, not a controller's"));
        }
        MetadataImage image = node.metadata();
        DescribeClusterResponseData response = new DescribeClusterResponseData()
                .setClusterId(image.clusterId())
                .setControllerId(node.controllerId());
        Set<Integer> live = node.liveBrokers();
        for (BrokerInfo broker : image.brokers().values()) {
            boolean absent = !live.contains(broker.id());
            if (absent && !request.includeFencedBrokers()) {
                continue;
            }
            HostPort address = advertised.of(broker, context);
            response.brokers()
                    .add(new DescribeClusterBroker()
                            .setBrokerId(broker.id())
                            .setHost(address.host())
                            .setPort(address.port())
                            .setRack(broker.rack())
                            .setIsFenced(absent));
        }
        if (request.includeClusterAuthorizedOperations()) {
            response.setClusterAuthorizedOperations(AuthorizedOperations.CLUSTER);
        }
        return CompletableFuture.completedFuture(response);
    }
}
