/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.DefaultEventLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoopTasksTest {
    private final DefaultEventLoop loop = new DefaultEventLoop();
    private final List<String> ran = new ArrayList<>();
    private final LoopTasks tasks = new LoopTasks(loop, () -> ran.add("afterwards"));

    @AfterEach
    void end() {
        loop.shutdownGracefully(0, 10, TimeUnit.SECONDS).syncUninterruptibly();
    }

    @Test
    void whatComesWhileTheLoopIsBusyRunsInItsOrderWithOneWakeUp() throws Exception {
        // Given
        CountDownLatch busy = new CountDownLatch(1);
        loop.execute(() -> {
            try {
                assertThat(busy.await(10, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        });

        // When
        for (int i = 0; i < 3; i++) {
            String name = "task " + i;
            assertThat(tasks.add(() -> ran.add(name))).isTrue();
        }
        busy.countDown();

        // Then
        loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
        assertThat(ran).containsExactly("task 0", "task 1", "task 2", "afterwards");
    }

    @Test
    void whatRanAtOnceDoesNotRunAgain() throws Exception {
        // When
        loop.submit(() -> {
                    tasks.add(() -> ran.add("task"));
                    tasks.runAll();
                    ran.add("at once");
                })
                .get(10, TimeUnit.SECONDS);

        // Then
        loop.submit(() -> {}).get(10, TimeUnit.SECONDS);
        assertThat(ran).containsExactly("task", "at once", "afterwards");
    }

    @Test
    void aLoopThatHasEndedSaysSoEveryTime() {
        // Given
        end();

        // Then
        assertThat(tasks.add(() -> ran.add("first"))).isFalse();
        assertThat(tasks.add(() -> ran.add("second"))).isFalse();
        assertThat(ran).isEmpty();
    }
}
