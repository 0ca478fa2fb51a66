/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.produce;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.FileRegion;
import io.sluice.cluster.Node.Leadership;
import io.sluice.kafka.api.AdvertisedAddress;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import io.sluice.kafka.api.CurrentLeaders;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.log.AppendResult.RecordError;
import io.sluice.log.ErrorCode;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ShortRange;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** The hand-written codec says exactly what the generated classes of kafka-clients say, in every version. */
class ProduceCodecTest {
    private static final FakeNode NODE = new FakeNode();
    private static final HandlerServices SERVICES = new HandlerServices(
            NODE,
            new AdvertisedAddress(FakeNode.ID, Optional.of(new HostPort("höst", 9093)), false),
            Runnable::run,
            InstantSource.system(),
            new SimpleMeterRegistry());

    @Property(tries = 300)
    void requestsAreReadAsTheClientMeantThem(@ForAll @ShortRange(min = 3, max = 13) short version, @ForAll long seed) {
        // Given
        ProduceRequestData sent = randomRequest(new Random(seed), version);
        ObjectSerializationCache cache = new ObjectSerializationCache();
        int size = sent.size(cache, version);
        ByteBuffer bytes = ByteBuffer.allocate(size);
        sent.write(new ByteBufferAccessor(bytes), cache, version);

        // When
        ByteBuf frame = Unpooled.wrappedBuffer(bytes.flip());
        ProduceRequest read = ProduceDecoder.decode(frame, version);

        // Then
        assertThat(frame.readableBytes()).isZero();
        assertThat(read.transactionalId()).isEqualTo(sent.transactionalId());
        assertThat(read.acks()).isEqualTo(sent.acks());
        assertThat(read.timeoutMs()).isEqualTo(sent.timeoutMs());
        List<TopicProduceData> topics = new ArrayList<>(sent.topicData());
        assertThat(read.topics()).hasSameSizeAs(topics);
        for (int i = 0; i < topics.size(); i++) {
            assertSame(read.topics().get(i), topics.get(i), version);
        }
    }

    private static void assertSame(ProduceRequest.Topic read, TopicProduceData sent, short version) {
        if (version >= 13) {
            assertThat(new Uuid(read.id().getMostSignificantBits(), read.id().getLeastSignificantBits()))
                    .isEqualTo(sent.topicId());
        } else {
            assertThat(read.name()).isEqualTo(sent.name());
        }
        assertThat(read.partitions()).hasSameSizeAs(sent.partitionData());
        for (int i = 0; i < read.partitions().size(); i++) {
            PartitionProduceData partition = sent.partitionData().get(i);
            assertThat(read.partitions().get(i).index()).isEqualTo(partition.index());
            ByteBuffer records =
                    partition.records() == null ? null : Batches.bytes((MemoryRecords) partition.records());
            assertThat(read.partitions().get(i).records()).isEqualTo(records);
        }
    }

    private static ProduceRequestData randomRequest(Random random, short version) {
        ProduceRequestData request = new ProduceRequestData()
                .setTransactionalId(random.nextBoolean() ? null : "tx-" + random.nextInt())
                .setAcks((short) (random.nextInt(3) - 1))
                .setTimeoutMs(random.nextInt());
        for (int t = random.nextInt(4); t > 0; t--) {
            TopicProduceData topic = new TopicProduceData();
            if (version >= 13) {
                topic.setTopicId(new Uuid(random.nextLong(), random.nextLong()));
            } else {
                topic.setName("topic-ü-" + t + "x".repeat(random.nextInt(200)));
            }
            for (int p = random.nextInt(4); p > 0; p--) {
                topic.partitionData()
                        .add(new PartitionProduceData()
                                .setIndex(random.nextInt())
                                .setRecords(random.nextInt(5) == 0 ? null : Batches.ofSize(random.nextInt(300))));
            }
            request.topicData().add(topic);
        }
        return request;
    }

