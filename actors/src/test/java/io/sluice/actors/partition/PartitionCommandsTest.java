/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import static org.assertj.core.api.Assertions.assertThat;

import akka.actor.typed.ActorRef;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.actors.replication.ReplicaSet;
import io.sluice.actors.replication.ReplicaState;
import io.sluice.log.AppendOrigin;
import io.sluice.log.LogConfig;
import io.sluice.log.LogView;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every command in every phase of a partition: who waits for an answer gets it, what a command holds is let go of, and nothing but an end ends
 * the partition. Java 17 can't let the compiler see to it that a sealed command is handled.
 */
class PartitionCommandsTest {
    private static final AtomicInteger ANSWERS = new AtomicInteger();

    /** The answers to tasks that the phase itself began: they can't come from elsewhere. */
    private static final Set<Class<?>> OWN_ANSWERS = Set.of(PartitionEvent.Opened.class, PartitionEvent.Closed.class);

    /** Reach a partition only through its handle, which it publishes when it leads. */
    private static final Set<Class<?>> THROUGH_HANDLE = Set.of(
            PartitionCommand.Append.class,
            PartitionCommand.Await.class,
            PartitionCommand.Cancel.class,
            PartitionCommand.DeleteRecords.class,
            PartitionCommand.DescribeProducers.class,
            PartitionCommand.DescribeReplicas.class,
            PartitionCommand.ConfirmLeads.class,
            PartitionEvent.ConfirmEpoch.class,
            PartitionEvent.Flush.class,
            PartitionEvent.ForceDue.class,
            PartitionEvent.ExpireCommits.class,
            PartitionEvent.Compacted.class,
            PartitionEvent.RestartService.class,
            PartitionEvent.Drained.class);

    private static final AtomicInteger PARTITIONS = new AtomicInteger();
    private static PartitionRig rig;
    private final int number = PARTITIONS.getAndIncrement();

    @BeforeAll
    static void start() {
        rig = new PartitionRig();
    }

    @AfterAll
    static void stop() {
        rig.close();
    }

    @AfterEach
    void letGo() {
        rig.opening.countDown();
        rig.storing.countDown();
        rig.stores.values().forEach(store -> store.closing.countDown());
        rig.leads.clear();
        rig.resigned.clear();
        rig.failures.clear();
        rig.stopped.clear();
    }

    private enum State {
        RECOVERING,
        ELECTING,
        LEADING,
        RESIGNING,
        FAILED
    }

