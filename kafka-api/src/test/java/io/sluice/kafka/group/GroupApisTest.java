/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.api.AdvertisedAddress;
import io.sluice.kafka.api.Api;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.testing.FakeNode;
import io.sluice.log.ErrorCode;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.message.DeleteGroupsRequestData;
import org.apache.kafka.common.message.DeleteGroupsResponseData;
import org.apache.kafka.common.message.DescribeGroupsRequestData;
import org.apache.kafka.common.message.DescribeGroupsResponseData;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.HeartbeatRequestData;
import org.apache.kafka.common.message.HeartbeatResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.apache.kafka.common.message.LeaveGroupRequestData;
import org.apache.kafka.common.message.LeaveGroupRequestData.MemberIdentity;
import org.apache.kafka.common.message.LeaveGroupResponseData;
import org.apache.kafka.common.message.ListGroupsRequestData;
import org.apache.kafka.common.message.ListGroupsResponseData;
import org.apache.kafka.common.message.OffsetCommitRequestData;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestPartition;
import org.apache.kafka.common.message.OffsetCommitRequestData.OffsetCommitRequestTopic;
import org.apache.kafka.common.message.OffsetCommitResponseData;
import org.apache.kafka.common.message.OffsetDeleteRequestData;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestPartition;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopic;
import org.apache.kafka.common.message.OffsetDeleteRequestData.OffsetDeleteRequestTopicCollection;
import org.apache.kafka.common.message.OffsetDeleteResponseData;
import org.apache.kafka.common.message.OffsetFetchRequestData;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestGroup;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopic;
import org.apache.kafka.common.message.OffsetFetchRequestData.OffsetFetchRequestTopics;
import org.apache.kafka.common.message.OffsetFetchResponseData;
import org.apache.kafka.common.message.SyncGroupRequestData;
import org.apache.kafka.common.message.SyncGroupRequestData.SyncGroupRequestAssignment;
import org.apache.kafka.common.message.SyncGroupResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.protocol.ByteBufferAccessor;
import org.apache.kafka.common.protocol.ObjectSerializationCache;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every version of every API of groups: the request is encoded and decoded in that version, and so is the answer. */
class GroupApisTest {
    private static final String GROUP = "g";

    private final GroupNode node = new GroupNode();
    private final Map<Short, Api> apis = new TreeMap<>();

    @BeforeEach
    void start() {
        AdvertisedAddress address = new AdvertisedAddress(FakeNode.ID, Optional.empty(), false);
        for (Api api : GroupHandlers.of(new HandlerServices(node.node, address, Runnable::run, node.clock, null))) {
            apis.put(api.apiKey(), api);
        }
    }

    @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals", "AddressSelection"})
    private <R extends ApiMessage> R call(int apiKey, int version, ApiMessage request) {
        ApiMessageType type = ApiMessageType.fromApiKey((short) apiKey);
        RequestContext context = new RequestContext(
                (short) apiKey,
                (short) version,
                1,
                "client",
                new RequestContext.ConnectionInfo(
                        "c", new InetSocketAddress("127.0.0.2", 1234), new InetSocketAddress("127.0.0.1", 9092), null));
        ApiHandler<ApiMessage, ApiMessage> handler = (ApiHandler<ApiMessage, ApiMessage>) apis.get((short) apiKey);
        ApiMessage decoded = over(request, type.newRequest(), version);
        ApiMessage response =
                handler.handle(context, decoded).toCompletableFuture().join();
        return (R) over(response, type.newResponse(), version);
    }

    private static ApiMessage over(ApiMessage from, ApiMessage to, int version) {
        ObjectSerializationCache cache = new ObjectSerializationCache();
        ByteBuffer bytes = ByteBuffer.allocate(from.size(cache, (short) version));
        from.write(new ByteBufferAccessor(bytes), cache, (short) version);
        to.read(new ByteBufferAccessor(bytes.flip()), (short) version);
        assertThat(bytes.remaining()).as("bytes left over").isZero();
        return to;
    }

    private static Stream<Integer> versions(int apiKey) {
        ApiMessageType type = ApiMessageType.fromApiKey((short) apiKey);
        return IntStream.rangeClosed(type.lowestSupportedVersion(), type.highestSupportedVersion(false))
                .boxed();
    }

