/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.cluster.Node.Leadership;
import io.sluice.cluster.metadata.MetadataImage.TopicInfo;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.log.ErrorCode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;
import org.apache.kafka.common.message.DescribeClusterRequestData;
import org.apache.kafka.common.message.DescribeClusterResponseData;
import org.apache.kafka.common.message.DescribeLogDirsRequestData;
import org.apache.kafka.common.message.DescribeLogDirsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData;
import org.apache.kafka.common.message.DescribeTopicPartitionsRequestData.TopicRequest;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData;
import org.apache.kafka.common.message.DescribeTopicPartitionsResponseData.DescribeTopicPartitionsResponseTopic;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClusterTest {
    @TempDir
    private Path directory;

    private AdminFixture fixture;

    @BeforeEach
    void start() throws Exception {
        fixture = new AdminFixture(Map.of("log.dirs", directory.toString(), "max.request.partition.size.limit", "10"));
    }

    @AfterEach
    void stop() throws Exception {
        fixture.close();
    }

    static Stream<Short> clusterVersions() {
        return AdminFixture.versions(ApiMessageType.DESCRIBE_CLUSTER);
    }

    static Stream<Short> logDirsVersions() {
        return AdminFixture.versions(ApiMessageType.DESCRIBE_LOG_DIRS);
    }

    @ParameterizedTest
    @MethodSource("clusterVersions")
    void everyVersionDescribesTheCluster(short version) throws Exception {
        DescribeClusterResponseData response = fixture.call(
                new DescribeClusterRequestData().setIncludeClusterAuthorizedOperations(true),
                new DescribeClusterResponseData(),
                version);

        assertThat(response.errorCode()).isZero();
        assertThat(response.clusterId()).isEqualTo("fakeClusterIdfakeCluste");
        assertThat(response.controllerId()).isEqualTo(FakeNode.ID);
        assertThat(response.brokers().find(FakeNode.ID).port()).isEqualTo(fixture.port());
        assertThat(response.clusterAuthorizedOperations()).isEqualTo(8096);
    }

    @Test
    void aControllersEndpointIsNotHere() throws Exception {
        DescribeClusterResponseData response = fixture.call(
                new DescribeClusterRequestData().setEndpointType((byte) 2), new DescribeClusterResponseData(), 1);

        assertThat(response.errorCode()).isEqualTo(ErrorCode.MISMATCHED_ENDPOINT_TYPE.code());
    }

    @ParameterizedTest
    @MethodSource("logDirsVersions")
    void everyVersionDescribesTheDataDirectory(short version) throws Exception {
        DescribeLogDirsResponseData response = fixture.call(
                new DescribeLogDirsRequestData().setTopics(null), new DescribeLogDirsResponseData(), version);

        assertThat(response.errorCode()).isZero();
        assertThat(response.results()).singleElement().satisfies(result -> {
            assertThat(result.errorCode()).isZero();
            assertThat(result.logDir()).isEqualTo(directory.toAbsolutePath().toString());
            if (version >= 4) {
                assertThat(result.totalBytes()).isPositive();
                assertThat(result.usableBytes()).isPositive().isLessThanOrEqualTo(result.totalBytes());
            }
        });
    }

    /** Tools ask for these before they do their own work; there is nothing to tell, and that is what they are told. */
    @Test
    void thereAreNoQuotasCredentialsOrAcls() throws Exception {
        for (short version = 0; version <= 1; version++) {
            DescribeClientQuotasResponseData quotas = fixture.call(
                    new DescribeClientQuotasRequestData(), new DescribeClientQuotasResponseData(), version);
            assertThat(quotas.errorCode()).isZero();
            assertThat(quotas.entries()).isEmpty();
        }
        DescribeUserScramCredentialsResponseData credentials = fixture.call(
                new DescribeUserScramCredentialsRequestData().setUsers(List.of(new UserName().setName("ann"))),
                new DescribeUserScramCredentialsResponseData(),
                0);
        assertThat(credentials.errorCode()).isZero();
        assertThat(credentials.results())
                .extracting(DescribeUserScramCredentialsResult::errorCode)
                .containsExactly(ErrorCode.RESOURCE_NOT_FOUND.code());
        for (short version = 1; version <= 3; version++) {
            DescribeAclsResponseData acls = fixture.call(
                    new DescribeAclsRequestData()
                            .setResourceTypeFilter((byte) 1)
                            .setOperation((byte) 1)
                            .setPermissionType((byte) 1),
                    new DescribeAclsResponseData(),
                    version);
            assertThat(acls.errorCode()).isEqualTo(ErrorCode.SECURITY_DISABLED.code());
        }
    }

    private DescribeTopicPartitionsResponseData page(
            int limit, DescribeTopicPartitionsRequestData.Cursor cursor, String... topics) throws Exception {
        DescribeTopicPartitionsRequestData request = new DescribeTopicPartitionsRequestData()
                .setResponsePartitionLimit(limit)
                .setCursor(cursor);
        for (String topic : topics) {
            request.topics().add(new TopicRequest().setName(topic));
        }
        return fixture.call(request, new DescribeTopicPartitionsResponseData(), 0);
    }

    @Test
    void pagesCoverEveryPartitionOnce() throws Exception {
        // Given
        fixture.node.topic("b", 7);
        fixture.node.topic("a", 2);
        fixture.node.topic("c", 3);

        // When
        List<String> seen = new ArrayList<>();
        int pages = 0;
        DescribeTopicPartitionsRequestData.Cursor cursor = null;
        do {
            DescribeTopicPartitionsResponseData response = page(4, cursor);
            pages++;
            int partitions = 0;
            for (DescribeTopicPartitionsResponseTopic topic : response.topics()) {
                topic.partitions().forEach(partition -> seen.add(topic.name() + partition.partitionIndex()));
                partitions += topic.partitions().size();
            }
            assertThat(partitions).isLessThanOrEqualTo(4);
            cursor = response.nextCursor() == null
                    ? null
                    : new DescribeTopicPartitionsRequestData.Cursor()
                            .setTopicName(response.nextCursor().topicName())
                            .setPartitionIndex(response.nextCursor().partitionIndex());
        } while (cursor != null);

        // Then
        assertThat(seen).containsExactly("a0", "a1", "b0", "b1", "b2", "b3", "b4", "b5", "b6", "c0", "c1", "c2");
        assertThat(pages).isEqualTo(3);
    }

    @Test
    void theBrokersLimitHoldsTooAndUnknownTopicsAreTold() throws Exception {
        // Given
        TopicInfo topic = fixture.node.topic("big", 20);
        fixture.node.leaderships.put(topic.id() + "-0", new Leadership(FakeNode.ID, 3));

        // When
        DescribeTopicPartitionsResponseData response = page(2000, null, "big", "also not there", "a-not-there");

        // Then
        assertThat(response.topics()).hasSize(3);
        assertThat(response.topics().find("a-not-there").errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(response.topics().find("also not there").errorCode())
                .isEqualTo(ErrorCode.INVALID_TOPIC_EXCEPTION.code());
        DescribeTopicPartitionsResponseTopic big = response.topics().find("big");
        assertThat(big.partitions()).hasSize(10);
        assertThat(big.partitions().get(0).leaderId()).isEqualTo(FakeNode.ID);
        assertThat(big.partitions().get(0).leaderEpoch()).isEqualTo(3);
        assertThat(big.partitions().get(1).errorCode()).isEqualTo(ErrorCode.LEADER_NOT_AVAILABLE.code());
        assertThat(big.topicAuthorizedOperations()).isEqualTo(3576);
        assertThat(response.nextCursor().topicName()).isEqualTo("big");
        assertThat(response.nextCursor().partitionIndex()).isEqualTo(10);
    }
}
