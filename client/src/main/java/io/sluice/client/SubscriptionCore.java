/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A subscription without clock and network: demand, credits, positions, and what to do when the connection is lost.
 *
 * <pre>
 *   start            onOpened             onFrame(subscribed)
 *  ------> CONNECTING --------> SUBSCRIBING ----------------> RUNNING
 *            ^   |                   |                           |
 *  onRetryDue|   | onLost            | onLost, bye,              | the same
 *            |   v                   v retriable error           v
 *            WAITING <------------------------------------------+
 *
 *  any -- onCancel, limit reached, fatal error, no retry left --> OVER
 * </pre>
 *
 * <p><b>Credit is demand.</b> What is granted to the node and not yet used is never more than what the subscriber has requested and not yet got, so that
 * every record that arrives may be delivered at once: nothing is fetched in advance, nothing is kept. Besides, it is bounded by a window of records and
 * bytes, and given back in halves of it, or a subscriber that requests one record after each would cost a frame for each.
 *
 * <p><b>Positions</b> move with what was delivered, so that a new connection begins at exactly the next record; credit that was granted to the old one is
 * gone with it. Not thread-safe.
 */
final class SubscriptionCore implements ConnectionEvents {
    /** The only subscription of its socket. */
    static final String ID = "s";

    /** What a node may do better next time, or another node now. */
    private static final Set<String> RETRIABLE = Set.of(
            "LEADER_NOT_AVAILABLE",
            "NOT_SERVED_HERE",
            "COORDINATOR_NOT_AVAILABLE",
            "READ_FAILED",
            "TOO_MANY_SUBSCRIPTIONS",
            "INTERNAL_ERROR",
            "ENDED");

    /**
     * How much may be on its way.
     *
     * @param records granted at most
     * @param bytes granted at most; the last record may be over it
     */
    record Window(long records, long bytes) {
        Window {
            if (records < 1 || bytes < 1) {
                throw new IllegalArgumentException("a window of " + records + " records and " + bytes + " bytes");
            }
        }
    }

    private enum State {
        CONNECTING,
        SUBSCRIBING,
        RUNNING,
        WAITING,
        OVER
    }

    private final Subscribe what;
    private final Window window;
    private final ConnectionPlan plan;
    private final SubscriptionOutput out;
    private final SortedMap<TopicPartition, Long> positions = new TreeMap<>();

    private State state = State.WAITING;

    /** Of a group: what it may commit. */
    private final SortedMap<TopicPartition, Long> delivered = new TreeMap<>();

    private boolean began;
    private long demand;
    private long remaining;
    private long grantedRecords;
    private long grantedBytes;

    SubscriptionCore(Subscribe what, Window window, ConnectionPlan plan, SubscriptionOutput out) {
        this.what = what;
        this.window = window;
        this.plan = plan;
        this.out = out;
        this.remaining = what.limit();
    }

    /** The subscriber is there. */
    void start() {
        if (remaining == 0) {
            complete();
        } else {
            connect();
        }
    }

    private void connect() {
        state = State.CONNECTING;
        out.connect(plan.current());
    }

    boolean isOver() {
        return state == State.OVER;
    }

    /** Behind the last record that was delivered. */
    Positions positions() {
        return Positions.of(positions);
    }

    // --- the subscriber

    /** @param n at least 1 */
    void onRequest(long n) {
        demand = demand + n < 0 ? Long.MAX_VALUE : demand + n;
        grant();
    }

    /** Not by the rules: the subscription ends with it. */
    void onBadRequest(long n) {
        fail(new IllegalArgumentException(
                "request(" + n + "): the number must be positive (Reactive Streams, rule 3.9)"));
    }

    void onCancel() {
        if (state != State.OVER) {
            over();
        }
    }

    /** Of a group: what was processed. Without a connection it comes again, to whom the partition belongs then. */
    void onCommit(Positions processed) {
        if (!isGroup() || state == State.OVER) {
            return;
        }
        if (state == State.RUNNING) {
            out.send(new ClientFrame.Commit(ID, processed));
        } else {
            out.listener()
                    .onWarning(new SluiceException(
                            SluiceException.CONNECTION_LOST,
                            "not committed, for there is no connection: " + processed,
                            positions()));
        }
    }

