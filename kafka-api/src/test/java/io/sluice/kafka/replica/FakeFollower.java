/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.log.batch.BatchHeader;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** The followers' side: collects what comes, and where the test says so fetches on as a follower does. */
final class FakeFollower implements ReplicaFetches.Sink {
    /** What was told. */
    record Told(ReplicaKey key, int from, ReplicaMessage.Answer answer, int recordsBytes, Runnable release) {}

    final BlockingQueue<Told> told = new LinkedBlockingQueue<>();
    final BlockingQueue<ReplicaKey> interrupted = new LinkedBlockingQueue<>();
    final AtomicInteger unreachable = new AtomicInteger();

    /** Releases are left to the test. */
    volatile boolean holds;

    /** Goes on at what follows, with the next number. */
    volatile boolean follows;

    /** Whose fetches do not acknowledge yet. */
    final Set<ReplicaKey> catchesUp = ConcurrentHashMap.newKeySet();

    private final Map<ReplicaKey, ByteArrayOutputStream> copies = new ConcurrentHashMap<>();
    private final AtomicLong lastNumber = new AtomicLong(1_000);
    private ReplicaFetches fetches;

    void use(ReplicaFetches transport) {
        fetches = transport;
    }

    ReplicaMessage.Fetch fetch(ReplicaKey key, int leader, long offset) {
        ReplicaMessage.Fetch fetch = new ReplicaMessage.Fetch(
                FakeReplicas.EPOCH,
                1,
                lastNumber.incrementAndGet(),
                ReplicaMessage.Fetch.LEADER,
                offset,
                FakeReplicas.EPOCH,
                !catchesUp.contains(key),
                false,
                0);
        fetches.fetch(leader, key, fetch);
        return fetch;
    }

    /** All records that have come. */
    byte[] copy(ReplicaKey key) {
        ByteArrayOutputStream copy = copies.get(key);
        return copy == null ? new byte[0] : copy.toByteArray();
    }

    @Override
    public void answered(ReplicaKey key, int from, ReplicaMessage.Answer answer, ByteBuffer records, Runnable release) {
        int bytes = records == null ? 0 : records.remaining();
        long next = records == null ? -1 : keep(key, records);
        if (!holds) {
            release.run();
        }
        told.add(new Told(key, from, answer, bytes, release));
        if (follows && next >= 0) {
            fetch(key, from, next);
        }
    }

    private long keep(ReplicaKey key, ByteBuffer records) {
        long next = -1;
        for (int at = records.position(); at < records.limit(); at += (int) BatchHeader.sizeInBytes(records, at)) {
            next = BatchHeader.lastOffset(records, at) + 1;
        }
        byte[] bytes = new byte[records.remaining()];
        records.duplicate().get(bytes);
        copies.computeIfAbsent(key, any -> new ByteArrayOutputStream()).writeBytes(bytes);
        return next;
    }

    @Override
    public void interrupted(ReplicaKey key, int broker) {
        interrupted.add(key);
    }

    @Override
    public void unreachable(int broker) {
        unreachable.incrementAndGet();
    }
}
