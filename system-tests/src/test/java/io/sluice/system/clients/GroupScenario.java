/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What every client goes through: it produces in each codec that it has, while a group of it reads with a member joining
 * and a member leaving in the middle. Then every record, key, header, timestamp and the order are compared: what was sent
 * with what the reference consumer reads, and that with what the client's own consumers reported.
 */
final class GroupScenario {
    private static final int PARTITIONS = 3;
    private static final int RECORDS_PER_PHASE = 240;
    private static final int KEYS = 17;
    private static final int LARGE_VALUE = 100_000;
    /** Own timestamps begin so long ago: they differ from the time of the append, and retention leaves them alone. */
    private static final long AGE_MS = 3_600_000;

    private static final Duration PATIENCE = Duration.ofSeconds(40);

    private final String bootstrap;
    private final ClientDriver client;
    private final InstantSource clock;
    private final long firstTimestampMs;
    private final String topic;
    private final String group;
    private final List<SentRecord> sent = new ArrayList<>();

    GroupScenario(String bootstrap, ClientDriver client, InstantSource clock) {
        this.bootstrap = bootstrap;
        this.client = client;
        this.clock = clock;
        this.firstTimestampMs = clock.millis() - AGE_MS;
        this.topic = client.name().replaceAll("[^a-zA-Z0-9.]+", "-") + "-" + Long.toString(clock.millis(), 36);
        this.group = topic + "-group";
    }

    void run() {
        long begin = clock.millis();
        try (var reference = new Reference(bootstrap)) {
            if (client.traits().contains(Trait.CREATES_TOPICS)) {
                client.createTopic(bootstrap, topic);
            } else {
                reference.createTopic(topic, PARTITIONS);
            }
            produce(0);
            try (var first = client.consume(bootstrap, topic, group)) {
                reference.awaitMembers(group, 1, PARTITIONS, first);
                awaitAllRead(first);
                produce(1);
                RunningConsumer second = client.consume(bootstrap, topic, group);
                try (second) {
                    reference.awaitMembers(group, 2, PARTITIONS, first, second);
                    produce(2);
                    produce(3);
                    awaitAllRead(first, second);
                    first.stop();
                    reference.awaitMembers(group, 1, PARTITIONS, second);
                    produce(4);
                    awaitAllRead(first, second);
                    second.stop();
                    var stored = reference.readAll(topic, PARTITIONS, sent.size());
                    verifyStored(stored, begin, clock.millis());
                    verifyRead(stored, first, second);
                }
            }
        }
    }

    private void produce(int phase) {
        Codec codec = client.codecs().get(phase % client.codecs().size());
        int from = phase * RECORDS_PER_PHASE;
        var records = client.adapt(IntStream.range(from, from + RECORDS_PER_PHASE)
                .mapToObj(sequence -> record(sequence, codec))
                .toList());
        client.produce(bootstrap, topic, codec, records);
        sent.addAll(records);
    }

    private SentRecord record(int sequence, Codec codec) {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("codec", codec.configName());
        if (client.traits().contains(Trait.RECORD_HEADERS)) {
            headers.put("sequence", Integer.toString(sequence));
        }
        String key = "user-" + sequence % KEYS;
        String filler =
                sequence % RECORDS_PER_PHASE == 100 ? "x".repeat(LARGE_VALUE) : "sträßle ✓ ".repeat(sequence % 20);
        String value = "{\"sequence\":%d,\"filler\":\"%s\"}".formatted(sequence, filler);
        if (client.traits().contains(Trait.NULLS) && sequence % RECORDS_PER_PHASE == 50) {
            key = null;
        }
        if (client.traits().contains(Trait.NULLS) && sequence % RECORDS_PER_PHASE == 51) {
            key = "tombstone-" + sequence;
            value = null;
        }
        return new SentRecord(sequence, key, value, firstTimestampMs + sequence, Map.copyOf(headers));
    }

    private void awaitAllRead(RunningConsumer... consumers) {
        await("all read").atMost(PATIENCE).untilAsserted(() -> {
            Set<ReadRecord.Place> places = new LinkedHashSet<>();
            StringBuilder said = new StringBuilder();
            for (RunningConsumer consumer : consumers) {
                consumer.records().forEach(r -> places.add(r.place()));
                said.append(consumer.said()).append('\n');
            }
            assertThat(places.size()).as("records read by the group; %s", said).isGreaterThanOrEqualTo(sent.size());
        });
    }

