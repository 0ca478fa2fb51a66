/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PartitionExecutorTest {
    /** The pool's threads. */
    private static final int POOL = 2;

    private record Seen(int message, String thread) {}

    private final ActorTestKit kit = ActorTestKit.create(
            ConfigFactory.parseString("""
            partitions {
              type = Dispatcher
              executor = "io.sluice.actors.dispatch.PartitionExecutorConfigurator"
              fork-join-executor { parallelism-min = %1$d, parallelism-factor = 1.0, parallelism-max = %1$d }
              throughput = 16
            }
            """.formatted(POOL)).withFallback(ConfigFactory.load("application-test")));
    private final BlockingQueue<Seen> seen = new LinkedBlockingQueue<>();
    private final AtomicBoolean running = new AtomicBoolean();
    private final ActorRef<Integer> partition = kit.spawn(
            Behaviors.receive(Integer.class)
                    .onAnyMessage(message -> {
                        if (running.getAndSet(true)) {
                            throw new IllegalStateException("two threads at a time");
                        }
                        seen.add(new Seen(message, Thread.currentThread().getName()));
                        running.set(false);
                        return Behaviors.same();
                    })
                    .build(),
            "partition",
            DispatcherSelector.fromConfig("partitions"));
    private final CallerThread caller = new CallerThread("caller");

    @AfterEach
    void stop() {
        caller.close();
        kit.shutdownTestKit();
    }

    private Seen next() throws InterruptedException {
        Seen next = seen.poll(10, TimeUnit.SECONDS);
        assertThat(next).as("a message within 10 s").isNotNull();
        return next;
    }

    /**
     * Waits until the mailbox is run by nobody: a thread of the pool that has begun with it takes what comes meanwhile too, and does so from before the actor is there until some
     * time after its last message.
     */
    private void awaitIdle() throws Exception {
        partition.tell(0);
        assertThat(next().message()).isZero();
        CyclicBarrier allOfThePool = new CyclicBarrier(POOL + 1);
        Executor pool = kit.system().dispatchers().lookup(DispatcherSelector.fromConfig("partitions"));
        for (int i = 0; i < POOL; i++) {
            pool.execute(() -> {
                try {
                    allOfThePool.await(10, TimeUnit.SECONDS);
                } catch (Exception failure) {
                    throw new IllegalStateException(failure);
                }
            });
        }
        allOfThePool.await(10, TimeUnit.SECONDS);
    }

    @Test
    void smallWorkIsDoneByTheThreadThatBringsIt() throws Exception {
        // Given
        awaitIdle();

        // When
        caller.round(() -> {
                    PartitionCaller.send(true, () -> partition.tell(1));
                    PartitionCaller.send(true, () -> partition.tell(2));
                    assertThat(seen).as("not before the end of the round").isEmpty();
                })
                .get(10, TimeUnit.SECONDS);

        // Then
        assertThat(List.of(next(), next())).containsExactly(new Seen(1, "caller"), new Seen(2, "caller"));
    }

    @Test
    void otherWorkIsDoneByThePool() throws Exception {
        // When: large; after the lending is over; from a thread that takes nothing; from any other thread
        caller.round(() -> PartitionCaller.send(false, () -> partition.tell(1))).get(10, TimeUnit.SECONDS);
        Seen large = next();
        caller.round(() -> {
                    PartitionCaller.send(true, () -> {});
                    partition.tell(2);
                })
                .get(10, TimeUnit.SECONDS);
        Seen notLent = next();
        caller.takes = false;
        caller.round(() -> PartitionCaller.send(true, () -> partition.tell(3))).get(10, TimeUnit.SECONDS);
        Seen refused = next();
        PartitionCaller.send(true, () -> partition.tell(4));
        Seen elsewhere = next();

        // Then
        assertThat(List.of(large, notLent, refused, elsewhere))
                .allSatisfy(one -> assertThat(one.thread()).contains("partitions"))
                .extracting(Seen::message)
                .containsExactly(1, 2, 3, 4);
    }

    @Test
    void ofManyCallersEveryMessageIsSeenOnceAndInOrder() throws Exception {
        // Given
        int callers = 4;
        int each = 20_000;
        List<CallerThread> threads = new ArrayList<>();
        for (int i = 0; i < callers; i++) {
            threads.add(new CallerThread("caller-" + i));
        }

        // When: half of them lend themselves, in rounds of ten
        List<CompletableFuture<Void>> rounds = new ArrayList<>();
        for (int i = 0; i < each; i += 10) {
            for (int c = 0; c < callers; c++) {
                boolean lends = c % 2 == 0;
                int first = c * each + i;
                rounds.add(threads.get(c).round(() -> {
                    for (int m = first; m < first + 10; m++) {
                        int message = m;
                        PartitionCaller.send(lends, () -> partition.tell(message));
                    }
                }));
            }
        }
        CompletableFuture.allOf(rounds.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);

        // Then
        int[] expected = new int[callers];
        for (int i = 0; i < callers * each; i++) {
            Seen one = next();
            int from = one.message() / each;
            assertThat(one.message() % each).as("message of caller %s", from).isEqualTo(expected[from]++);
        }
        assertThat(seen).isEmpty();
        threads.forEach(CallerThread::close);
    }
}
