/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.kafka.testing.RawClient;
import io.sluice.log.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.common.message.FindCoordinatorRequestData;
import org.apache.kafka.common.message.FindCoordinatorResponseData;
import org.apache.kafka.common.message.JoinGroupRequestData;
import org.apache.kafka.common.message.JoinGroupRequestData.JoinGroupRequestProtocol;
import org.apache.kafka.common.message.JoinGroupResponseData;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A member whose connection ends while its JoinGroup waits for the others. */
@Timeout(value = 90, unit = TimeUnit.SECONDS)
class GoneMemberIT {
    private static final short FIND_COORDINATOR = 2;

    /** The last version where a new member joins in one round. */
    private static final short JOIN = 3;

    @Test
    void whatItsRequestReservedIsGivenBack(@TempDir Path data) throws Exception {
        try (GroupBroker broker = new GroupBroker(data, Map.of());
                RawClient first = broker.client()) {
            // Given a group of one
            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> hasCoordinator(first));
            Awaitility.await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(
                            first.call(join(), new JoinGroupResponseData(), JOIN)
                                    .errorCode())
                    .isEqualTo(ErrorCode.NONE.code()));

            // When a second one joins, which waits for the first, and goes away
            try (RawClient second = broker.client()) {
                second.send(join(), JOIN);
                Awaitility.await().until(() -> broker.metric("sluice.kafka.request.memory.used") > 0);
            }

            // Then nothing is reserved for it, although its join is not answered
            Awaitility.await().untilAsserted(() -> assertThat(broker.metric("sluice.kafka.request.memory.used"))
                    .isZero());
        }
    }

    @Test
    void theOthersDoNotWaitAsLongAsItHasAskedFor(@TempDir Path data) throws Exception {
        try (GroupBroker broker = new GroupBroker(data, Map.of("group.min.session.timeout.ms", "100"));
                RawClient first = broker.client();
                RawClient third = broker.client()) {
            // Given a group of one, which doesn't join again, and a third member that waits for it for a second
            Awaitility.await().atMost(30, TimeUnit.SECONDS).until(() -> hasCoordinator(first));
            Awaitility.await().atMost(30, TimeUnit.SECONDS).untilAsserted(() -> assertThat(
                            first.call(join(60_000, 1_000), new JoinGroupResponseData(), JOIN)
                                    .errorCode())
                    .isEqualTo(ErrorCode.NONE.code()));

            // When a second one that would wait nearly for ever joins, and goes away
            try (RawClient second = broker.client()) {
                second.send(join(500, Integer.MAX_VALUE), JOIN);
                Awaitility.await().until(() -> broker.metric("sluice.kafka.request.memory.used") > 0);
            }
            JoinGroupResponseData joined = third.call(join(60_000, 1_000), new JoinGroupResponseData(), JOIN);

            // Then the third has the group for itself soon
            assertThat(joined.errorCode()).isEqualTo(ErrorCode.NONE.code());
            assertThat(joined.members()).hasSize(1);
        }
    }

    private static boolean hasCoordinator(RawClient client) throws Exception {
        FindCoordinatorRequestData request = new FindCoordinatorRequestData().setKey("group");
        return client.call(request, new FindCoordinatorResponseData(), FIND_COORDINATOR)
                        .errorCode()
                == ErrorCode.NONE.code();
    }

    /** With a rebalance that may take nearly for ever. */
    private static JoinGroupRequestData join() {
        return join(60_000, Integer.MAX_VALUE);
    }

    private static JoinGroupRequestData join(int sessionTimeoutMs, int rebalanceTimeoutMs) {
        JoinGroupRequestData request = new JoinGroupRequestData()
                .setGroupId("group")
                .setSessionTimeoutMs(sessionTimeoutMs)
                .setRebalanceTimeoutMs(rebalanceTimeoutMs)
                .setMemberId("")
                .setProtocolType("consumer");
        request.protocols()
                .add(new JoinGroupRequestProtocol()
                        .setName("range")
                        .setMetadata("topics".getBytes(StandardCharsets.UTF_8)));
        return request;
    }
}
