/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReplicaStateKeeperTest {
    private static final UUID TOPIC = new UUID(1, 2);

    @TempDir
    Path folder;

    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private final List<Throwable> answers = new ArrayList<>();

    @Test
    void allThatWaitsIsWrittenTogether() throws Exception {
        // Given
        ReplicaStateKeeper keeper = ReplicaStateKeeper.open(folder.resolve("replica-state"), tasks::add);
        for (int partition = 0; partition < 1_000; partition++) {
            keeper.put(new ReplicaKey(TOPIC, partition), new ReplicaState(3, 3), answers::add);
        }
        assertThat(tasks).as("one task for all").hasSize(1);
        assertThat(keeper.get(new ReplicaKey(TOPIC, 0)))
                .as("not before it is on disk")
                .isEqualTo(ReplicaState.BLANK);

        // When
        tasks.remove().run();

        // Then
        assertThat(answers).hasSize(1_000).containsOnlyNulls();
        assertThat(keeper.get(new ReplicaKey(TOPIC, 999))).isEqualTo(new ReplicaState(3, 3));
        keeper.close();
        try (ReplicaStateKeeper again = ReplicaStateKeeper.open(folder.resolve("replica-state"), tasks::add)) {
            assertThat(again.get(new ReplicaKey(TOPIC, 999))).isEqualTo(new ReplicaState(3, 3));
        }
    }

    @Test
    void whatIsPutAfterTheEndFails() throws Exception {
        // Given
        ReplicaStateKeeper keeper = ReplicaStateKeeper.open(folder.resolve("replica-state"), tasks::add);
        keeper.close();

        // When
        keeper.put(new ReplicaKey(TOPIC, 0), new ReplicaState(0, 0), answers::add);

        // Then
        assertThat(answers).singleElement().satisfies(failure -> assertThat(failure)
                .hasMessage("the node stops"));
    }

    @Test
    void anExecutorThatIsGoneFailsThePut() throws Exception {
        // Given
        ReplicaStateKeeper keeper = ReplicaStateKeeper.open(folder.resolve("replica-state"), task -> {
            throw new java.util.concurrent.RejectedExecutionException();
        });

        // When
        keeper.put(new ReplicaKey(TOPIC, 0), new ReplicaState(0, 0), answers::add);

        // Then
        assertThat(answers).singleElement().isNotNull();
        keeper.close();
    }
}
