/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.RawClient;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.ApiVersionsRequestData;
import org.apache.kafka.common.message.CreateTopicsRequestData;
import org.apache.kafka.common.message.DescribeConfigsRequestData;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.ListOffsetsRequestData;
import org.apache.kafka.common.message.MetadataRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.protocol.ApiMessage;

/** Requests that are all right, in every version: what the fuzz test damages. */
final class RequestSeeds {
    private final String topic;
    private final Uuid topicId;
    private final List<byte[]> frames = new ArrayList<>();

    /** Versions that can't carry one of the fields. */
    private int skipped;

    private RequestSeeds(String topic, Uuid topicId) {
        this.topic = topic;
        this.topicId = topicId;
    }

    /** Whole frames, with their length. */
    static List<byte[]> of(String topic, Uuid topicId, Iterable<Short> apiKeys) {
        RequestSeeds seeds = new RequestSeeds(topic, topicId);
        seeds.records();
        seeds.metadata();
        seeds.groups();
        for (short key : apiKeys) {
            seeds.empty(ApiMessageType.fromApiKey(key));
        }
        if (seeds.skipped * 4 > seeds.frames.size()) {
            throw new AssertionError(seeds.skipped + " of the requests can't be written");
        }
        return seeds.frames;
    }

    private void add(ApiMessage request, int from, int to) {
        for (int version = from; version <= to; version++) {
            try {
                ByteBuffer frame = RawClient.frame(request, (short) version, 7, "fuzz");
                byte[] bytes = new byte[frame.remaining()];
                frame.get(bytes);
                frames.add(bytes);
            } catch (UnsupportedVersionException | NullPointerException e) {
                skipped++;
            }
        }
    }

    /** A request of this API without content. */
    private void empty(ApiMessageType type) {
        add(type.newRequest(), type.lowestSupportedVersion(), type.highestSupportedVersion(false));
    }

    private void records() {
        for (boolean byId : new boolean[] {false, true}) {
            ProduceRequestData.TopicProduceData produced = new ProduceRequestData.TopicProduceData();
            FetchRequestData.FetchTopic fetched = new FetchRequestData.FetchTopic();
            if (byId) {
                produced.setTopicId(topicId);
                fetched.setTopicId(topicId);
            } else {
                produced.setName(topic);
                fetched.setTopic(topic);
            }
            produced.partitionData()
                    .add(new ProduceRequestData.PartitionProduceData()
                            .setIndex(0)
                            .setRecords(Batches.of("one", "two", "three")));
            fetched.partitions()
                    .add(new FetchRequestData.FetchPartition().setPartition(0).setPartitionMaxBytes(10_000));
            ProduceRequestData produce =
                    new ProduceRequestData().setAcks((short) -1).setTimeoutMs(1_000);
            produce.topicData().add(produced);
            FetchRequestData fetch =
                    new FetchRequestData().setMaxWaitMs(0).setMinBytes(0).setSessionEpoch(0);
            fetch.topics().add(fetched);
            add(produce, byId ? 13 : 3, byId ? 13 : 12);
            add(fetch, byId ? 13 : 4, byId ? 18 : 12);
        }
        ListOffsetsRequestData offsets = new ListOffsetsRequestData()
                .setReplicaId(-1)
                .setTopics(List.of(new ListOffsetsRequestData.ListOffsetsTopic()
                        .setName(topic)
                        .setPartitions(
                                List.of(new ListOffsetsRequestData.ListOffsetsPartition().setTimestamp(1_000)))));
        add(offsets, 1, 11);
        add(new InitProducerIdRequestData().setTransactionalId(null).setTransactionTimeoutMs(1_000), 0, 5);
    }

    private void metadata() {
        add(new ApiVersionsRequestData().setClientSoftwareName("fuzz").setClientSoftwareVersion("1"), 0, 4);
        add(
                new MetadataRequestData()
                        .setAllowAutoTopicCreation(false)
                        .setTopics(List.of(new MetadataRequestData.MetadataRequestTopic().setName(topic))),
                0,
                13);
        CreateTopicsRequestData create =
                new CreateTopicsRequestData().setValidateOnly(true).setTimeoutMs(100);
        create.topics()
                .add(new CreateTopicsRequestData.CreatableTopic()
                        .setName("new")
                        .setNumPartitions(1)
                        .setReplicationFactor((short) 1));
        add(create, 2, 7);
        add(
                new DescribeConfigsRequestData()
                        .setResources(List.of(new DescribeConfigsRequestData.DescribeConfigsResource()
                                .setResourceType((byte) 2)
                                .setResourceName(topic))),
                1,
                4);
    }

    private void groups() {
        add(new FindCoordinatorRequestData().setKey("group"), 0, 3);
        add(new FindCoordinatorRequestData().setCoordinatorKeys(List.of("group")), 4, 6);
        JoinGroupRequestData join = new JoinGroupRequestData()
                .setGroupId("group")
                .setSessionTimeoutMs(6_000)
                .setRebalanceTimeoutMs(1_000)
                .setProtocolType("consumer");
        join.protocols()
                .add(new JoinGroupRequestData.JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata(new byte[20]));
        add(join, 0, 9);
        add(
                new OffsetCommitRequestData()
                        .setGroupId("group")
                        .setTopics(List.of(new OffsetCommitRequestData.OffsetCommitRequestTopic()
                                .setName(topic)
                                .setPartitions(List.of(new OffsetCommitRequestData.OffsetCommitRequestPartition())))),
                2,
                9);
        add(
                new OffsetFetchRequestData()
                        .setGroupId("group")
                        .setTopics(List.of(new OffsetFetchRequestData.OffsetFetchRequestTopic()
                                .setName(topic)
                                .setPartitionIndexes(List.of(0)))),
                1,
                7);
    }
}
