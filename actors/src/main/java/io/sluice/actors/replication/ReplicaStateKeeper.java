/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/**
 * Keeps the states of all replicas of a node in one journal, with group commit: while one force is under way all that is put
 * gathers, and the next write takes it all. Reads are from memory.
 *
 * <p>Any thread may call; the journal is touched by one task at a time on the executor given.
 */
public final class ReplicaStateKeeper implements ReplicaStateStore, AutoCloseable {
    private record Waiting(ReplicaJournal.Entry entry, Stored done) {}

    private final ReplicaJournal journal;
    private final Executor executor;
    private final Map<ReplicaKey, ReplicaState> states;
    private final Object lock = new Object();
    private List<Waiting> gathered = new ArrayList<>();
    private boolean writing;
    private boolean closed;

    private ReplicaStateKeeper(ReplicaJournal journal, Executor executor) {
        this.journal = journal;
        this.executor = executor;
        this.states = new ConcurrentHashMap<>(journal.states());
    }

    /**
     * Opens the journal, or makes it.
     *
     * @param executor may wait for the disk
     */
    public static ReplicaStateKeeper open(Path file, Executor executor) throws IOException {
        return new ReplicaStateKeeper(ReplicaJournal.open(file), executor);
    }

    @Override
    public ReplicaState get(ReplicaKey key) {
        return states.getOrDefault(key, ReplicaState.BLANK);
    }

    @Override
    public void put(ReplicaKey key, ReplicaState state, Stored done) {
        gather(new Waiting(new ReplicaJournal.Entry(key, state), done));
    }

    @Override
    public void forget(UUID topicId) {
        states.keySet().removeIf(key -> key.topicId().equals(topicId));
        gather(new Waiting(ReplicaJournal.Entry.forget(topicId), failure -> {}));
    }

    /** Waits for the write that is under way. What is put afterwards fails. */
    @Override
    public void close() throws IOException {
        synchronized (lock) {
            closed = true;
            boolean interrupted = false;
            while (writing) {
                try {
                    lock.wait();
                } catch (InterruptedException stop) {
                    interrupted = true;
                }
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        journal.close();
    }

    private void gather(Waiting waiting) {
        boolean start;
        synchronized (lock) {
            if (closed) {
                start = false;
            } else {
                gathered.add(waiting);
                start = !writing;
                writing = true;
            }
            if (closed) {
                waiting.done().done(new IOException("the node stops"));
                return;
            }
        }
        if (start) {
            try {
                executor.execute(this::commit);
            } catch (RejectedExecutionException stopping) {
                stopWriting(new IOException("the node stops", stopping));
            }
        }
    }

    private void commit() {
        List<Waiting> batch = take();
        while (!batch.isEmpty()) {
            IOException failure = write(batch);
            for (Waiting waiting : batch) {
                if (failure == null && waiting.entry().key().partition() >= 0) {
                    states.put(waiting.entry().key(), waiting.entry().state());
                }
                waiting.done().done(failure);
            }
            batch = take();
        }
    }

    private List<Waiting> take() {
        synchronized (lock) {
            List<Waiting> batch = gathered;
            gathered = new ArrayList<>();
            if (batch.isEmpty()) {
                writing = false;
                lock.notifyAll();
            }
            return batch;
        }
    }

    private void stopWriting(IOException failure) {
        List<Waiting> batch;
        synchronized (lock) {
            batch = gathered;
            gathered = new ArrayList<>();
            writing = false;
            lock.notifyAll();
        }
        batch.forEach(waiting -> waiting.done().done(failure));
    }

    private IOException write(List<Waiting> batch) {
        try {
            journal.append(batch.stream().map(Waiting::entry).toList());
            return null;
        } catch (IOException failure) {
            return failure;
        }
    }
}
