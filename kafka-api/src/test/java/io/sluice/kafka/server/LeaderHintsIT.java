/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.Node.Leadership;
import io.sluice.kafka.testing.Batches;
import io.sluice.kafka.testing.Cluster;
import io.sluice.kafka.testing.Cluster.Member;
import io.sluice.kafka.testing.RawClient;
import io.sluice.log.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.apache.kafka.common.message.FetchRequestData.FetchTopic;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.message.ProduceRequestData;
import org.apache.kafka.common.message.ProduceRequestData.PartitionProduceData;
import org.apache.kafka.common.message.ProduceRequestData.TopicProduceData;
import org.apache.kafka.common.message.ProduceResponseData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes that don't lead a partition tell Produce and Fetch who does, and where that one is (KIP-951). */
@Tag("slow")
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class LeaderHintsIT {
    private static final short PRODUCE_WITH_HINTS = 10;
    private static final short PRODUCE_NEWEST = 13;
    private static final short FETCH_WITH_HINTS = 16;
    private static final short FETCH_NEWEST = 18;

    @TempDir
    private Path folder;

    private Cluster cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = Cluster.start(folder, 3, id -> Map.of());
    }

    @AfterEach
    void stop() throws Exception {
        if (cluster != null) {
            cluster.close();
        }
    }

    /** What a node answered: the error, and the leader that it names with its port; -1 where it names none. */
    private record Hint(short error, int leader, int epoch, int port) {}

    private Hint produce(Member at, short version) throws Exception {
        TopicProduceData topic = new TopicProduceData();
        if (version >= 13) {
            topic.setTopicId(topicId());
        } else {
            topic.setName("orders");
        }
        topic.partitionData().add(new PartitionProduceData().setIndex(0).setRecords(Batches.of("x")));
        ProduceRequestData request =
                new ProduceRequestData().setAcks((short) -1).setTimeoutMs(10_000);
        request.topicData().add(topic);
        try (RawClient client = at.client()) {
            ProduceResponseData response = client.call(request, new ProduceResponseData(), version);
            var answer =
                    response.responses().iterator().next().partitionResponses().get(0);
            var node = response.nodeEndpoints().find(answer.currentLeader().leaderId());
            return new Hint(
                    answer.errorCode(),
                    answer.currentLeader().leaderId(),
                    answer.currentLeader().leaderEpoch(),
                    node == null ? -1 : node.port());
        }
    }

    private Hint fetch(Member at, short version, int knownEpoch) throws Exception {
        FetchTopic topic = new FetchTopic();
        if (version >= 13) {
            topic.setTopicId(topicId());
        } else {
            topic.setTopic("orders");
        }
        topic.partitions()
                .add(new FetchRequestData.FetchPartition()
                        .setPartition(0)
                        .setCurrentLeaderEpoch(knownEpoch)
                        .setPartitionMaxBytes(1 << 20));
        FetchRequestData request =
                new FetchRequestData().setMaxBytes(1 << 20).setSessionEpoch(-1).setTopics(List.of(topic));
        try (RawClient client = at.client()) {
            FetchResponseData response = client.call(request, new FetchResponseData(), version);
            var answer = response.responses().get(0).partitions().get(0);
            var node = response.nodeEndpoints().find(answer.currentLeader().leaderId());
            return new Hint(
                    answer.errorCode(),
                    answer.currentLeader().leaderId(),
                    answer.currentLeader().leaderEpoch(),
                    node == null ? -1 : node.port());
        }
    }

    private Uuid topicId() {
        UUID id = topic();
        return new Uuid(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private UUID topic() {
        return cluster.otherThan()
                .node()
                .metadata()
                .topic("orders")
                .orElseThrow()
                .id();
    }

    private Leadership leadership(Member as) {
        return as.node().leadership(topic(), 0);
    }

    private Hint namesLeader(ErrorCode error, Leadership leader) {
        Member member = cluster.member(leader.brokerId());
        return new Hint(error.code(), leader.brokerId(), leader.leaderEpoch(), member.port());
    }

    @Test
    void nodesWithoutAReplicaNameTheLeader() throws Exception {
        // Given
        cluster.topic("orders", 1, 1);
        Member some = cluster.members().get(0);
        Hint expected = namesLeader(ErrorCode.NOT_LEADER_OR_FOLLOWER, leadership(some));

        for (Member member : cluster.members()) {
            if (member.id() != expected.leader()) {
                for (short version = PRODUCE_WITH_HINTS; version <= PRODUCE_NEWEST; version++) {
                    assertThat(produce(member, version))
                            .as("Produce %s", version)
                            .isEqualTo(expected);
                }
                for (short version = FETCH_WITH_HINTS; version <= FETCH_NEWEST; version++) {
                    assertThat(fetch(member, version, -1))
                            .as("Fetch %s", version)
                            .isEqualTo(expected);
                }
                Hint none = new Hint(ErrorCode.NOT_LEADER_OR_FOLLOWER.code(), -1, -1, -1);
                assertThat(produce(member, (short) (PRODUCE_WITH_HINTS - 1))).isEqualTo(none);
                assertThat(fetch(member, (short) 11, -1)).isEqualTo(none);
            }
        }
    }

    @Test
    void followersNameTheLeaderWhenItHasMovedToo() throws Exception {
        // Given
        cluster.topic("orders", 1, 3);
        Leadership first = leadership(cluster.members().get(0));
        Member leader = cluster.member(first.brokerId());
        for (Member member : cluster.members()) {
            if (member != leader) {
                assertThat(produce(member, PRODUCE_NEWEST))
                        .isEqualTo(namesLeader(ErrorCode.NOT_LEADER_OR_FOLLOWER, first));
            }
        }

        // When
        leader.stop();

        // Then
        Member one = cluster.otherThan(leader.id());
        Member other = cluster.otherThan(leader.id(), one.id());
        Awaitility.await("both know the new leader")
                .atMost(Duration.ofSeconds(30))
                .until(() -> {
                    Leadership now = leadership(one);
                    return now.brokerId() > 0 && now.brokerId() != leader.id() && now.equals(leadership(other));
                });
        Leadership second = leadership(one);
        Member follower = cluster.otherThan(leader.id(), second.brokerId());
        assertThat(produce(follower, PRODUCE_NEWEST)).isEqualTo(namesLeader(ErrorCode.NOT_LEADER_OR_FOLLOWER, second));
        for (Member member : List.of(one, other)) {
            Awaitility.await("%d follows or leads".formatted(member.id()))
                    .untilAsserted(() -> assertThat(fetch(member, FETCH_NEWEST, first.leaderEpoch()))
                            .isEqualTo(namesLeader(ErrorCode.FENCED_LEADER_EPOCH, second)));
        }
    }
}
