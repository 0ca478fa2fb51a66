/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.produce;

import io.netty.buffer.ByteBuf;
import io.sluice.actors.partition.PartitionHandle;
import io.sluice.cluster.Node;
import io.sluice.cluster.Node.Leadership;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.api.CurrentLeaders;
import io.sluice.kafka.api.FrameHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.AppendOrigin;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Produce: each partition's batch goes as a view of the frame to its leader on this node, one message a partition; the frame is
 * freed with the last answer.
 */
public final class ProduceHandler implements FrameHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ProduceHandler.class);

    static final String NO_TRANSACTIONS = "transactions are not supported";

    private static final short KEY = 0;
    private static final short ACKS_ALL = -1;
    private static final CompletionStage<Void> DONE = CompletableFuture.completedFuture(null);

    private final HandlerServices services;
    private final Node node;

    public ProduceHandler(HandlerServices services) {
        this.services = services;
        this.node = services.node();
    }

    @Override
    public short apiKey() {
        return KEY;
    }

    /** Versions 0 to 2 are refused, yet named: older clients of librdkafka look for them before they compress (KAFKA-18659). */
    @Override
    public short advertisedMinVersion() {
        return 0;
    }

    @Override
    public boolean carriesRecords() {
        return true;
    }

    @Override
    public void handle(RequestContext context, ByteBuf frame, Reply reply) {
        ProduceRequest request = ProduceDecoder.decode(frame, context.apiVersion());
        ProduceCall call = new ProduceCall(this, context, frame, reply, request.acks() == 0);
        MetadataImage image = node.metadata();
        for (ProduceRequest.Topic topic : request.topics()) {
            ProduceCall.Topic answer = new ProduceCall.Topic(
                    topic.name(), topic.id(), new ArrayList<>(topic.partitions().size()));
            call.topics.add(answer);
            TopicInfo info = find(image, topic);
            for (ProduceRequest.Partition partition : topic.partitions()) {
                PartitionProduce expected = call.expect(answer, partition.index());
                try {
                    produce(request, info, partition, expected, context);
                } catch (RuntimeException e) {
                    LOG.error("produce failed: topic={} partition={}", topic.name(), partition.index(), e);
                    expected.refuse(ErrorCode.UNKNOWN_SERVER_ERROR, null);
                }
            }
        }
        call.partitionDone();
    }

    private static TopicInfo find(MetadataImage image, ProduceRequest.Topic topic) {
        return (topic.name() == null ? image.topic(topic.id()) : image.topic(topic.name())).orElse(null);
    }

    private void produce(
            ProduceRequest request,
            TopicInfo topic,
            ProduceRequest.Partition partition,
            PartitionProduce answer,
            RequestContext context) {
        if (request.acks() < ACKS_ALL || request.acks() > 1) {
            answer.refuse(ErrorCode.INVALID_REQUIRED_ACKS, "acks=" + request.acks() + " is not one of -1, 0, 1");
        } else if (request.transactionalId() != null) {
            answer.refuse(ErrorCode.INVALID_TXN_STATE, NO_TRANSACTIONS);
        } else if (topic == null) {
            answer.refuse(
                    context.apiVersion() >= ProduceDecoder.TOPIC_IDS
                            ? ErrorCode.UNKNOWN_TOPIC_ID
                            : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION,
                    null);
        } else if (topic.internal()) {
            answer.refuse(ErrorCode.INVALID_TOPIC_EXCEPTION, "only the broker writes to " + topic.name());
        } else if (partition.index() < 0
                || partition.index() >= topic.partitions().size()) {
            answer.refuse(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION, null);
        } else {
            append(request, topic, partition, answer, context);
        }
    }

    private void append(
            ProduceRequest request,
            TopicInfo topic,
            ProduceRequest.Partition partition,
            PartitionProduce answer,
            RequestContext context) {
        PartitionHandle leader = node.leader(topic.id(), partition.index());
        if (leader == null) {
            answer.refuse(ErrorCode.NOT_LEADER_OR_FOLLOWER, null);
            return;
        }
        BatchHead.Refusal refusal = BatchHead.check(partition.records(), context.apiVersion());
        if (refusal != null) {
            answer.refuse(refusal.error(), refusal.message());
            return;
        }
        leader.append(partition.records(), AppendOrigin.CLIENT, request.acks(), request.timeoutMs(), answer);
    }

    /**
     * Completes when somebody leads the partitions that are not led here, or after a moment: a producer that is told who it is sends again at once,
     * without its back-off (KIP-951).
     */
    CompletionStage<Void> whenLeadersKnown(ProduceCall call) {
        CompletionStage<Void> known = DONE;
        if (call.context().apiVersion() >= ProduceEncoder.LEADERS) {
            for (ProduceCall.Topic topic : call.topics) {
                for (PartitionProduce partition : topic.partitions()) {
                    if (partition.error == ErrorCode.NOT_LEADER_OR_FOLLOWER) {
                        known = known.thenCombine(leaderKnown(topic, partition.index), (one, other) -> null);
                    }
                }
            }
        }
        return known;
    }

    private CompletionStage<Void> leaderKnown(ProduceCall.Topic topic, int partition) {
        return find(node.metadata(), topic)
                .filter(info -> node.leadership(info.id(), partition).brokerId() < 0)
                .map(info -> node.leaderKnown(info.id(), partition))
                .orElse(DONE);
    }

    private static Optional<TopicInfo> find(MetadataImage image, ProduceCall.Topic topic) {
        return topic.name() == null ? image.topic(topic.id()) : image.topic(topic.name());
    }

    /** Finds out who leads the partitions that are not led here. */
    CurrentLeaders newLeaders(ProduceCall call) {
        CurrentLeaders leaders = new CurrentLeaders(services, call.context());
        for (ProduceCall.Topic topic : call.topics) {
            for (PartitionProduce partition : topic.partitions()) {
                if (partition.error == ErrorCode.NOT_LEADER_OR_FOLLOWER) {
                    nameLeader(topic, partition, leaders);
                }
            }
        }
        return leaders;
    }

    private void nameLeader(ProduceCall.Topic topic, PartitionProduce partition, CurrentLeaders leaders) {
        find(node.metadata(), topic).ifPresent(info -> {
            Leadership leader = node.leadership(info.id(), partition.index);
            if (leader.brokerId() >= 0) {
                partition.newLeader = leader;
                leaders.add(leader);
            }
        });
    }
}