    /**
     * Of a group that commits by itself: what was delivered since the last time was processed. A frame for each partition: that one has passed to another
     * member, so that it is refused, is no reason not to commit the others.
     */
    void onCommitDue() {
        if (what.commitsByItself() && state == State.RUNNING) {
            delivered.forEach(
                    (partition, next) -> onCommit(Positions.NONE.with(partition.topic(), partition.partition(), next)));
            delivered.clear();
        }
    }

    boolean isGroup() {
        return what.from() instanceof StartFrom.Group;
    }

    // --- the connection

    @Override
    public void onOpened() {
        if (state != State.CONNECTING) {
            return;
        }
        state = State.SUBSCRIBING;
        grantedRecords = target();
        grantedBytes = window.bytes();
        // the members of a group share its partitions anew
        StartFrom from = began && !isGroup() ? StartFrom.offsets(positions()) : what.from();
        out.send(new ClientFrame.Begin(ID, what, from, grantedRecords, grantedBytes));
    }

    /** Another try might do. */
    @Override
    public void onLost(String reason) {
        if (state == State.CONNECTING || state == State.SUBSCRIBING || state == State.RUNNING) {
            retry(reason, plan.failed());
        }
    }

    /** Another try would end the same. */
    @Override
    public void onRefused(String code, String message) {
        if (state != State.OVER && state != State.WAITING) {
            fail(code, message);
        }
    }

    /** The wait is over. */
    @Override
    public void onRetryDue() {
        if (state == State.WAITING) {
            connect();
        }
    }

    private void retry(String reason, OptionalLong wait) {
        out.disconnect();
        state = State.WAITING;
        grantedRecords = 0;
        grantedBytes = 0;
        if (wait.isEmpty()) {
            fail(SluiceException.CONNECTION_LOST, reason);
            return;
        }
        out.listener().onDisconnected(reason, wait.getAsLong());
        out.retryAfter(wait.getAsLong());
    }

    // --- frames

    /** A frame of the connection that there is. */
    @Override
    public void onFrame(ServerFrame frame) {
        if (state != State.SUBSCRIBING && state != State.RUNNING) {
            return;
        }
        if (frame instanceof ServerFrame.Bye bye) {
            onBye(bye);
        } else if (frame instanceof ServerFrame.Error error) {
            onError(error);
        } else if (!ID.equals(frame.id())) {
            violated("a frame about '" + frame.id() + "', which was not subscribed to");
        } else if (frame instanceof ServerFrame.Subscribed subscribed) {
            onSubscribed(subscribed.positions());
        } else if (state != State.RUNNING) {
            // a progress says only that the node lives, while a group waits for its members
            if (!(frame instanceof ServerFrame.Progress)) {
                violated("a frame before the subscription began");
            }
        } else if (frame instanceof ServerFrame.Records records) {
            onRecords(records);
        } else if (frame instanceof ServerFrame.Progress progress) {
            progress.positions().offsets().forEach((partition, next) -> positions.merge(partition, next, Math::max));
            out.listener().onProgress(positions());
        } else if (frame instanceof ServerFrame.GapNotice notice) {
            onGap(notice.gap());
        } else {
            violated("a frame of a producer");
        }
    }

    private void onSubscribed(Positions at) {
        List<Gap> gaps = new ArrayList<>();
        if (isGroup()) {
            positions.clear();
        }
        for (Map.Entry<TopicPartition, Long> entry : at.offsets().entrySet()) {
            TopicPartition partition = entry.getKey();
            Long expected = positions.put(partition, entry.getValue());
            if (expected != null && entry.getValue() < expected) {
                violated("goes on at " + entry.getValue() + " of " + partition + " instead of " + expected);
                return;
            }
            if (expected != null && entry.getValue() > expected) {
                gaps.add(new Gap(
                        partition.topic(), partition.partition(), expected, entry.getValue(), Gap.Reason.DELETED));
            }
        }
        if (state == State.RUNNING) {
            // the group has spread its partitions anew: of those that stayed it may still commit
            delivered.keySet().retainAll(at.offsets().keySet());
        } else {
            delivered.clear();
        }
        state = State.RUNNING;
        began = true;
        plan.succeeded();
        out.listener().onSubscribed(positions());
        gaps.forEach(out.listener()::onGap);
        grant();
    }