    static Stream<Integer> findCoordinator() {
        return versions(10);
    }

    static Stream<Integer> joinGroup() {
        return versions(11);
    }

    static Stream<Integer> offsetCommit() {
        return versions(8);
    }

    static Stream<Integer> offsetFetch() {
        return versions(9);
    }

    static Stream<Integer> leaveGroup() {
        return versions(13);
    }

    static Stream<Integer> describeGroups() {
        return versions(15);
    }

    static Stream<Integer> listGroups() {
        return versions(16);
    }

    static Stream<Integer> deleteGroups() {
        return versions(42);
    }

    private static JoinGroupRequestData joinRequest(String memberId, int version) {
        JoinGroupRequestData join = new JoinGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(memberId)
                .setSessionTimeoutMs(10_000)
                .setProtocolType("consumer");
        if (version >= 1) {
            join.setRebalanceTimeoutMs(60_000);
        }
        join.protocols()
                .add(new JoinGroupRequestProtocol().setName("range").setMetadata(new byte[] {0, 0, 0, 0, 0, 0}));
        return join;
    }

    private JoinGroupResponseData join(int version) {
        JoinGroupResponseData joined = call(11, version, joinRequest("", version));
        if (joined.errorCode() == ErrorCode.MEMBER_ID_REQUIRED.code()) {
            return call(11, version, joinRequest(joined.memberId(), version));
        }
        return joined;
    }

    private SyncGroupResponseData sync(JoinGroupResponseData joined, int version) {
        SyncGroupRequestData sync = new SyncGroupRequestData()
                .setGroupId(GROUP)
                .setMemberId(joined.memberId())
                .setGenerationId(joined.generationId());
        if (version >= 5) {
            sync.setProtocolType("consumer").setProtocolName("range");
        }
        sync.assignments()
                .add(new SyncGroupRequestAssignment()
                        .setMemberId(joined.memberId())
                        .setAssignment(new byte[] {1, 2, 3}));
        return call(14, version, sync);
    }

    private short commit(int version, String topic, Uuid id, int partition, long offset, String metadata) {
        OffsetCommitRequestData commit = new OffsetCommitRequestData().setGroupId(GROUP);
        commit.topics()
                .add(new OffsetCommitRequestTopic()
                        .setName(topic)
                        .setTopicId(id)
                        .setPartitions(List.of(new OffsetCommitRequestPartition()
                                .setPartitionIndex(partition)
                                .setCommittedOffset(offset)
                                .setCommittedLeaderEpoch(version >= 6 ? 4 : -1)
                                .setCommittedMetadata(metadata))));
        OffsetCommitResponseData answer = call(8, version, commit);
        if (version >= 10) {
            assertThat(answer.topics().get(0).topicId()).isEqualTo(id);
        } else {
            assertThat(answer.topics().get(0).name()).isEqualTo(topic);
        }
        return answer.topics().get(0).partitions().get(0).errorCode();
    }

    @ParameterizedTest
    @MethodSource("findCoordinator")
    void coordinatorIsFoundAndItsTopicMadeOnFirstUse(int version) {
        // Given
        FindCoordinatorRequestData request = new FindCoordinatorRequestData();
        if (version >= 4) {
            request.setCoordinatorKeys(List.of(GROUP, "other"));
        } else {
            request.setKey(GROUP);
        }

        // When
        FindCoordinatorResponseData response = call(10, version, request);

        // Then
        if (version >= 4) {
            assertThat(response.coordinators()).hasSize(2).allSatisfy(each -> {
                assertThat(each.errorCode()).isZero();
                assertThat(each.nodeId()).isEqualTo(FakeNode.ID);
                assertThat(each.host()).isEqualTo("127.0.0.1");
                assertThat(each.port()).isEqualTo(9092);
            });
        } else {
            assertThat(response.errorCode()).isZero();
            assertThat(response.nodeId()).isEqualTo(FakeNode.ID);
            assertThat(response.port()).isEqualTo(9092);
        }
        assertThat(node.node.image.topics()).containsKey("__consumer_offsets");
    }

