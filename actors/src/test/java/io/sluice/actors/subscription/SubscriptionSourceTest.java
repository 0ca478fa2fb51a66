/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import static io.sluice.actors.subscription.LogRig.EARLIEST;
import static io.sluice.actors.subscription.LogRig.all;
import static io.sluice.actors.subscription.LogRig.bytes;
import static io.sluice.actors.subscription.LogRig.only;
import static io.sluice.actors.subscription.LogRig.positions;
import static io.sluice.actors.subscription.LogRig.upTo;
import static io.sluice.actors.subscription.LogRig.with;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.actors.Limits;
import io.sluice.actors.subscription.SubscriptionEvent.Gap;
import io.sluice.actors.subscription.SubscriptionEvent.GapReason;
import io.sluice.actors.subscription.SubscriptionEvent.Progress;
import io.sluice.actors.subscription.SubscriptionEvent.Records;
import io.sluice.actors.subscription.SubscriptionException.Code;
import io.sluice.log.batch.BatchBuilder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Subscriptions over real partitions and logs. */
class SubscriptionSourceTest {
    @RegisterExtension
    final LogRigs rigs = new LogRigs();

    private LogRig rig;

    @Test
    void deliversWhatIsThereAndWhatComes() throws Exception {
        // Given
        rig = rigs.open(1);
        rig.append(0, "a", "b");
        rig.append(0, "c");
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        List<String> backlog = subscriber.values(3);
        assertThat(subscriber.isQuiet(50)).isTrue();

        // When
        rig.append(0, "d");

        // Then
        assertThat(backlog).containsExactly("a", "b", "c");
        assertThat(subscriber.values(1)).containsExactly("d");
        assertThat(subscriber.control.positions()).isEqualTo(positions(4));
        assertThat(subscriber.started()).isEqualTo(positions(0));
    }

    @Test
    void beginsWhereItIsTold() throws Exception {
        // Given
        rig = rigs.open(2);
        rig.append(0, BatchBuilder.create().add(1_000, null, bytes("a")));
        rig.append(0, BatchBuilder.create().add(2_000, null, bytes("b")).add(3_000, null, bytes("c")));
        rig.append(1, BatchBuilder.create().add(2_500, null, bytes("d")));

        // When
        Subscriber earliest = rig.subscribe(all(EARLIEST));
        Subscriber latest = rig.subscribe(all(StartPosition.latest()));
        Subscriber time = rig.subscribe(all(new StartPosition.Timestamp(2_600)));
        Subscriber offsets =
                rig.subscribe(all(new StartPosition.Offsets(Positions.of(LogRig.TOPIC, 0, 2), StartPosition.latest())));

        // Then
        assertThat(earliest.started()).isEqualTo(positions(0, 0));
        assertThat(latest.started()).isEqualTo(positions(3, 1));
        assertThat(time.started()).isEqualTo(positions(2, 1));
        assertThat(offsets.started()).isEqualTo(positions(2, 1));
        assertThat(earliest.values(4)).containsExactlyInAnyOrder("a", "b", "c", "d");
        assertThat(time.values(1)).containsExactly("c");
        assertThat(offsets.values(1)).containsExactly("c");
        assertThat(latest.isQuiet(50)).isTrue();
    }

    @Test
    void manyBatchesOfManyPartitionsComeOnceAndInOrder() throws Exception {
        // Given
        rig = rigs.open(4, LogRig.settings(4_096, 10, Duration.ofSeconds(1)), Limits.DEFAULTS);
        int batches = 300;
        CompletableFuture<Void> producer = CompletableFuture.runAsync(() -> {
            for (int i = 0; i < batches; i++) {
                for (int p = 0; p < 4; p++) {
                    rig.append(p, p + "-" + (2 * i), p + "-" + (2 * i + 1));
                }
            }
        });

        // When
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        List<String> values = subscriber.values(4 * 2 * batches);

        // Then
        producer.get(10, TimeUnit.SECONDS);
        for (int p = 0; p < 4; p++) {
            String prefix = p + "-";
            assertThat(values.stream().filter(value -> value.startsWith(prefix)))
                    .containsExactlyElementsOf(IntStream.range(0, 2 * batches)
                            .mapToObj(i -> prefix + i)
                            .toList());
        }
        assertThat(rig.meters.records.sum()).isEqualTo(values.size());
    }

    @Test
    void aSubscriptionThatGoesOnAtThePositionsOfAnotherMissesNothing() throws Exception {
        // Given one that has read some of it, a few records at a time
        rig = rigs.open(1, LogRig.settings(4_096, 10, Duration.ofSeconds(1)), Limits.DEFAULTS);
        upTo(50).forEach(value -> rig.append(0, value));
        Subscriber first = rig.subscribe(all(EARLIEST));
        List<String> values = new ArrayList<>(first.values(20));
        int taken = values.size();
        assertThat(taken).isLessThan(30);
        first.cancel();

        // When
        Subscriber second = rig.subscribe(all(new StartPosition.Offsets(positions(taken), EARLIEST)));
        values.addAll(second.values(50 - taken));

        // Then
        assertThat(values).containsExactlyElementsOf(upTo(50));
    }