    @Property(tries = 300)
    void responsesAreReadByTheClientAsMeant(@ForAll @ShortRange(min = 3, max = 13) short version, @ForAll long seed) {
        // Given
        Random random = new Random(seed);
        List<ProduceCall.Topic> topics = randomAnswer(random);
        RequestContext context = new RequestContext((short) 0, version, 4711, null, null);
        CurrentLeaders leaders = new CurrentLeaders(SERVICES, context);
        topics.forEach(topic -> topic.partitions().stream()
                .filter(partition -> partition.newLeader != null)
                .forEach(partition -> leaders.add(partition.newLeader)));
        Captured output = new Captured();

        // When
        new ProduceEncoder(context, topics, leaders).writeTo(output);

        // Then
        ByteBufferAccessor bytes = new ByteBufferAccessor(output.bytes.nioBuffer());
        assertThat(bytes.readInt()).isEqualTo(bytes.remaining());
        assertThat(bytes.readInt()).isEqualTo(4711);
        if (version >= 9) {
            assertThat(bytes.readByte()).isZero();
        }
        ProduceResponseData read = new ProduceResponseData(bytes, version);
        assertThat(bytes.remaining()).isZero();
        assertThat(read).isEqualTo(expected(topics, version));
    }

    private static List<ProduceCall.Topic> randomAnswer(Random random) {
        List<ProduceCall.Topic> topics = new ArrayList<>();
        for (int t = random.nextInt(4); t > 0; t--) {
            ProduceCall.Topic topic = new ProduceCall.Topic(
                    "topic-" + "y".repeat(random.nextInt(200)),
                    new UUID(random.nextLong(), random.nextLong()),
                    new ArrayList<>());
            for (int p = random.nextInt(4); p > 0; p--) {
                PartitionProduce partition = new PartitionProduce(null, random.nextInt());
                partition.error = random.nextBoolean() ? ErrorCode.NONE : ErrorCode.NOT_LEADER_OR_FOLLOWER;
                partition.message = random.nextBoolean() ? null : "wörds " + "m".repeat(random.nextInt(200));
                partition.baseOffset = random.nextLong();
                partition.logAppendTimeMs = random.nextLong();
                partition.logStartOffset = random.nextLong();
                partition.recordErrors = random.nextBoolean()
                        ? List.of()
                        : List.of(new RecordError(random.nextInt(), "bad"), new RecordError(2, null));
                partition.newLeader = random.nextBoolean() ? null : new Leadership(random.nextInt(2), random.nextInt());
                topic.partitions().add(partition);
            }
            topics.add(topic);
        }
        return topics;
    }

    private static ProduceResponseData expected(List<ProduceCall.Topic> topics, short version) {
        ProduceResponseData response = new ProduceResponseData();
        for (ProduceCall.Topic topic : topics) {
            var answer = new ProduceResponseData.TopicProduceResponse();
            if (version >= 13) {
                answer.setTopicId(
                        new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits()));
            } else {
                answer.setName(topic.name());
            }
            for (PartitionProduce partition : topic.partitions()) {
                answer.partitionResponses().add(expected(partition, version, response));
            }
            response.responses().mustAdd(answer);
        }
        return response;
    }

    private static ProduceResponseData.PartitionProduceResponse expected(
            PartitionProduce partition, short version, ProduceResponseData response) {
        var answer = new ProduceResponseData.PartitionProduceResponse()
                .setIndex(partition.index)
                .setErrorCode(partition.error.code())
                .setBaseOffset(partition.baseOffset)
                .setLogAppendTimeMs(partition.logAppendTimeMs);
        if (version >= 5) {
            answer.setLogStartOffset(partition.logStartOffset);
        }
        if (version >= 8) {
            answer.setErrorMessage(partition.message);
            partition.recordErrors.forEach(error -> answer.recordErrors()
                    .add(new ProduceResponseData.BatchIndexAndErrorMessage()
                            .setBatchIndex(error.index())
                            .setBatchIndexErrorMessage(error.message())));
        }
        if (version >= 10 && partition.newLeader != null) {
            int leader = partition.newLeader.brokerId();
            answer.setCurrentLeader(new ProduceResponseData.LeaderIdAndEpoch()
                    .setLeaderId(leader)
                    .setLeaderEpoch(partition.newLeader.leaderEpoch()));
            if (leader == FakeNode.ID && response.nodeEndpoints().find(leader) == null) {
                response.nodeEndpoints()
                        .add(new ProduceResponseData.NodeEndpoint()
                                .setNodeId(leader)
                                .setHost("höst")
                                .setPort(9093));
            }
        }
        return answer;
    }

    /** Keeps what is written. */
    private static final class Captured implements ResponseOutput {
        ByteBuf bytes;

        @Override
        public ByteBuf allocate(int size) {
            return Unpooled.buffer(size, size);
        }

        @Override
        public void write(ByteBuf written) {
            assertThat(written.writableBytes()).as("room left over").isZero();
            bytes = written;
        }

        @Override
        public void write(FileRegion region) {
            throw new AssertionError("a file region in a Produce response");
        }
    }
}
