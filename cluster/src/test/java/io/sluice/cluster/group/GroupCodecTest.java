/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.DeleteGroup;
import io.sluice.actors.group.GroupRequest.DeleteOffsets;
import io.sluice.actors.group.GroupRequest.Describe;
import io.sluice.actors.group.GroupRequest.FetchOffsets;
import io.sluice.actors.group.GroupRequest.Heartbeat;
import io.sluice.actors.group.GroupRequest.Join;
import io.sluice.actors.group.GroupRequest.Leave;
import io.sluice.actors.group.GroupRequest.Leaver;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupRequest.Sync;
import io.sluice.actors.group.GroupResponse;
import io.sluice.actors.group.GroupResponse.Committed;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.GroupResponse.Described;
import io.sluice.actors.group.GroupResponse.DescribedMember;
import io.sluice.actors.group.GroupResponse.FetchedOffsets;
import io.sluice.actors.group.GroupResponse.Joined;
import io.sluice.actors.group.GroupResponse.JoinedMember;
import io.sluice.actors.group.GroupResponse.Left;
import io.sluice.actors.group.GroupResponse.LeftMember;
import io.sluice.actors.group.GroupResponse.Outcome;
import io.sluice.actors.group.GroupResponse.Synced;
import io.sluice.log.ErrorCode;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class GroupCodecTest {
    private static final UUID ID = new UUID(3, 4);
    private static final Bytes BYTES = Bytes.of(new byte[] {1, 2, 3});
    private static final PartitionKey PARTITION = new PartitionKey("orders", 7);

    /** One of each kind, and what may be answered to it. */
    private static Map<GroupRequest<?>, GroupResponse> all() {
        Map<GroupRequest<?>, GroupResponse> all = new LinkedHashMap<>();
        all.put(
                new Join(
                        "g",
                        "m",
                        "i",
                        "c",
                        "/h",
                        true,
                        false,
                        10,
                        20,
                        "consumer",
                        List.of(new Protocol("range", BYTES)),
                        "why"),
                new Joined(
                        ErrorCode.NONE,
                        4,
                        "consumer",
                        "range",
                        "m",
                        true,
                        "m",
                        List.of(new JoinedMember("m", "i", BYTES))));
        all.put(
                new Join("g", "", null, "", "", false, true, 10, 20, "", List.of(), null),
                Joined.refused(ErrorCode.MEMBER_ID_REQUIRED, "m"));
        all.put(
                new Sync("g", 4, "m", null, "consumer", null, Map.of("m", BYTES)),
                new Synced(ErrorCode.NONE, "consumer", "range", BYTES));
        all.put(new Heartbeat("g", 4, "m", null), new Outcome(ErrorCode.REBALANCE_IN_PROGRESS));
        all.put(
                new Leave("g", List.of(new Leaver("m", null, "why"))),
                new Left(ErrorCode.NONE, List.of(new LeftMember("m", "i", ErrorCode.UNKNOWN_MEMBER_ID))));
        all.put(
                new Commit("g", 4, "m", null, -1, true, List.of(new NewOffset("orders", ID, 7, 99, 3, null))),
                new Committed(ErrorCode.NONE, Map.of(PARTITION, ErrorCode.ILLEGAL_GENERATION)));
        all.put(
                new FetchOffsets("g", List.of(PARTITION)),
                new FetchedOffsets(ErrorCode.NONE, Map.of(PARTITION, new CommittedOffset(9, 3, "m", 5, -1, ID))));
        all.put(new FetchOffsets("g", null), new FetchedOffsets(ErrorCode.NOT_COORDINATOR, Map.of()));
        all.put(new DeleteOffsets("g", List.of(PARTITION)), new Committed(ErrorCode.GROUP_ID_NOT_FOUND, Map.of()));
        all.put(new DeleteGroup("g"), new Outcome(ErrorCode.NONE));
        all.put(
                new Describe("g"),
                new Described(
                        ErrorCode.NONE,
                        "g",
                        "Stable",
                        "consumer",
                        "range",
                        List.of(new DescribedMember("m", null, "c", "/h", BYTES, Bytes.EMPTY))));
        return all;
    }

    @Test
    void everyKindOfRequestIsThere() {
        assertThat(all().keySet().stream().map(Object::getClass).collect(Collectors.toSet()))
                .containsExactlyInAnyOrderElementsOf(Arrays.stream(GroupRequest.class.getPermittedSubclasses())
                        .collect(Collectors.toSet()));
    }

    @Test
    void requestsAndAnswersComeBackAsTheyWere() {
        all().forEach((request, response) -> {
            assertThat(GroupCodec.decode(GroupCodec.encode(request))).isEqualTo(request);
            assertThat((Object) GroupCodec.decodeAnswer(request, GroupCodec.encodeAnswer(request, response)))
                    .isEqualTo(response);
        });
    }

    @Test
    void messagesComeBackAsTheyWere() {
        GroupMessage.Question question = new GroupMessage.Question(3, 77, new byte[] {5, 6});
        GroupMessage.Question back =
                (GroupMessage.Question) GroupMessage.decode(GroupMessage.QUESTION, GroupMessage.encode(question));
        assertThat(back.from()).isEqualTo(3);
        assertThat(back.id()).isEqualTo(77);
        assertThat(back.bytes()).containsExactly(5, 6);
        assertThat(GroupMessage.decode(GroupMessage.CANCEL, GroupMessage.encode(new GroupMessage.Cancel(3, 8))))
                .isEqualTo(new GroupMessage.Cancel(3, 8));
    }

    @Test
    void whatIsCutShortOrUnknownIsRefused() {
        all().keySet().forEach(request -> {
            byte[] whole = GroupCodec.encode(request);
            for (int length = 0; length < whole.length; length++) {
                byte[] cut = Arrays.copyOf(whole, length);
                assertThatThrownBy(() -> GroupCodec.decode(cut)).isInstanceOf(RuntimeException.class);
            }
        });
        assertThatThrownBy(() -> GroupCodec.decode(new byte[] {99, 0, 0, 0, 0, 0}))
                .hasMessage("a group request of type 99");
        assertThatThrownBy(() -> GroupMessage.decode(GroupMessage.ANSWER, new byte[] {1}))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
