/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.actors.replication.RemoteLogs.Answer;
import io.sluice.actors.replication.RemoteLogs.Await;
import io.sluice.actors.replication.RemoteLogs.Question;
import io.sluice.actors.replication.RemoteLogs.Read;
import io.sluice.kafka.wire.WireReader;
import io.sluice.log.ErrorCode;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All questions of this broker's readers to one other broker. Nothing is asked again here: when the link breaks every question has failed, and who reads finds
 * out who leads by now.
 *
 * <p>Memory: {@code sluice.remote.reads.max} reads are under way, until their records are released; later ones wait for those.
 *
 * <p>All but {@link #ask} and {@link #close} on the link's event loop.
 */
final class RemoteReads implements LinkTraffic<LogReadPart.Received> {
    private static final Logger LOG = LoggerFactory.getLogger(RemoteReads.class);

    /** A question that has no answer yet. */
    private record Open(Question question, CompletableFuture<Answer> answer) {
        boolean waits() {
            return question instanceof Await;
        }

        /** Waiting, and being told where a log ends, cost the broker next to nothing; everything else costs memory here or a read there. */
        boolean isRead() {
            return !waits() && !(question instanceof Read read && read.maxBytes() == 0);
        }
    }

    private final int readsMax;
    private final RemoteReadMetrics metrics;
    private final BrokerLink<LogReadPart.Received> link;
    private final Map<Long, Open> open = new HashMap<>();
    private final Deque<Open> queued = new ArrayDeque<>();
    private final Deque<Long> unsent = new ArrayDeque<>();
    private final Deque<Long> cancelled = new ArrayDeque<>();
    private int reads;
    private long lastNumber;

    RemoteReads(int broker, LinkContext context, RemoteReadMetrics metrics) {
        this.readsMax = context.limits().readers().reads();
        this.metrics = metrics;
        this.link = new BrokerLink<>(broker, context, this);
    }

    // What is asked

    /** From any thread. */
    CompletableFuture<Answer> ask(Question question) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        if (!link.run(() -> asked(new Open(question, answer)))) {
            answer.complete(gone());
        }
        return answer;
    }

    /** From any thread. */
    void close() {
        link.close();
    }

    private static Answer gone() {
        return Answer.failed(ErrorCode.BROKER_NOT_AVAILABLE);
    }

    private void asked(Open question) {
        if (link.isClosed()) {
            question.answer().complete(gone());
        } else if (question.isRead() && reads >= readsMax) {
            queued.add(question);
            metrics.queued.incrementAndGet();
        } else {
            open(question);
        }
    }

    private void open(Open question) {
        long number = ++lastNumber;
        open.put(number, question);
        unsent.add(number);
        if (question.isRead()) {
            reads++;
        } else if (question.waits()) {
            metrics.waiting.incrementAndGet();
            CompletableFuture<Answer> unused = question.answer().whenComplete((answer, taken) -> {
                if (question.answer().isCancelled()) {
                    link.run(() -> cancel(number));
                }
            });
        }
    }

    private void cancel(long number) {
        Open question = open.remove(number);
        if (question != null) {
            metrics.waiting.decrementAndGet();
            if (!unsent.remove(number) && link.isOpen()) {
                cancelled.add(number);
            }
        }
    }

    /** A read is over: another one may begin. */
    private void readDone() {
        reads--;
        if (!queued.isEmpty() && !link.isClosed()) {
            metrics.queued.decrementAndGet();
            open(queued.poll());
        }
    }

    @Override
    public boolean isAsking() {
        return !open.isEmpty();
    }

    @Override
    public boolean hasNews() {
        return !(unsent.isEmpty() && cancelled.isEmpty());
    }

    @Override
    public LogReadRequest request(LinkRequest head) {
        List<Long> numbers = BrokerLink.take(unsent);
        List<LogReadRequest.Entry> entries = new ArrayList<>(numbers.size());
        for (Long number : numbers) {
            entries.add(new LogReadRequest.Entry(number, open.get(number).question()));
        }
        metrics.requests.increment();
        return new LogReadRequest(head, entries, BrokerLink.take(cancelled));
    }

    // What comes

    @Override
    public LogReadPart.Received read(WireReader in) {
        return LogReadPart.Received.read(in);
    }

    @Override
    public void answered(ByteBuf frame, List<LogReadPart.Received> parts) {
        parts.forEach(part -> handOver(frame, part));
    }

    private void handOver(ByteBuf frame, LogReadPart.Received part) {
        Open question = open.remove(part.number());
        if (question == null) {
            // Taken back while the answer was on its way.
            return;
        }
        if (!question.isRead()) {
            if (question.waits()) {
                metrics.waiting.decrementAndGet();
            }
            question.answer().complete(part.answer());
        } else if (part.recordsBytes() == 0) {
            question.answer().complete(part.answer());
            readDone();
        } else {
            metrics.bytes.increment(part.recordsBytes());
            frame.retain();
            Runnable release = releaseOnce(frame);
            if (!question.answer().complete(part.withRecords(frame, release))) {
                release.run();
            }
        }
    }

    /** From any thread. */
    private Runnable releaseOnce(ByteBuf frame) {
        AtomicBoolean released = new AtomicBoolean();
        return () -> {
            if (released.compareAndSet(false, true)) {
                frame.release();
                link.run(this::readDone);
            }
        };
    }

    // What goes wrong

    @Override
    public boolean interrupted(String reason, boolean outageBegins) {
        metrics.failures.increment();
        if (outageBegins) {
            LOG.warn("reading from broker {} for subscriptions is interrupted: {}", link.broker(), reason);
        }
        failAll();
        return false;
    }

    @Override
    public void goesOn() {
        LOG.info("reading from broker {} goes on", link.broker());
    }

    @Override
    public void ended() {
        cancelled.clear();
    }

    @Override
    public void closed() {
        failAll();
    }

    private void failAll() {
        unsent.clear();
        List<Open> all = new ArrayList<>(open.values());
        open.clear();
        for (Open question : all) {
            if (question.isRead()) {
                reads--;
            } else if (question.waits()) {
                metrics.waiting.decrementAndGet();
            }
        }
        all.addAll(queued);
        metrics.queued.addAndGet(-queued.size());
        queued.clear();
        all.forEach(question -> question.answer().complete(gone()));
    }
}
