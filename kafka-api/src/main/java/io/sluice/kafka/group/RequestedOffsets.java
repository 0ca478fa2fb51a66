/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.cluster.metadata.MetadataImage;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.log.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseGroup;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponsePartitions;
import org.apache.kafka.common.message.OffsetFetchResponseData.OffsetFetchResponseTopics;

/**
 * What is asked of one group, with its topics resolved. An offset that was committed to an earlier topic of the same name doesn't count: it
 * would point anywhere in the new one.
 */
final class RequestedOffsets {
    private static final long NO_OFFSET = -1;

    private final MetadataImage image;
    private final int version;
    private final String groupId;
    /** Null if all are wanted. */
    private final List<RequestedTopic> topics;

    private record RequestedTopic(String name, Uuid id, Optional<TopicInfo> topic, List<Integer> partitions) {}

    private RequestedOffsets(MetadataImage image, int version, String groupId, List<RequestedTopic> topics) {
        this.image = image;
        this.version = version;
        this.groupId = groupId;
        this.topics = topics;
    }

    static RequestedOffsets of(MetadataImage image, int version, OffsetFetchRequestGroup group) {
        if (group.topics() == null) {
            return new RequestedOffsets(image, version, group.groupId(), null);
        }
        List<RequestedTopic> topics = new ArrayList<>(group.topics().size());
        for (OffsetFetchRequestTopics topic : group.topics()) {
            Optional<TopicInfo> found = TopicNames.find(image, version, topic.name(), topic.topicId());
            String name = byId(version) ? found.map(TopicInfo::name).orElse(null) : topic.name();
            topics.add(new RequestedTopic(name, topic.topicId(), found, topic.partitionIndexes()));
        }
        return new RequestedOffsets(image, version, group.groupId(), topics);
    }

    private static boolean byId(int version) {
        return version >= TopicNames.FIRST_WITH_TOPIC_IDS;
    }

    FetchOffsets toRequest() {
        if (topics == null) {
            return new FetchOffsets(groupId, null);
        }
        List<PartitionKey> partitions = new ArrayList<>();
        for (RequestedTopic topic : topics) {
            if (topic.name() != null) {
                topic.partitions().forEach(partition -> partitions.add(new PartitionKey(topic.name(), partition)));
            }
        }
        return new FetchOffsets(groupId, partitions);
    }

    OffsetFetchResponseGroup toResponse(FetchedOffsets fetched) {
        OffsetFetchResponseGroup group = new OffsetFetchResponseGroup()
                .setGroupId(groupId)
                .setErrorCode(fetched.error().code());
        if (topics == null) {
            addAll(fetched, group);
        } else {
            topics.forEach(topic -> group.topics().add(answer(topic, fetched)));
        }
        return group;
    }

    private OffsetFetchResponseTopics answer(RequestedTopic topic, FetchedOffsets fetched) {
        OffsetFetchResponseTopics answer = named(topic.name(), topic.id());
        for (int partition : topic.partitions()) {
            if (topic.name() == null) {
                answer.partitions().add(none(partition, ErrorCode.UNKNOWN_TOPIC_ID));
            } else if (fetched.error() != ErrorCode.NONE) {
                answer.partitions().add(none(partition, fetched.error()));
            } else {
                CommittedOffset offset = fetched.offsets().get(new PartitionKey(topic.name(), partition));
                answer.partitions()
                        .add(
                                offset != null && isOf(offset, topic.topic())
                                        ? some(partition, offset)
                                        : none(partition, ErrorCode.NONE));
            }
        }
        return answer;
    }

    private void addAll(FetchedOffsets fetched, OffsetFetchResponseGroup group) {
        Map<String, OffsetFetchResponseTopics> answers = new TreeMap<>();
        fetched.offsets().forEach((partition, offset) -> {
            Optional<TopicInfo> topic = image.topic(partition.topic());
            boolean nameable = !byId(version) || topic.isPresent();
            if (nameable && isOf(offset, topic)) {
                Uuid id = topic.map(info -> TopicNames.kafka(info.id())).orElse(Uuid.ZERO_UUID);
                answers.computeIfAbsent(partition.topic(), name -> named(name, id))
                        .partitions()
                        .add(some(partition.partition(), offset));
            }
        });
        group.topics().addAll(answers.values());
    }

    private OffsetFetchResponseTopics named(String name, Uuid id) {
        return byId(version)
                ? new OffsetFetchResponseTopics().setTopicId(id)
                : new OffsetFetchResponseTopics().setName(name);
    }

    private static boolean isOf(CommittedOffset offset, Optional<TopicInfo> topic) {
        return topic.isEmpty()
                || offset.topicId().equals(TopicNames.NO_ID)
                || offset.topicId().equals(topic.get().id());
    }

    private static OffsetFetchResponsePartitions some(int partition, CommittedOffset offset) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(offset.offset())
                .setCommittedLeaderEpoch(offset.leaderEpoch())
                .setMetadata(offset.metadata());
    }

    private static OffsetFetchResponsePartitions none(int partition, ErrorCode error) {
        return new OffsetFetchResponsePartitions()
                .setPartitionIndex(partition)
                .setCommittedOffset(NO_OFFSET)
                .setCommittedLeaderEpoch(-1)
                .setMetadata("")
                .setErrorCode(error.code());
    }
}