    /** Something of each kind. Those that expect an answer count it. */
    private static Map<Class<?>, Supplier<PartitionCommand>> samples() {
        Map<Class<?>, Supplier<PartitionCommand>> all = new LinkedHashMap<>();
        all.put(PartitionCommand.Campaign.class, () -> PartitionCommand.Campaign.INSTANCE);
        all.put(PartitionCommand.Withdraw.class, () -> PartitionCommand.Withdraw.INSTANCE);
        all.put(PartitionCommand.HandOver.class, () -> new PartitionCommand.HandOver(List.of(2)));
        all.put(PartitionCommand.ChangeSet.class, () -> new PartitionCommand.ChangeSet(ReplicaSet.first(List.of(1))));
        all.put(PartitionCommand.SetConfirmed.class, () -> new PartitionCommand.SetConfirmed(0));
        all.put(PartitionCommand.LeaderKnown.class, () -> new PartitionCommand.LeaderKnown(1, 5));
        all.put(PartitionCommand.BrokerGone.class, () -> new PartitionCommand.BrokerGone(2));
        all.put(
                PartitionCommand.FromReplica.class,
                () -> new PartitionCommand.FromReplica(2, new ReplicaMessage.Seek(-1)));
        all.put(
                PartitionCommand.FetchFromReplica.class,
                () -> new PartitionCommand.FetchFromReplica(
                        2, new ReplicaMessage.Fetch(0, 1, 1, 1, 0, -1, false, false, 0), (answer, view) -> {}));
        all.put(
                PartitionCommand.FetchAnswered.class,
                () -> new PartitionCommand.FetchAnswered(
                        2,
                        new ReplicaMessage.Records(0, 1, 0, 0, 0, false),
                        ByteBuffer.allocate(0),
                        ANSWERS::incrementAndGet));
        all.put(PartitionCommand.FetchInterrupted.class, () -> new PartitionCommand.FetchInterrupted(2));
        all.put(PartitionEvent.Seek.class, () -> PartitionEvent.Seek.INSTANCE);
        all.put(PartitionEvent.Retry.class, () -> PartitionEvent.Retry.INSTANCE);
        all.put(PartitionEvent.SpreadHighWatermark.class, () -> PartitionEvent.SpreadHighWatermark.INSTANCE);
        all.put(PartitionCommand.Configure.class, () -> new PartitionCommand.Configure(LogConfig.DEFAULTS));
        all.put(PartitionCommand.Delete.class, () -> new PartitionCommand.Delete(ANSWERS::incrementAndGet));
        all.put(PartitionCommand.Stop.class, () -> PartitionCommand.Stop.INSTANCE);
        all.put(PartitionCommand.Maintain.class, () -> PartitionCommand.Maintain.INSTANCE);
        all.put(PartitionCommand.Compact.class, () -> PartitionCommand.Compact.INSTANCE);
        all.put(
                PartitionCommand.Append.class,
                () -> new PartitionCommand.Append(
                        ByteBuffer.allocate(0),
                        AppendOrigin.CLIENT,
                        (short) -1,
                        1_000,
                        r -> ANSWERS.incrementAndGet()));
        all.put(
                PartitionCommand.Await.class,
                () -> new PartitionCommand.Await(
                        partition -> ANSWERS.incrementAndGet(), -1, LogView.Bound.HIGH_WATERMARK));
        all.put(PartitionCommand.Cancel.class, () -> new PartitionCommand.Cancel(partition -> {}));
        all.put(
                PartitionCommand.DeleteRecords.class,
                () -> new PartitionCommand.DeleteRecords(0, new Once<>((error, offset) -> ANSWERS.incrementAndGet())));
        all.put(
                PartitionCommand.DescribeProducers.class,
                () -> new PartitionCommand.DescribeProducers(new Once<>(r -> ANSWERS.incrementAndGet())));
        all.put(
                PartitionCommand.DescribeReplicas.class,
                () -> new PartitionCommand.DescribeReplicas(new Once<>(r -> ANSWERS.incrementAndGet())));
        all.put(
                PartitionCommand.ConfirmLeads.class,
                () -> new PartitionCommand.ConfirmLeads(new Once<>(leads -> ANSWERS.incrementAndGet())));
        all.put(PartitionEvent.ConfirmEpoch.class, () -> PartitionEvent.ConfirmEpoch.INSTANCE);
        all.put(PartitionEvent.Recover.class, () -> PartitionEvent.Recover.INSTANCE);
        all.put(PartitionEvent.Opened.class, () -> new PartitionEvent.Opened(null, null));
        all.put(PartitionEvent.Closed.class, () -> new PartitionEvent.Closed(null));
        all.put(PartitionEvent.StatePersisted.class, () -> new PartitionEvent.StatePersisted(ReplicaState.BLANK, null));
        all.put(PartitionEvent.SnapshotFetched.class, () -> new PartitionEvent.SnapshotFetched(null));
        all.put(PartitionEvent.Flush.class, () -> PartitionEvent.Flush.INSTANCE);
        all.put(PartitionEvent.ForceDue.class, () -> PartitionEvent.ForceDue.INSTANCE);
        all.put(PartitionEvent.ExpireCommits.class, () -> PartitionEvent.ExpireCommits.INSTANCE);
        all.put(PartitionEvent.Compacted.class, () -> new PartitionEvent.Compacted(new CountedRun(), null));
        all.put(PartitionEvent.RestartService.class, () -> PartitionEvent.RestartService.INSTANCE);
        all.put(PartitionEvent.Drained.class, () -> PartitionEvent.Drained.INSTANCE);
        return all;
    }

    /** A compaction that has run: it must be applied or thrown away, once. */
    private static final class CountedRun implements PartitionStore.CompactionRun {
        @Override
        public void run() {}

        @Override
        public void apply() {
            ANSWERS.incrementAndGet();
        }

