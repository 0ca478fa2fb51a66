/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.partition.PartitionHandle;
import io.sluice.actors.partition.TopicPartition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * What subscribers of one partition share: a read that is under way serves all who want the same, and the batches that were decoded last are kept, as
 * long as the partition has more than one subscriber here. The oldest go when all of them take more than a limit. And they are woken together: {@link Wakeups}.
 *
 * <p>Thread-safe: one lock, held for look-ups only.
 */
final class SharedBatches {
    /** A partition in one epoch of its leader: where records could be lost, offsets may be written anew in a later one. */
    private record Key(TopicPartition partition, int leaderEpoch) {}

    /** Reads that may serve each other. */
    private record Flight(long offset, Isolation isolation) {}

    /** The subscribers of one partition. */
    final class Readers {
        private final Key key;
        private final NavigableMap<Long, Kept> kept = new TreeMap<>();
        private final Map<Flight, CompletableFuture<PartitionRead>> flights = new HashMap<>();
        private final List<Together> together = new ArrayList<>(1);
        private int count;

        private Readers(Key key) {
            this.key = key;
        }

        /** Batches that are kept, one behind the other from {@code offset} on and not beyond {@code end}; none if the first is not kept. */
        List<DecodedBatch> find(long offset, long end, int maxBytes) {
            List<DecodedBatch> found = new ArrayList<>();
            synchronized (lock) {
                long at = offset;
                long bytes = 0;
                while (at < end) {
                    Map.Entry<Long, Kept> entry = kept.floorEntry(at);
                    DecodedBatch batch = entry == null ? null : entry.getValue().batch;
                    if (batch == null || batch.nextOffset() <= at || batch.nextOffset() > end) {
                        break;
                    }
                    bytes += batch.sizeInBytes();
                    if (!found.isEmpty() && bytes > maxBytes) {
                        break;
                    }
                    found.add(batch);
                    at = batch.nextOffset();
                }
            }
            if (!found.isEmpty()) {
                meters.sharedHits.increment();
            }
            return found;
        }

        /** Joins a read that is under way, or begins one. */
        CompletionStage<PartitionRead> read(
                long offset, Isolation isolation, Supplier<CompletionStage<PartitionRead>> begin) {
            Flight flight = new Flight(offset, isolation);
            CompletableFuture<PartitionRead> mine = new CompletableFuture<>();
            synchronized (lock) {
                CompletableFuture<PartitionRead> other = flights.putIfAbsent(flight, mine);
                if (other != null) {
                    meters.sharedHits.increment();
                    return other;
                }
            }
            meters.sharedMisses.increment();
            begin.get().whenComplete((read, failure) -> landed(flight, mine, read, failure));
            return mine;
        }

        private void landed(
                Flight flight, CompletableFuture<PartitionRead> waiting, PartitionRead read, Throwable failure) {
            PartitionRead shared = read;
            synchronized (lock) {
                flights.remove(flight);
                if (failure == null && count > 1 && read instanceof PartitionRead.Batches batches) {
                    shared = keep(batches);
                }
            }
            if (failure == null) {
                waiting.complete(shared);
            } else {
                waiting.completeExceptionally(failure);
            }
        }

        /** One object a batch: what was kept already stays. */
        private PartitionRead.Batches keep(PartitionRead.Batches read) {
            List<DecodedBatch> batches = new ArrayList<>(read.batches().size());
            for (DecodedBatch batch : read.batches()) {
                Kept before = kept.get(batch.fromOffset());
                if (before != null && before.batch.nextOffset() == batch.nextOffset()) {
                    batches.add(before.batch);
                } else {
                    batches.add(batch);
                    add(batch);
                }
            }
            makeRoom();
            return new PartitionRead.Batches(batches, read.endReached());
        }

        private void add(DecodedBatch batch) {
            Kept added = new Kept(this, batch);
            Kept before = kept.put(batch.fromOffset(), added);
            if (before != null) {
                forget(before);
            }
            oldest.addLast(added);
            grow(added, batch.sizeInBytes());
            batch.onGrowth(added);
        }

        /** Who is woken together: those who read the same replica in the same isolation. */
        Wakeups wakeups(PartitionHandle handle, Isolation isolation, Supplier<Wakeups.Replica> replica) {
            synchronized (lock) {
                for (Together known : together) {
                    if (known.handle == handle && known.isolation == isolation) {
                        return known.wakeups;
                    }
                }
                // Those of a replica that is closed are kept by their waiters as long as there are any.
                together.removeIf(known -> known.handle.isClosed());
                Wakeups made = new Wakeups(key.partition(), replica.get(), timing);
                together.add(new Together(handle, isolation, made));
                return made;
            }
        }

        /** A subscriber leaves. Exactly once each. */
        void leave() {
            List<Together> over = List.of();
            synchronized (lock) {
                count--;
                if (count == 0) {
                    readers.remove(key);
                    over = List.copyOf(together);
                }
                if (count <= 1) {
                    kept.values().forEach(SharedBatches.this::forget);
                    kept.clear();
                    oldest.removeIf(batch -> batch.gone);
                }
            }
            over.forEach(known -> known.wakeups().end());
        }
    }

    private record Together(PartitionHandle handle, Isolation isolation, Wakeups wakeups) {}

    /** A batch in the cache. */
    private final class Kept implements DecodedBatch.Growth {
        final Readers readers;
        final DecodedBatch batch;
        long bytes;
        boolean gone;

        Kept(Readers readers, DecodedBatch batch) {
            this.readers = readers;
            this.batch = batch;
        }

        @Override
        public void grown(DecodedBatch grown, int more) {
            synchronized (lock) {
                if (!gone) {
                    grow(this, more);
                    makeRoom();
                }
            }
        }
    }

    private final Object lock = new Object();
    private final long maxBytes;
    private final Wakeups.Timing timing;
    private final SubscriptionMeters meters;
    private final Map<Key, Readers> readers = new HashMap<>();
    private final Deque<Kept> oldest = new ArrayDeque<>();
    private long bytes;

    SharedBatches(long maxBytes, Wakeups.Timing timing, SubscriptionMeters meters) {
        this.maxBytes = maxBytes;
        this.timing = timing;
        this.meters = meters;
    }

    /** One subscriber more; {@link Readers#leave} ends that. */
    Readers join(TopicPartition partition, int leaderEpoch) {
        synchronized (lock) {
            Readers joined = readers.computeIfAbsent(new Key(partition, leaderEpoch), Readers::new);
            joined.count++;
            return joined;
        }
    }

    private void grow(Kept batch, int more) {
        batch.bytes += more;
        bytes += more;
        meters.sharedBytes.addAndGet(more);
    }

    private void makeRoom() {
        while (bytes > maxBytes && !oldest.isEmpty()) {
            Kept batch = oldest.pollFirst();
            if (!batch.gone) {
                batch.readers.kept.remove(batch.batch.fromOffset());
                forget(batch);
                meters.sharedEvictions.increment();
            }
        }
    }

    /** It is out of its partition's map; from the queue it goes later. */
    private void forget(Kept batch) {
        batch.gone = true;
        batch.batch.onGrowth(null);
        bytes -= batch.bytes;
        meters.sharedBytes.addAndGet(-batch.bytes);
    }
}