    /** What is in the topic is what was sent: each once, in the order of each key, at gapless offsets. */
    private void verifyStored(List<ReadRecord> stored, long beginMs, long endMs) {
        Map<String, SentRecord> byIdentity =
                sent.stream().collect(Collectors.toMap(r -> identity(r.key(), r.value()), Function.identity()));
        assertThat(stored.stream().map(r -> identity(r.key(), r.value())))
                .as("stored records, each exactly once")
                .containsExactlyInAnyOrderElementsOf(byIdentity.keySet());
        Map<Integer, Long> nextOffset = new HashMap<>();
        Map<String, Integer> lastOfKey = new HashMap<>();
        for (ReadRecord r : stored) {
            SentRecord original = byIdentity.get(identity(r.key(), r.value()));
            assertThat(r.offset()).as("offset of %s", r).isEqualTo(nextOffset.getOrDefault(r.partition(), 0L));
            nextOffset.put(r.partition(), r.offset() + 1);
            if (original.key() != null) {
                Integer before = lastOfKey.put(original.key(), original.sequence());
                assertThat(before == null ? -1 : before)
                        .as("order of key %s", original.key())
                        .isLessThan(original.sequence());
            }
            if (!original.headers().isEmpty()) {
                assertThat(r.headers()).as("headers of %s", original).isEqualTo(original.headers());
            }
            if (client.traits().contains(Trait.OWN_TIMESTAMP)) {
                assertThat(r.timestampMs()).as("timestamp of %s", original).isEqualTo(original.timestampMs());
            } else {
                assertThat(r.timestampMs()).as("timestamp of %s", original).isBetween(beginMs, endMs);
            }
        }
        assertThat(nextOffset).as("every partition was used").hasSize(PARTITIONS);
    }

    /** The two members together reported everything that is stored, unchanged and in order, and both had a share. */
    private void verifyRead(List<ReadRecord> stored, RunningConsumer first, RunningConsumer second) {
        Map<ReadRecord.Place, ReadRecord> byPlace =
                stored.stream().collect(Collectors.toMap(ReadRecord::place, Function.identity()));
        Map<ReadRecord.Place, Integer> times = new HashMap<>();
        for (RunningConsumer consumer : List.of(first, second)) {
            assertThat(consumer.records()).as(consumer.said()).isNotEmpty();
            Map<Integer, Long> last = new HashMap<>();
            Set<ReadRecord.Place> seen = new LinkedHashSet<>();
            for (ReadRecord r : consumer.records()) {
                times.merge(r.place(), 1, Integer::sum);
                verifySame(r, byPlace.get(r.place()));
                if (seen.add(r.place())) { // what comes again after a rebalance is no disorder
                    Long before = last.put(r.partition(), r.offset());
                    assertThat(before == null ? -1 : before)
                            .as("order at %s", r)
                            .isLessThan(r.offset());
                }
            }
        }
        assertThat(times.keySet()).as("places read").isEqualTo(byPlace.keySet());
        var again = times.entrySet().stream().filter(e -> e.getValue() > 1).toList();
        if (client.traits().contains(Trait.READS_ONCE)) {
            assertThat(again).as("read more than once").isEmpty();
        }
    }

    private void verifySame(ReadRecord read, ReadRecord stored) {
        assertThat(stored).as("%s exists", read).isNotNull();
        assertThat(read.key()).as("key of %s", stored).isEqualTo(stored.key());
        assertThat(read.value()).as("value of %s", stored).isEqualTo(stored.value());
        if (read.timestampMs() != null) {
            assertThat(read.timestampMs()).as("timestamp of %s", stored).isEqualTo(stored.timestampMs());
        }
        if (read.headers() != null) {
            assertThat(read.headers()).as("headers of %s", stored).isEqualTo(stored.headers());
        }
    }

    private static String identity(String key, String value) {
        return value == null ? "tombstone of " + key : value;
    }
}
