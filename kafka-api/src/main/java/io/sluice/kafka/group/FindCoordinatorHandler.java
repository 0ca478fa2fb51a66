/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupCoordinators;
import io.sluice.cluster.Node;
import io.sluice.cluster.metadata.MetadataImage.BrokerInfo;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.api.AdvertisedAddress;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.FindCoordinatorResponseData.Coordinator;

/** FindCoordinator: which broker leads the partition that keeps a group. */
final class FindCoordinatorHandler implements ApiHandler<FindCoordinatorRequestData, FindCoordinatorResponseData> {
    private static final byte GROUP = 0;
    private static final int FIRST_WITH_MANY_KEYS = 4;

    private final Node node;
    private final AdvertisedAddress advertised;
    private final OffsetsTopic offsetsTopic;

    FindCoordinatorHandler(Node node, AdvertisedAddress advertised, OffsetsTopic offsetsTopic) {
        this.node = node;
        this.advertised = advertised;
        this.offsetsTopic = offsetsTopic;
    }

    @Override
    public short apiKey() {
        return 10;
    }

    @Override
    public CompletionStage<FindCoordinatorResponseData> handle(
            RequestContext context, FindCoordinatorRequestData request) {
        if (request.keyType() != GROUP) {
            return CompletableFuture.completedFuture(respond(
                    context,
                    request,
                    key -> failed(
                            key,
                            ErrorCode.INVALID_REQUEST,
                            "This broker coordinates consumer groups (key type 0), not key type "
                                    + request.keyType())));
        }
        return offsetsTopic
                .get()
                .thenApply(topic -> respond(context, request, key -> coordinator(context, topic, key)));
    }

    private static FindCoordinatorResponseData respond(
            RequestContext context,
            FindCoordinatorRequestData request,
            java.util.function.Function<String, Coordinator> find) {
        FindCoordinatorResponseData response = new FindCoordinatorResponseData();
        if (context.apiVersion() >= FIRST_WITH_MANY_KEYS) {
            request.coordinatorKeys().forEach(key -> response.coordinators().add(find.apply(key)));
            return response;
        }
        Coordinator only = find.apply(request.key());
        return response.setErrorCode(only.errorCode())
                .setErrorMessage(only.errorMessage())
                .setNodeId(only.nodeId())
                .setHost(only.host())
                .setPort(only.port());
    }

    private Coordinator coordinator(RequestContext context, Optional<TopicInfo> topic, String groupId) {
        if (topic.isEmpty()) {
            return unavailable(groupId, GroupCoordinators.TOPIC + " is not there yet");
        }
        int partition =
                GroupCoordinators.partitionOf(groupId, topic.get().partitions().size());
        int leader = node.leadership(topic.get().id(), partition).brokerId();
        BrokerInfo broker = node.metadata().brokers().get(leader);
        if (broker == null) {
            return unavailable(groupId, GroupCoordinators.TOPIC + "-" + partition + " has no leader");
        }
        AdvertisedAddress.HostPort address = advertised.of(broker, context);
        return new Coordinator()
                .setKey(groupId)
                .setNodeId(leader)
                .setHost(address.host())
                .setPort(address.port())
                .setErrorCode(ErrorCode.NONE.code())
                .setErrorMessage("");
    }

    private static Coordinator unavailable(String groupId, String why) {
        return failed(groupId, ErrorCode.COORDINATOR_NOT_AVAILABLE, why);
    }

    private static Coordinator failed(String key, ErrorCode error, String message) {
        return new Coordinator()
                .setKey(key)
                .setNodeId(-1)
                .setHost("")
                .setPort(-1)
                .setErrorCode(error.code())
                .setErrorMessage(message);
    }
}