    @Test
    void coordinatorsOfTransactionsAreRefusedInPlainWords() {
        // When
        FindCoordinatorResponseData old =
                call(10, 3, new FindCoordinatorRequestData().setKey("tx").setKeyType((byte) 1));
        FindCoordinatorResponseData response = call(
                10,
                4,
                new FindCoordinatorRequestData()
                        .setCoordinatorKeys(List.of("tx"))
                        .setKeyType((byte) 1));

        // Then
        assertThat(old.errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(response.coordinators().get(0).errorCode()).isEqualTo(ErrorCode.INVALID_REQUEST.code());
        assertThat(response.coordinators().get(0).errorMessage()).contains("consumer groups");
    }

    @ParameterizedTest
    @MethodSource("joinGroup")
    void memberJoinsSyncsBeatsAndLeaves(int version) {
        // Given
        int syncVersion = Math.min(version, 5);
        int heartbeatVersion = Math.min(version, 4);
        int leaveVersion = Math.min(version, 5);

        // When
        JoinGroupResponseData joined = join(version);
        SyncGroupResponseData synced = sync(joined, syncVersion);
        HeartbeatResponseData heartbeat = call(
                12,
                heartbeatVersion,
                new HeartbeatRequestData()
                        .setGroupId(GROUP)
                        .setMemberId(joined.memberId())
                        .setGenerationId(joined.generationId()));
        LeaveGroupResponseData left = call(13, leaveVersion, leave(joined.memberId(), leaveVersion));

        // Then
        assertThat(joined.errorCode()).isZero();
        assertThat(joined.leader()).isEqualTo(joined.memberId());
        assertThat(joined.protocolName()).isEqualTo("range");
        assertThat(joined.members()).hasSize(1);
        assertThat(synced.errorCode()).isZero();
        assertThat(synced.assignment()).containsExactly(1, 2, 3);
        assertThat(heartbeat.errorCode()).isZero();
        assertThat(left.errorCode()).isZero();
        assertThat(left.members()).hasSize(leaveVersion >= 3 ? 1 : 0).allMatch(member -> member.errorCode() == 0);
    }

    private static LeaveGroupRequestData leave(String memberId, int version) {
        LeaveGroupRequestData leave = new LeaveGroupRequestData().setGroupId(GROUP);
        if (version >= 3) {
            return leave.setMembers(List.of(new MemberIdentity().setMemberId(memberId)));
        }
        return leave.setMemberId(memberId);
    }

    @ParameterizedTest
    @MethodSource("joinGroup")
    void refusedJoinCanBeEncodedInEveryVersion(int version) {
        // When
        JoinGroupResponseData refused = call(11, version, joinRequest("unknown", version));
        JoinGroupResponseData nameless =
                call(11, version, joinRequest("", version).setGroupId(""));

        // Then
        assertThat(refused.errorCode()).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
        assertThat(nameless.errorCode()).isEqualTo(ErrorCode.INVALID_GROUP_ID.code());
    }

    @ParameterizedTest
    @MethodSource("leaveGroup")
    void leavingAGroupThatIsNotThereSaysSo(int version) {
        // When
        LeaveGroupResponseData left = call(13, version, leave("x", version));

        // Then
        short error = version >= 3 ? left.members().get(0).errorCode() : left.errorCode();
        assertThat(error).isEqualTo(ErrorCode.UNKNOWN_MEMBER_ID.code());
    }

    @ParameterizedTest
    @MethodSource("offsetCommit")
    void offsetIsCommitted(int version) {
        // Given
        Uuid id = node.topic("orders", 2);

        // When
        short fine = commit(version, "orders", id, 1, 17, "meta");
        short unknownPartition = commit(version, "orders", id, 2, 17, "");
        short unknownTopic = commit(version, "nothing", Uuid.randomUuid(), 0, 17, "");

        // Then
        assertThat(fine).isZero();
        assertThat(unknownPartition).isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(unknownTopic)
                .isEqualTo((version >= 10 ? ErrorCode.UNKNOWN_TOPIC_ID : ErrorCode.UNKNOWN_TOPIC_OR_PARTITION).code());
    }

    private OffsetFetchRequestData fetchRequest(int version, String topic, Uuid id) {
        OffsetFetchRequestData request = new OffsetFetchRequestData();
        if (version >= 8) {
            OffsetFetchRequestGroup group = new OffsetFetchRequestGroup().setGroupId(GROUP);
            if (topic == null) {
                group.setTopics(null);
            } else {
                group.topics()
                        .add(new OffsetFetchRequestTopics()
                                .setName(topic)
                                .setTopicId(id)
                                .setPartitionIndexes(List.of(0, 1)));
            }
            request.groups().add(group);
            return request;
        }
        request.setGroupId(GROUP);
        if (topic == null) {
            return request.setTopics(null);
        }
        request.topics().add(new OffsetFetchRequestTopic().setName(topic).setPartitionIndexes(List.of(0, 1)));
        return request;
    }

    /** Partition -> "offset/epoch/metadata/error". */
    private static Map<Integer, String> offsets(OffsetFetchResponseData response, int version) {
        Map<Integer, String> offsets = new TreeMap<>();
        if (version >= 8) {
            response.groups().get(0).topics().forEach(topic -> topic.partitions()
                    .forEach(each -> offsets.put(
                            each.partitionIndex(),
                            each.committedOffset() + "/" + each.committedLeaderEpoch() + "/" + each.metadata() + "/"
                                    + each.errorCode())));
        } else {
            response.topics().forEach(topic -> topic.partitions()
                    .forEach(each -> offsets.put(
                            each.partitionIndex(),
                            each.committedOffset() + "/" + each.committedLeaderEpoch() + "/" + each.metadata() + "/"
                                    + each.errorCode())));
        }
        return offsets;
    }

    @ParameterizedTest
    @MethodSource("offsetFetch")
    void offsetsAreFetched(int version) {
        // Given
        Uuid id = node.topic("orders", 2);
        commit(9, "orders", Uuid.ZERO_UUID, 1, 17, "meta ä");
        int epoch = version >= 5 ? 4 : -1;

        // When
        OffsetFetchResponseData some = call(9, version, fetchRequest(version, "orders", id));
        OffsetFetchResponseData all = version >= 2 ? call(9, version, fetchRequest(version, null, null)) : some;

        // Then
        assertThat(offsets(some, version)).isEqualTo(Map.of(0, "-1/-1//0", 1, "17/" + epoch + "/meta ä/0"));
        assertThat(offsets(all, version)).containsEntry(1, "17/" + epoch + "/meta ä/0");
    }

    @Test
    void unknownTopicIdIsSaid() {
        // When
        OffsetFetchResponseData response = call(9, 10, fetchRequest(10, "x", Uuid.randomUuid()));

        // Then
        assertThat(offsets(response, 10)).containsEntry(0, "-1/-1//" + ErrorCode.UNKNOWN_TOPIC_ID.code());
    }

    @Test
    void offsetOfAnEarlierTopicOfTheSameNameDoesNotCount() {
        // Given
        node.topic("orders", 2);
        commit(9, "orders", Uuid.ZERO_UUID, 0, 1_000, "");

        // When
        Uuid newId = node.topic("orders", 2);

        // Then
        assertThat(offsets(call(9, 7, fetchRequest(7, "orders", null)), 7)).containsEntry(0, "-1/-1//0");
        assertThat(offsets(call(9, 10, fetchRequest(10, "orders", newId)), 10)).containsEntry(0, "-1/-1//0");
        assertThat(offsets(call(9, 9, fetchRequest(9, null, null)), 9)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("describeGroups")
    void groupIsDescribed(int version) {
        // Given
        sync(join(9), 5);

        // When
        DescribeGroupsResponseData response = call(
                15,
                version,
                new DescribeGroupsRequestData()
                        .setGroups(List.of(GROUP, "nobody"))
                        .setIncludeAuthorizedOperations(version >= 3));

        // Then
        var group = response.groups().get(0);
        var nobody = response.groups().get(1);
        assertThat(group.groupState()).isEqualTo("Stable");
        assertThat(group.protocolType()).isEqualTo("consumer");
        assertThat(group.protocolData()).isEqualTo("range");
        assertThat(group.authorizedOperations()).isEqualTo(version >= 3 ? 3400 : Integer.MIN_VALUE);
        assertThat(group.members()).singleElement().satisfies(member -> {
            assertThat(member.clientId()).isEqualTo("client");
            assertThat(member.clientHost()).isEqualTo("/127.0.0.2");
            assertThat(member.memberAssignment()).containsExactly(1, 2, 3);
        });
        assertThat(nobody.groupState()).isEqualTo("Dead");
        assertThat(nobody.errorCode()).isEqualTo(version >= 6 ? ErrorCode.GROUP_ID_NOT_FOUND.code() : 0);
    }

    @ParameterizedTest
    @MethodSource("listGroups")
    void groupsAreListed(int version) {
        // Given
        sync(join(9), 5);
        ListGroupsRequestData filtered = new ListGroupsRequestData();
        if (version >= 4) {
            filtered.setStatesFilter(List.of("Empty"));
        }

        // When
        ListGroupsResponseData all = call(16, version, new ListGroupsRequestData());
        ListGroupsResponseData empty = call(16, version, filtered);

        // Then
        assertThat(all.groups()).singleElement().satisfies(group -> {
            assertThat(group.groupId()).isEqualTo(GROUP);
            assertThat(group.protocolType()).isEqualTo("consumer");
            assertThat(group.groupState()).isEqualTo(version >= 4 ? "Stable" : "");
            assertThat(group.groupType()).isEqualTo(version >= 5 ? "classic" : "");
        });
        assertThat(empty.groups()).hasSize(version >= 4 ? 0 : 1);
    }

    @ParameterizedTest
    @MethodSource("deleteGroups")
    void groupsAreDeleted(int version) {
        // Given
        node.topic("orders", 2);
        commit(9, "orders", Uuid.ZERO_UUID, 0, 1, "");

        // When
        DeleteGroupsResponseData response =
                call(42, version, new DeleteGroupsRequestData().setGroupsNames(List.of(GROUP, "nobody")));

        // Then
        assertThat(response.results().find(GROUP).errorCode()).isZero();
        assertThat(response.results().find("nobody").errorCode()).isEqualTo(ErrorCode.GROUP_ID_NOT_FOUND.code());
    }

    @Test
    void offsetsAreDeleted() {
        // Given
        node.topic("orders", 2);
        commit(9, "orders", Uuid.ZERO_UUID, 0, 1, "");
        OffsetDeleteRequestTopicCollection topics = new OffsetDeleteRequestTopicCollection();
        for (String name : List.of("orders", "nothing")) {
            topics.add(new OffsetDeleteRequestTopic()
                    .setName(name)
                    .setPartitions(List.of(new OffsetDeleteRequestPartition().setPartitionIndex(0))));
        }

        // When
        OffsetDeleteResponseData response =
                call(47, 0, new OffsetDeleteRequestData().setGroupId(GROUP).setTopics(topics));

        // Then
        assertThat(response.errorCode()).isZero();
        assertThat(response.topics().find("orders").partitions().find(0).errorCode())
                .isZero();
        assertThat(response.topics().find("nothing").partitions().find(0).errorCode())
                .isEqualTo(ErrorCode.UNKNOWN_TOPIC_OR_PARTITION.code());
        assertThat(offsets(call(9, 7, fetchRequest(7, "orders", null)), 7)).containsEntry(0, "-1/-1//0");
    }

    @Test
    void nodeThatDoesNotCoordinateSaysSoInEveryAnswer() {
        // Given
        node.topic("orders", 2);
        node.coordinates = false;
        short expected = ErrorCode.NOT_COORDINATOR.code();

        // When
        JoinGroupResponseData join = call(11, 9, joinRequest("", 9));
        OffsetFetchResponseData fetch = call(9, 9, fetchRequest(9, "orders", null));
        OffsetFetchResponseData oldFetch = call(9, 1, fetchRequest(1, "orders", null));
        short commit = commit(9, "orders", Uuid.ZERO_UUID, 0, 1, "");
        DescribeGroupsResponseData describe = call(15, 6, new DescribeGroupsRequestData().setGroups(List.of(GROUP)));

        // Then
        assertThat(join.errorCode()).isEqualTo(expected);
        assertThat(fetch.groups().get(0).errorCode()).isEqualTo(expected);
        assertThat(offsets(oldFetch, 1)).containsEntry(0, "-1/-1//" + expected);
        assertThat(commit).isEqualTo(expected);
        assertThat(describe.groups().get(0).errorCode()).isEqualTo(expected);
    }
}