        @Override
        public void discard() {
            ANSWERS.incrementAndGet();
        }
    }

    private static final Set<Class<?>> ANSWERED = Set.of(
            PartitionCommand.Delete.class,
            PartitionCommand.Append.class,
            PartitionCommand.Await.class,
            PartitionCommand.DeleteRecords.class,
            PartitionCommand.DescribeProducers.class,
            PartitionCommand.DescribeReplicas.class,
            PartitionCommand.ConfirmLeads.class,
            PartitionCommand.FetchAnswered.class,
            PartitionEvent.Compacted.class);

    private static void collect(Class<?> sealed, Set<String> leaves) {
        for (Class<?> each : sealed.getPermittedSubclasses()) {
            if (each.isSealed() && each.isInterface()) {
                collect(each, leaves);
            } else {
                leaves.add(each.getSimpleName());
            }
        }
    }

    @Test
    void thereIsASampleOfEveryCommand() {
        Set<String> commands = new TreeSet<>();
        collect(PartitionCommand.class, commands);
        Set<String> sampled = new TreeSet<>();
        samples().keySet().forEach(command -> sampled.add(command.getSimpleName()));
        assertThat(sampled).isEqualTo(commands);
    }

    static Stream<Arguments> everyCommandInEveryPhase() {
        List<Arguments> all = new ArrayList<>();
        for (State state : State.values()) {
            for (Class<?> command : samples().keySet()) {
                boolean early = state == State.RECOVERING || state == State.ELECTING;
                if (!OWN_ANSWERS.contains(command) && !(early && THROUGH_HANDLE.contains(command))) {
                    all.add(Arguments.of(state, command.getSimpleName(), command));
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{1} in {0}")
    @MethodSource("everyCommandInEveryPhase")
    void isAnsweredAndHarmsNobody(Object state, String name, Class<?> command) throws Exception {
        // Given
        ActorRef<PartitionCommand> partition = inState((State) state);
        int answersBefore = ANSWERS.get();

        // When
        partition.tell(samples().get(command).get());
        if (state == State.RECOVERING) {
            rig.opening.countDown();
        } else if (state == State.ELECTING) {
            rig.storing.countDown();
        } else if (state == State.RESIGNING) {
            rig.store(number).closing.countDown();
        }

        // Then
        boolean ends = state == State.RESIGNING
                || command == PartitionCommand.Stop.class
                || command == PartitionCommand.Delete.class;
        if (!ends) {
            if (state == State.RECOVERING || state == State.ELECTING) {
                rig.awaitLead();
            }
            assertThat(rig.stopped).as("partitions that have ended").isEmpty();
            partition.tell(PartitionCommand.Stop.INSTANCE);
        }
        assertThat(PartitionRig.next(rig.stopped).partition()).isEqualTo(number);
        assertThat(rig.failures).as("partitions that have failed").isEmpty();
        int expected = ANSWERED.contains(command) ? 1 : 0;
        Awaitility.await()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .untilAsserted(() -> assertThat(ANSWERS.get() - answersBefore)
                        .as("answers to " + name)
                        .isEqualTo(expected));
    }

    private ActorRef<PartitionCommand> inState(State state) throws Exception {
        if (state == State.RECOVERING) {
            rig.opening = new CountDownLatch(1);
        } else if (state == State.ELECTING) {
            rig.storing = new CountDownLatch(1);
        }
        ActorRef<PartitionCommand> partition = rig.spawn(number);
        if (state == State.RECOVERING) {
            return partition;
        } else if (state == State.ELECTING) {
            Awaitility.await().pollInterval(Duration.ofMillis(2)).until(() -> rig.store(number) != null);
            return partition;
        }
        PartitionHandle handle = rig.awaitLead();
        if (state == State.RESIGNING) {
            rig.store(number).closing = new CountDownLatch(1);
            partition.tell(PartitionCommand.Stop.INSTANCE);
            PartitionRig.next(rig.resigned);
        } else if (state == State.FAILED) {
            rig.store(number).broken = true;
            PartitionRig.append(handle, 10).join();
            PartitionRig.next(rig.failures);
        }
        return partition;
    }
}
