/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import akka.stream.javadsl.Source;
import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionControl;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionException;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.actors.subscription.Subscriptions;
import io.sluice.http.socket.frame.Frames;
import io.sluice.log.batch.Record;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** Topics "orders" and "returns" of some partitions with so many records each; the value says where it is. After the last record nothing comes. */
final class FakeLog implements Subscriptions {
    private static final Set<String> TOPICS = Set.of("orders", "returns");

    final AtomicLong pulled = new AtomicLong();
    final AtomicInteger running = new AtomicInteger();
    private final int partitions;
    private final long recordsPerPartition;
    private final int batch;

    FakeLog(int partitions, long recordsPerPartition, int batch) {
        this.partitions = partitions;
        this.recordsPerPartition = recordsPerPartition;
        this.batch = batch;
    }

    static String value(String topic, int partition, long offset) {
        return topic + "-" + partition + "@" + offset;
    }

    @Override
    public Source<SubscriptionEvent, SubscriptionControl> subscribe(SubscriptionRequest request) {
        String topic = request.topics().get(0).topic();
        if (!TOPICS.contains(topic)) {
            return failed(SubscriptionException.Code.UNKNOWN_TOPIC, "topic '" + topic + "' does not exist");
        }
        Map<PartitionName, Long> starts = new HashMap<>();
        for (int p = 0; p < partitions; p++) {
            starts.put(new PartitionName(topic, p), start(request.from(), topic, p));
        }
        return Source.fromIterator(() -> new Events(topic, starts, request))
                .concat(Source.maybe())
                .watchTermination((none, done) -> {
                    running.incrementAndGet();
                    done.whenComplete((end, failure) -> running.decrementAndGet());
                    return new Control(CompletableFuture.completedFuture(Positions.of(starts)));
                });
    }

    /** A subscription that can't begin. */
    static Source<SubscriptionEvent, SubscriptionControl> failed(SubscriptionException.Code code, String why) {
        SubscriptionException failure = new SubscriptionException(code, why);
        return Source.<SubscriptionEvent>failed(failure)
                .mapMaterializedValue(none -> new Control(CompletableFuture.failedFuture(failure)));
    }

    private long start(StartPosition from, String topic, int partition) {
        if (from instanceof StartPosition.Offsets offsets) {
            return offsets.positions().offset(topic, partition).orElse(0);
        }
        return from == StartPosition.latest() ? recordsPerPartition : 0;
    }

    private record Control(CompletionStage<Positions> started) implements SubscriptionControl {
        @Override
        public void seek(Positions to) {}

        @Override
        public void pause(Set<PartitionName> names) {}

        @Override
        public void pause() {}

        @Override
        public void resume(Set<PartitionName> names) {}

        @Override
        public void resume() {}

        @Override
        public void stop() {}

        @Override
        public Positions positions() {
            return Positions.EMPTY;
        }
    }

    private final class Events implements Iterator<SubscriptionEvent> {
        private final String topic;
        private final SubscriptionRequest request;
        private final long[] at = new long[partitions];
        private int turn;

        Events(String topic, Map<PartitionName, Long> starts, SubscriptionRequest request) {
            this.topic = topic;
            this.request = request;
            starts.forEach((partition, offset) -> at[partition.partition()] = offset);
        }

        @Override
        public boolean hasNext() {
            for (long offset : at) {
                if (offset < recordsPerPartition) {
                    return true;
                }
            }
            return false;
        }

        @Override
        public SubscriptionEvent next() {
            do {
                turn = (turn + 1) % partitions;
            } while (at[turn] >= recordsPerPartition);
            long from = at[turn];
            long next = Math.min(recordsPerPartition, from + batch);
            at[turn] = next;
            List<Record> records = new ArrayList<>();
            for (long offset = from; offset < next; offset++) {
                Record record = Frames.record(offset, "k" + offset % 10, value(topic, turn, offset));
                if (request.filter().matches(topic, turn, record)) {
                    records.add(record);
                }
            }
            pulled.addAndGet(records.size());
            if (records.isEmpty()) {
                return new SubscriptionEvent.Progress(topic, turn, next);
            }
            return records.size() == next - from
                    ? new SubscriptionEvent.Records(
                            topic, turn, records, next, new DecodedBatch(from, next, records, 100))
                    : new SubscriptionEvent.Records(topic, turn, records, next);
        }
    }
}
