/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import io.sluice.cluster.Node.Leadership;
import io.sluice.kafka.api.AdvertisedAddress;
import io.sluice.kafka.api.AdvertisedAddress.HostPort;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.api.ResponseOutput;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.kafka.testing.FakeSlice;
import io.sluice.log.ErrorCode;
import io.sluice.log.LogView.EpochEnd;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ShortRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.record.internal.MemoryRecords;

/** The hand-written encoder says exactly what the generated classes of kafka-clients say, in every version, with records of all sizes. */
class FetchCodecTest {
    private static final int FILE_BYTES = 256 << 10;
    private static final HandlerServices SERVICES = new HandlerServices(
            new FakeNode(),
            new AdvertisedAddress(FakeNode.ID, Optional.of(new HostPort("host", 9093)), false),
            Runnable::run,
            InstantSource.system(),
            new SimpleMeterRegistry());

    private static Path path;
    private static FileChannel file;
    private static final AtomicInteger OPEN_SLICES = new AtomicInteger();

    @BeforeContainer
    static void makeFile() throws IOException {
        path = Files.createTempFile("fetch-codec", ".log");
        byte[] bytes = new byte[FILE_BYTES];
        new Random(1).nextBytes(bytes);
        Files.write(path, bytes);
        file = FileChannel.open(path, StandardOpenOption.READ);
    }

    @AfterContainer
    static void removeFile() throws IOException {
        file.close();
        Files.delete(path);
    }

    @Property(tries = 400)
    void responsesAreReadByTheClientAsMeant(@ForAll @ShortRange(min = 4, max = 18) short version, @ForAll long seed)
            throws IOException {
        // Given
        Random random = new Random(seed);
        OPEN_SLICES.set(0);
        List<PartitionRead> reads = randomReads(random, version);
        FetchResponseData expected = expected(reads, version, 99);
        RequestContext context = new RequestContext((short) 1, version, 4711, null, null);
        Captured output = new Captured();

        // When
        new FetchResponse(context, SERVICES, 99, reads).writeTo(output);

        // Then
        ByteBufferAccessor bytes = new ByteBufferAccessor(ByteBuffer.wrap(output.bytes.toByteArray()));
        assertThat(bytes.readInt()).as("length").isEqualTo(bytes.remaining());
        assertThat(bytes.readInt()).isEqualTo(4711);
        if (version >= 12) {
            assertThat(bytes.readByte()).isZero();
        }
        FetchResponseData read = new FetchResponseData(bytes, version);
        assertThat(bytes.remaining()).isZero();
        assertThat(read).isEqualTo(expected);
        assertThat(OPEN_SLICES).as("slices not released").hasValue(0);
    }

    private static List<PartitionRead> randomReads(Random random, short version) {
        List<PartitionRead> reads = new ArrayList<>();
        for (int t = random.nextInt(4); t > 0; t--) {
            Object topic = version >= 13
                    ? new UUID(random.nextLong(), random.nextLong())
                    : "topic-" + t + "z".repeat(random.nextInt(200));
            for (int p = 1 + random.nextInt(4); p > 0; p--) {
                reads.add(randomRead(random, version, new FetchPartition(new FetchPartition.Key(topic, p))));
            }
        }
        return reads;
    }

    private static PartitionRead randomRead(Random random, short version, FetchPartition partition) {
        boolean committedOnly = random.nextBoolean();
        return new PartitionRead(
                partition,
                random.nextBoolean() ? ErrorCode.NONE : ErrorCode.FENCED_LEADER_EPOCH,
                random.nextLong(),
                committedOnly ? random.nextInt(1_000) : -1,
                random.nextLong(),
                random.nextBoolean()
                        ? null
                        : new FakeSlice(file, random.nextInt(1_000), 1 + random.nextInt(100_000), 0, OPEN_SLICES),
                version < 12 || random.nextBoolean() ? null : new EpochEnd(random.nextInt(), random.nextLong()),
                version < 12 || random.nextBoolean() ? null : new Leadership(random.nextInt(2), random.nextInt()),
                version < 11 || random.nextBoolean() ? -1 : random.nextInt(10));
    }

    private static FetchResponseData expected(List<PartitionRead> reads, short version, int sessionId)
            throws IOException {
        FetchResponseData response = new FetchResponseData();
        if (version >= 7) {
            response.setSessionId(sessionId);
        }
        Object last = null;
        FetchResponseData.FetchableTopicResponse topic = null;
        for (PartitionRead read : reads) {
            Object name = read.partition().key.topic();
            if (!name.equals(last)) {
                last = name;
                topic = new FetchResponseData.FetchableTopicResponse();
                if (name instanceof UUID id) {
                    topic.setTopicId(new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits()));
                } else {
                    topic.setTopic((String) name);
                }
                response.responses().add(topic);
            }
            topic.partitions().add(expected(read, version, response));
        }
        return response;
    }

    private static FetchResponseData.PartitionData expected(
            PartitionRead read, short version, FetchResponseData response) throws IOException {
        FetchResponseData.PartitionData partition = new FetchResponseData.PartitionData()
                .setPartitionIndex(read.partition().key.partition())
                .setErrorCode(read.error().code())
                .setHighWatermark(read.highWatermark())
                .setPreferredReadReplica(read.preferredReplica())
                .setLastStableOffset(read.lastStableOffset())
                .setAbortedTransactions(read.lastStableOffset() >= 0 ? new ArrayList<>() : null)
                .setRecords(MemoryRecords.readableRecords(
                        read.slice() == null
                                ? ByteBuffer.allocate(0)
                                : read.slice().copy()));
        if (version >= 5) {
            partition.setLogStartOffset(read.logStartOffset());
        }
        if (read.diverging() != null) {
            partition.setDivergingEpoch(new FetchResponseData.EpochEndOffset()
                    .setEpoch(read.diverging().leaderEpoch())
                    .setEndOffset(read.diverging().endOffset()));
        }
        if (read.newLeader() != null) {
            int leader = read.newLeader().brokerId();
            partition.setCurrentLeader(new FetchResponseData.LeaderIdAndEpoch()
                    .setLeaderId(leader)
                    .setLeaderEpoch(read.newLeader().leaderEpoch()));
            if (version >= 16
                    && leader == FakeNode.ID
                    && response.nodeEndpoints().find(leader) == null) {
                response.nodeEndpoints()
                        .add(new FetchResponseData.NodeEndpoint()
                                .setNodeId(leader)
                                .setHost("host")
                                .setPort(9093));
            }
        }
        return partition;
    }

    /** Keeps what is written, in its order. */
    private static final class Captured implements ResponseOutput {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

        @Override
        public ByteBuf allocate(int size) {
            return Unpooled.buffer(size, size);
        }

        @Override
        public void write(ByteBuf written) {
            byte[] copy = new byte[written.readableBytes()];
            written.readBytes(copy);
            bytes.writeBytes(copy);
            written.release();
        }

        @Override
        public void write(FileRegion region) {
            assertThat(region).isInstanceOf(DefaultFileRegion.class);
            try {
                long sent = region.transferTo(Channels.newChannel(bytes), 0);
                assertThat(sent).isEqualTo(region.count());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                region.release();
            }
        }
    }
}