    @Test
    void offsetsThatDoNotMatchAreToldAsProgress() throws Exception {
        // Given
        rig = rigs.open(1);
        rig.append(0, "a", "b", "c");
        RecordFilter onlyB =
                (topic, partition, record) -> Subscriber.value(record).equals("b");

        // When
        Subscriber subscriber = rig.subscribe(with(SlowReaderPolicy.PAUSE, onlyB, EARLIEST));
        SubscriptionEvent first = subscriber.next();
        rig.append(0, "x", "y");
        SubscriptionEvent second = subscriber.next();

        // Then
        assertThat(first).isInstanceOfSatisfying(Records.class, records -> {
            assertThat(records.records()).extracting(Subscriber::value).containsExactly("b");
            assertThat(records.nextOffset()).isEqualTo(3);
        });
        assertThat(second).isEqualTo(new Progress(LogRig.TOPIC, 0, 5));
    }

    @Test
    void controlRecordsAreNotDelivered() throws Exception {
        // Given
        rig = rigs.open(1);
        rig.append(0, "a");
        BatchBuilder marker = BatchBuilder.create()
                .producer(5, (short) 0, -1)
                .control()
                .transactional()
                .add(1_000, new byte[] {0, 0, 0, 1}, new byte[] {0, 0, 0, 0, 0, 0});
        LogRig.appendAsCoordinator(rig.handle(0), marker);
        rig.append(0, "b");

        // When
        Subscriber subscriber = rig.subscribe(all(EARLIEST));

        // Then
        assertThat(subscriber.values(2)).containsExactly("a", "b");
        assertThat(subscriber.control.positions()).isEqualTo(positions(3));
    }

    @Test
    void deletedRecordsAreAGap() throws Exception {
        // Given
        rig = rigs.open(1);
        upTo(10).forEach(value -> rig.append(0, value));
        rig.deleteRecords(0, 6);

        // When
        Subscriber subscriber = rig.subscribe(all(new StartPosition.Offsets(positions(2), EARLIEST)));

        // Then
        assertThat(subscriber.next()).isEqualTo(new Gap(LogRig.TOPIC, 0, 2, 6, GapReason.DELETED));
        assertThat(subscriber.values(4)).containsExactly("v6", "v7", "v8", "v9");
    }

    @Test
    void itsControlSeeksPausesAndStops() throws Exception {
        // Given
        rig = rigs.open(2);
        upTo(5).forEach(value -> rig.append(0, value));
        Subscriber subscriber = rig.subscribe(all(EARLIEST));
        assertThat(subscriber.values(5)).endsWith("v4");

        // When, Then: seek
        assertThat(subscriber.isQuiet(20)).isTrue();
        subscriber.control.seek(positions(3, 0));
        assertThat(subscriber.values(2)).containsExactly("v3", "v4");

        // pause and resume
        subscriber.control.pause(Set.of(new PartitionName(LogRig.TOPIC, 0)));
        rig.append(0, "v5");
        rig.append(1, "w0");
        assertThat(subscriber.values(1)).containsExactly("w0");
        assertThat(subscriber.isQuiet(50)).isTrue();
        subscriber.control.resume();
        assertThat(subscriber.values(1)).containsExactly("v5");

        // stop
        subscriber.control.stop();
        assertThat(subscriber.completes()).isTrue();
        assertThat(subscriber.control.positions()).isEqualTo(positions(6, 1));
    }

    @Test
    void wrongRequestsAreRefusedInOneLine() throws Exception {
        // Given
        rig = rigs.open(2);
        Map<SubscriptionRequest, String> requests = Map.of(
                SubscriptionRequest.of(EARLIEST, "nope"),
                "there is no topic 'nope'",
                SubscriptionRequest.of(EARLIEST),
                "no topic is named",
                SubscriptionRequest.of(EARLIEST, "orders", "orders"),
                "topic 'orders' is named twice",
                only(2),
                "topic 'orders' has no partition 2, it has 2",
                all(new StartPosition.Offsets(positions(7), EARLIEST)),
                "offset 7 of orders-0 is beyond the end of its log, 0");

        // When, Then
        for (Map.Entry<SubscriptionRequest, String> request : requests.entrySet()) {
            Subscriber subscriber = rig.subscribe(request.getKey());
            assertThat(subscriber.failure()).hasMessage(request.getValue());
        }
        Awaitility.await().until(() -> rig.meters.active.get() == 0);
    }

    @Test
    void aDamagedBatchFailsItsSubscriptionAndNoOther() throws Exception {
        // Given
        rig = rigs.open(2);
        rig.append(0, "a".repeat(100));
        rig.append(0, "b".repeat(100));
        rig.append(1, "fine");
        Path log = rig.folder(0).resolve("00000000000000000000.log");
        byte[] content = Files.readAllBytes(log);
        content[content.length - 5] ^= 1;
        Files.write(log, content, StandardOpenOption.WRITE);
        Subscriber other = rig.subscribe(only(1));

        // When
        SubscriptionException damaged = rig.subscribe(all(EARLIEST)).failure();

        // Then
        assertThat(damaged.code()).isEqualTo(Code.CORRUPT_BATCH);
        assertThat(damaged).hasMessage("orders-0 can't be read at offset 1: batch at offset 1: CRC is wrong");
        assertThat(other.values(1)).containsExactly("fine");
    }
}
