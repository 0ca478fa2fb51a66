/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.replica;

import io.netty.buffer.ByteBuf;
import io.sluice.actors.replication.ReplicaFetches;
import io.sluice.actors.replication.ReplicaKey;
import io.sluice.actors.replication.ReplicaMessage;
import io.sluice.kafka.wire.WireReader;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All fetches of this broker's replicas that follow those of one other broker. They go out again by themselves after an outage; an
 * acknowledgement is a fetch, and never waits.
 *
 * <p>All but {@link #fetch}, {@link #cancel} and {@link #close} on the link's event loop.
 */
final class LeaderFetches implements LinkTraffic<FetchedPart> {
    private static final Logger LOG = LoggerFactory.getLogger(LeaderFetches.class);

    /** How soon a change of the throttle's rate acts, at the latest. */
    private static final long THROTTLE_CHECK_MS = 1_000;

    /** Before a replica that got nothing it could write asks again. */
    private static final long DAMAGED_PAUSE_MS = 1_000;

    private final ReplicaFetches.Sink sink;
    private final int partitionMaxBytes;
    private final FollowerMetrics metrics;
    private final HeldRecords held;
    private final CatchingUp catchingUp;
    private final BrokerLink<FetchedPart> link;
    private final Map<ReplicaKey, ReplicaMessage.Fetch> armed = new LinkedHashMap<>();
    private final Set<ReplicaKey> unsent = new LinkedHashSet<>();
    private final Set<ReplicaKey> cancelled = new LinkedHashSet<>();
    private boolean throttleTimer;

    /** @param throttle for replicas that are far behind, of all brokers */
    LeaderFetches(
            int broker,
            LinkContext context,
            ReplicaFetches.Sink sink,
            FollowerMetrics metrics,
            CatchUpThrottle throttle) {
        this.sink = sink;
        this.metrics = metrics;
        this.partitionMaxBytes = context.limits().partitionMaxBytes();
        this.link = new BrokerLink<>(broker, context, this);
        this.held = new HeldRecords(context.limits().heldMaxBytes(), metrics, () -> link.run(link::readAgain));
        this.catchingUp = new CatchingUp(throttle, partitionMaxBytes, metrics);
    }

    // What is wanted

    /** From any thread. */
    void fetch(ReplicaKey key, ReplicaMessage.Fetch fetch) {
        link.run(() -> want(key, fetch));
    }

    /** From any thread. */
    void cancel(ReplicaKey key) {
        link.run(() -> dontWant(key));
    }

    /** From any thread. */
    void close() {
        link.close();
    }

    private void want(ReplicaKey key, ReplicaMessage.Fetch fetch) {
        armed.put(key, fetch);
        cancelled.remove(key);
        if (catchingUp.mustWait(key, fetch)) {
            unsent.remove(key);
            waitForThrottle();
        } else {
            unsent.add(key);
        }
    }

    private void dontWant(ReplicaKey key) {
        boolean sent = armed.remove(key) != null && !unsent.remove(key) && !catchingUp.isWaiting(key);
        if (sent && link.isOpen()) {
            cancelled.add(key);
        }
        catchingUp.forget(key);
    }

    private void waitForThrottle() {
        long delayMs = catchingUp.delayMs();
        if (delayMs >= 0 && !throttleTimer) {
            throttleTimer = true;
            link.runLater(this::onThrottleTimer, Math.min(delayMs, THROTTLE_CHECK_MS));
        }
    }

    private void onThrottleTimer() {
        throttleTimer = false;
        for (ReplicaKey key = catchingUp.next(); key != null; key = catchingUp.next()) {
            unsent.add(key);
        }
        waitForThrottle();
    }

    @Override
    public boolean isAsking() {
        return !armed.isEmpty();
    }

    @Override
    public boolean hasNews() {
        return !(unsent.isEmpty() && cancelled.isEmpty());
    }

    @Override
    public ReplicaFetchRequest request(LinkRequest head) {
        List<ReplicaKey> keys = BrokerLink.take(unsent);
        List<ReplicaFetchRequest.Entry> fetches = new ArrayList<>(keys.size());
        for (ReplicaKey key : keys) {
            fetches.add(new ReplicaFetchRequest.Entry(key, armed.get(key)));
        }
        metrics.requests.increment();
        return new ReplicaFetchRequest(head, partitionMaxBytes, fetches, BrokerLink.take(cancelled));
    }

    // What comes

    @Override
    public FetchedPart read(WireReader in) {
        return FetchedPart.read(in);
    }

    @Override
    public void answered(ByteBuf frame, List<FetchedPart> parts) {
        parts.forEach(part -> handOver(frame, part));
        if (!link.isReadingStopped() && held.stopIfFull()) {
            link.stopReading();
        }
    }

    private void handOver(ByteBuf frame, FetchedPart part) {
        ReplicaMessage.Fetch fetch = armed.get(part.key());
        if (fetch == null || fetch.number() != part.answer().number()) {
            // Superseded or cancelled while the answer was on its way.
            return;
        }
        armed.remove(part.key());
        unsent.remove(part.key());
        metrics.answers.increment();
        catchingUp.brought(part.key(), fetch, part.recordsBytes());
        if (part.recordsBytes() == 0) {
            sink.answered(part.key(), link.broker(), part.answer(), null, () -> {});
            return;
        }
        metrics.bytes.increment(part.recordsBytes());
        ByteBuffer records = frame.nioBuffer(part.recordsAt(), part.recordsBytes());
        int whole = WholeBatches.bytes(records, part.answer().epoch());
        if (whole == 0) {
            onDamaged(part);
        } else {
            records.limit(records.position() + whole);
            Runnable release = held.hold(frame, part.recordsBytes());
            sink.answered(part.key(), link.broker(), part.answer(), records, release);
        }
    }

    private void onDamaged(FetchedPart part) {
        metrics.damaged.increment();
        LOG.warn(
                "{} bytes of records that can't be written: broker={} topicId={} partition={} answer={}",
                part.recordsBytes(),
                link.broker(),
                part.key().topicId(),
                part.key().partition(),
                part.answer());
        link.runLater(
                () -> {
                    if (!link.isClosed()) {
                        sink.interrupted(part.key(), link.broker());
                    }
                },
                DAMAGED_PAUSE_MS);
    }

    // What goes wrong

    @Override
    public boolean interrupted(String reason, boolean outageBegins) {
        metrics.failures.increment();
        if (outageBegins) {
            LOG.warn("fetching from broker {} is interrupted: {}", link.broker(), reason);
            sink.unreachable(link.broker());
        }
        List<ReplicaKey> sent = armed.keySet().stream()
                .filter(key -> !unsent.contains(key) && !catchingUp.isWaiting(key))
                .toList();
        unsent.addAll(sent);
        sent.forEach(key -> sink.interrupted(key, link.broker()));
        return true;
    }

    @Override
    public void goesOn() {
        metrics.reconnects.increment();
        LOG.info("fetching from broker {} goes on", link.broker());
    }

    @Override
    public void ended() {
        cancelled.clear();
    }

    @Override
    public void closed() {
        armed.clear();
        unsent.clear();
    }
}
