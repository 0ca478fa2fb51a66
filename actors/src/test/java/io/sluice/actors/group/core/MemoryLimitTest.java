/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.group.Bytes;
import io.sluice.actors.group.GroupRequest.Commit;
import io.sluice.actors.group.GroupRequest.NewOffset;
import io.sluice.actors.group.GroupRequest.Protocol;
import io.sluice.actors.group.GroupSettings;
import io.sluice.actors.group.core.Scene.Client;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class MemoryLimitTest {
    private static final long MAX_BYTES = 100_000;
    private final Scene scene = new Scene(new GroupSettings(
            6_000,
            1_800_000,
            Integer.MAX_VALUE,
            0,
            300_000,
            1_000_000,
            600_000,
            4_096,
            5_000,
            5 << 20,
            1_000_000,
            10_000,
            MAX_BYTES));

    private ErrorCode commit(String group, int partition) {
        var committed = scene.ask(new Commit(
                group, -1, "", null, -1, true, List.of(new NewOffset("t", new UUID(0, 0), partition, 1, -1, ""))));
        return committed.partitions().values().iterator().next();
    }

    @Test
    void groupsThatAreMadeWithoutEndStopAtTheLimitAndThoseThereGoOn() {
        // Given
        Client member = scene.client("member");
        scene.stabilize(member);
        int made = 0;

        // When
        while (commit("g" + made, 0) == ErrorCode.NONE) {
            made++;
        }
        int offsets = 1;
        while (commit("g0", offsets) == ErrorCode.NONE) {
            offsets++;
        }

        // Then
        assertThat(made).isBetween(50, 200);
        assertThat(offsets).as("partitions fit where a group doesn't").isLessThan(10);
        assertThat(commit("g0", 0)).as("an offset that is there may move").isEqualTo(ErrorCode.NONE);
        assertThat(scene.client("late").join().get().error()).isEqualTo(ErrorCode.POLICY_VIOLATION);
        assertThat(member.heartbeat()).isEqualTo(ErrorCode.NONE);
        assertThat(scene.metrics.refusedForMemory().sum()).isEqualTo(3);
        assertThat(scene.metrics.memoryBytes().sum()).isBetween(MAX_BYTES, MAX_BYTES + 2_000);
    }

    @Test
    void idsThatNobodyComesBackWithStopAtTheLimitAndAreForgotten() {
        // Given
        int given = 0;
        while (scene.ask(scene.client("c").joinRequest()).error() == ErrorCode.MEMBER_ID_REQUIRED) {
            given++;
        }

        // When
        scene.pass(Scene.SESSION_MS);

        // Then
        assertThat(given).isBetween(100, 500);
        assertThat(scene.metrics.memoryBytes().sum()).isZero();
        assertThat(scene.client("c").join().get().error()).isEqualTo(ErrorCode.NONE);
    }

    @Test
    void subscriptionThatDoesNotFitARecordIsRefusedAtOnce() {
        // Given
        Client client = scene.client("c");
        client.protocols = List.of(new Protocol("range", Bytes.of(new byte[1_000_001])));

        // When
        ErrorCode error = client.join().get().error();

        // Then
        assertThat(error).isEqualTo(ErrorCode.MESSAGE_TOO_LARGE);
        assertThat(scene.group()).isNull();
    }
}