    private void onRecords(ServerFrame.Records frame) {
        List<Record> records = frame.records();
        TopicPartition partition = new TopicPartition(frame.topic(), frame.partition());
        if (records.size() > grantedRecords || (grantedBytes <= 0 && !records.isEmpty())) {
            violated(records.size() + " records where " + grantedRecords + " and " + grantedBytes
                    + " bytes were granted");
            return;
        }
        grantedRecords -= records.size();
        grantedBytes -= frame.bytes();
        long next = positions.getOrDefault(partition, 0L);
        for (Record record : records) {
            // a partition that comes back to a member of a group may come from further behind
            if (record.offset() < next && !isGroup()) {
                violated("offset " + record.offset() + " of " + partition + " again, or out of order");
                return;
            }
            if (!out.next(record)) {
                return;
            }
            next = record.offset() + 1;
            demand = demand == Long.MAX_VALUE ? demand : demand - 1;
            remaining = remaining == Long.MAX_VALUE ? remaining : remaining - 1;
            moved(partition, next);
        }
        if (frame.next() < next) {
            violated("position " + frame.next() + " of " + partition + " before records that it is behind of");
            return;
        }
        moved(partition, frame.next());
        if (remaining == 0) {
            complete();
        } else {
            grant();
        }
    }

    private void moved(TopicPartition partition, long next) {
        positions.put(partition, next);
        if (isGroup()) {
            delivered.put(partition, next);
        }
    }

    private void onGap(Gap gap) {
        positions.merge(new TopicPartition(gap.topic(), gap.partition()), gap.toOffset(), Math::max);
        out.listener().onGap(gap);
    }

    private void onBye(ServerFrame.Bye bye) {
        if (!bye.reconnect()) {
            fail(SluiceException.BYE, bye.reason());
            return;
        }
        retry("the node said good-bye: " + bye.reason(), plan.sentTo(NodeAddress.valid(bye.to())));
    }

    private void onError(ServerFrame.Error error) {
        boolean running = state == State.RUNNING;
        if (error.fatal() && RETRIABLE.contains(error.code())) {
            retry(error.code() + ": " + error.message(), plan.failed());
        } else if (error.fatal() || !running) {
            fail(error.code(), error.message());
        } else {
            out.listener().onWarning(new SluiceException(error.code(), error.message(), positions()));
        }
    }

    // --- credit

    /** What may be on its way: what was requested, within the window, and no more than is left of the limit. */
    private long target() {
        return Math.min(Math.min(demand, remaining), window.records());
    }

    private void grant() {
        if (state != State.SUBSCRIBING && state != State.RUNNING) {
            return;
        }
        long target = target();
        boolean fewRecords = target > grantedRecords && grantedRecords * 2 <= target;
        boolean fewBytes = grantedBytes * 2 <= window.bytes();
        if (!fewRecords && !fewBytes) {
            return;
        }
        long records = Math.max(0, target - grantedRecords);
        long bytes = Math.max(0, window.bytes() - grantedBytes);
        grantedRecords += records;
        grantedBytes += bytes;
        out.send(new ClientFrame.Credit(ID, records, bytes));
    }

    // --- the end

    private void violated(String what) {
        fail(SluiceException.PROTOCOL_ERROR, what);
    }

    private void fail(String code, String message) {
        fail(new SluiceException(code, message, positions()));
    }

    void fail(Throwable error) {
        if (state != State.OVER) {
            over();
            out.fail(error);
        }
    }

    private void complete() {
        over();
        out.complete();
    }

    private void over() {
        onCommitDue();
        state = State.OVER;
        out.disconnect();
    }
}
