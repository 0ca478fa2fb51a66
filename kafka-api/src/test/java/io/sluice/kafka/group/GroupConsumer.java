/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.group;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.WakeupException;
import org.apache.kafka.common.serialization.StringDeserializer;

/** A Kafka consumer on a thread of its own: remembers what it was assigned and what it read. */
final class GroupConsumer implements AutoCloseable {
    final Set<String> values = new ConcurrentSkipListSet<>();
    final AtomicInteger records = new AtomicInteger();
    final AtomicInteger assignments = new AtomicInteger();
    final AtomicInteger revocations = new AtomicInteger();
    private final AtomicReference<Set<Integer>> assigned = new AtomicReference<>(Set.of());
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final CountDownLatch ended = new CountDownLatch(1);
    private final KafkaConsumer<String, String> consumer;
    private volatile boolean running = true;
    private volatile boolean leaves = true;
    /** Held while it works on what it has read, and does not poll. */
    private final Semaphore polling = new Semaphore(1, true);

    GroupConsumer(String bootstrap, String group, Map<String, String> config, List<String> topics) {
        Map<String, Object> all = new HashMap<>(Map.of(
                "bootstrap.servers", bootstrap,
                "group.id", group,
                "auto.offset.reset", "earliest",
                "session.timeout.ms", "6000",
                "heartbeat.interval.ms", "200",
                "auto.commit.interval.ms", "100"));
        all.putAll(config);
        consumer = new KafkaConsumer<>(all, new StringDeserializer(), new StringDeserializer());
        Thread thread = new Thread(() -> run(topics), "consumer of " + group);
        thread.setDaemon(true);
        thread.start();
    }

    private void run(List<String> topics) {
        try {
            consumer.subscribe(topics, new Listener());
            while (running) {
                polling.acquireUninterruptibly();
                try {
                    consumer.poll(Duration.ofMillis(100)).forEach(each -> {
                        values.add(each.value());
                        records.incrementAndGet();
                    });
                } finally {
                    polling.release();
                }
            }
        } catch (WakeupException stop) {
            // closing
        } catch (RuntimeException e) {
            failure.set(e);
        } finally {
            consumer.close(CloseOptions.timeout(Duration.ofSeconds(10))
                    .withGroupMembershipOperation(
                            leaves
                                    ? CloseOptions.GroupMembershipOperation.DEFAULT
                                    : CloseOptions.GroupMembershipOperation.REMAIN_IN_GROUP));
            ended.countDown();
        }
    }

    private final class Listener implements ConsumerRebalanceListener {
        @Override
        public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
            revocations.incrementAndGet();
            note(partitions, false);
        }

        @Override
        public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
            note(partitions, true);
            assignments.incrementAndGet();
        }

        private void note(Collection<TopicPartition> partitions, boolean added) {
            Set<Integer> now = new TreeSet<>(assigned.get());
            for (TopicPartition partition : partitions) {
                if (added) {
                    now.add(partition.partition());
                } else {
                    now.remove(partition.partition());
                }
            }
            assigned.set(now);
        }
    }

    /** Numbers of the partitions that it has now. */
    Set<Integer> assigned() {
        if (failure.get() != null) {
            throw new AssertionError("the consumer failed", failure.get());
        }
        return assigned.get();
    }

    /** From now on it works on what it has read, and does not poll. */
    void stall() {
        polling.acquireUninterruptibly();
    }

    /** It polls again after {@link #stall}. */
    void goOn() {
        polling.release();
    }

    /** Gone without a word: no LeaveGroup. */
    void vanish() {
        leaves = false;
        close();
    }

    @Override
    public void close() {
        running = false;
        consumer.wakeup();
        try {
            ended.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
