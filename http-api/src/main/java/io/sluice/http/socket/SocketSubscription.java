/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import io.sluice.actors.subscription.DecodedBatch;
import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.StartPosition;
import io.sluice.actors.subscription.SubscriptionEvent;
import io.sluice.actors.subscription.SubscriptionRequest;
import io.sluice.http.socket.frame.ClientFrame;
import io.sluice.http.socket.frame.Projection;
import io.sluice.http.socket.frame.RecordCost;
import io.sluice.http.socket.frame.ServerFrame;
import io.sluice.log.batch.Record;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * One subscription of a socket: its credits, its positions, and at most one event that waits for credit or for the socket. Positions are those of
 * what was sent, never of what waits, so that everything that waits may be thrown away at any time and read again.
 *
 * <pre>
 *                 opened                  pause
 *      OPENING ------------> OPEN --------------------> PAUSED
 *         ^                   | seek                       |
 *         +-------------------+                            | resume
 *         +------------------------------------------------+
 * </pre>
 *
 * A pause, or a seek, ends the engine's subscription, and a new one begins at the positions: exact, and a paused one costs nothing. A member of a
 * group stays one while it is paused: it is held, and asks for nothing.
 */
final class SocketSubscription {
    enum State {
        OPENING,
        OPEN,
        PAUSED
    }

    /** Keeps a frame of records that cost nothing in bounds. */
    private static final int MAX_RECORDS = 50_000;

    private static final long COUNTED_CREDIT_MAX = 1L << 40;

    private final String id;
    private final SubscriptionRequest request;
    private final Projection projection;
    private final SortedMap<PartitionName, Long> positions = new TreeMap<>();

    private State state = State.OPENING;
    private boolean pauseWhenOpen;
    private Positions seekWhenOpen;

    private long recordCredit;
    private long byteCredit;
    private boolean countsBytes;

    private boolean pulled;
    private SubscriptionEvent waiting;
    /** Records of the waiting event that were sent. */
    private int sent;

    /** The group has given it other partitions, and the client was not told yet. */
    private boolean reassigned;
    /** What waits is of the partitions before. */
    private boolean waitingIsBefore;
    /** Where the new ones begin; null as long as that is not known. */
    private Positions assigned;

    private boolean held;
    private boolean moved;
    private boolean progressDue;
    private boolean signDue;

    SocketSubscription(ClientFrame.Subscribe frame, SubscriptionRequest request) {
        this.id = frame.id();
        this.projection = frame.projection();
        this.request = request;
        grant(frame.credit());
    }

    String id() {
        return id;
    }

    State state() {
        return state;
    }

    boolean isOfGroup() {
        return request.from() instanceof StartPosition.Group;
    }

    /** @return whether that is a change */
    boolean hold(boolean hold) {
        boolean changed = held != hold;
        held = hold;
        return changed;
    }

    // --- credits

    /** False, and nothing is granted, if it would be more than can be counted. */
    boolean grant(ClientFrame.Grant grant) {
        long records = recordCredit + grant.records();
        long bytes = byteCredit + (grant.bytes() == null ? 0 : grant.bytes());
        if (records > SocketSession.MAX_CREDIT || bytes > SocketSession.MAX_CREDIT) {
            return false;
        }
        recordCredit = records;
        byteCredit = bytes;
        countsBytes |= grant.bytes() != null;
        return true;
    }

    /** Records that it may be sent, of more than can be added up no more than {@link #COUNTED_CREDIT_MAX}. */
    long recordCredit() {
        return Math.min(recordCredit, COUNTED_CREDIT_MAX);
    }

    /** Whether it would go on if it had credit. */
    boolean lacksCredit() {
        return state == State.OPEN && !hasCredit();
    }

    private boolean hasCredit() {
        return !held && recordCredit > 0 && (!countsBytes || byteCredit > 0);
    }

    // --- life

    /** @return the first time as asked, then where it was */
    SubscriptionRequest opening() {
        state = State.OPENING;
        forget();
        if (positions.isEmpty()) {
            return request;
        }
        return new SubscriptionRequest(
                request.topics(),
                new StartPosition.Offsets(positions(), StartPosition.earliest()),
                request.isolation(),
                request.filter(),
                request.policy(),
                request.bufferBytes());
    }

    void opened(Positions began) {
        state = State.OPEN;
        if (isOfGroup()) {
            began.offsets().forEach(positions::putIfAbsent);
            return;
        }
        positions.putAll(began.offsets());
        forget();
    }

    void reassigned() {
        reassigned = true;
        waitingIsBefore = waiting != null;
        assigned = null;
    }

    boolean isReassigned() {
        return reassigned;
    }

    void assigned(Positions begin) {
        assigned = begin;
    }

    void paused() {
        state = State.PAUSED;
        forget();
    }

    private void forget() {
        pulled = false;
        waiting = null;
        sent = 0;
    }

    /** The first partition that the subscription doesn't have; null if it has all. */
    PartitionName unknown(Positions to) {
        for (PartitionName partition : to.offsets().keySet()) {
            if (!positions.containsKey(partition)) {
                return partition;
            }
        }
        return null;
    }

    void move(Positions to) {
        positions.putAll(to.offsets());
    }

    boolean pauseWhenOpen() {
        return pauseWhenOpen;
    }

    void pauseWhenOpen(boolean pause) {
        pauseWhenOpen = pause;
    }

    /** Once. */
    Positions takeSeekWhenOpen() {
        Positions seek = seekWhenOpen;
        seekWhenOpen = null;
        return seek;
    }

    void seekWhenOpen(Positions to) {
        if (seekWhenOpen == null) {
            seekWhenOpen = to;
            return;
        }
        Positions both = seekWhenOpen;
        for (Map.Entry<PartitionName, Long> entry : to.offsets().entrySet()) {
            both = both.with(entry.getKey().topic(), entry.getKey().partition(), entry.getValue());
        }
        seekWhenOpen = both;
    }

    Positions positions() {
        return Positions.of(positions);
    }

    // --- events

    /** True once each time that an event is wanted. */
    boolean wantsEvent() {
        if (pulled || waiting != null || !mayPull()) {
            return false;
        }
        pulled = true;
        return true;
    }

    /** A member of a group gets partitions, and so begins, only once it asks for an event; it waits here until there is credit for it. */
    private boolean mayPull() {
        return state == State.OPEN ? hasCredit() : state == State.OPENING && isOfGroup();
    }

    boolean takesEvents() {
        return state == State.OPEN || (state == State.OPENING && isOfGroup());
    }

    void arrived(SubscriptionEvent event) {
        pulled = false;
        if (event instanceof SubscriptionEvent.Progress) {
            moveTo(event.topic(), event.partition(), event.nextOffset());
            moved = true;
        } else {
            waiting = event;
            waitingIsBefore = false;
            sent = 0;
        }
    }

    private void moveTo(String topic, int partition, long next) {
        positions.put(new PartitionName(topic, partition), next);
    }

    boolean hasMoved() {
        return moved;
    }

    void progressDue() {
        progressDue = moved;
    }

    void signDue() {
        signDue = true;
    }

    /** The next frame; null if there is none, or no credit for it. */
    SocketEffect next(int maxRecordsBytes) {
        if (state == State.OPENING) {
            return whileOpening();
        }
        if (reassigned && !(waitingIsBefore && waiting != null)) {
            return whileReassigned();
        }
        if (progressDue || signDue) {
            progressDue = false;
            signDue = false;
            moved = false;
            return new SocketEffect.Send(new ServerFrame.Progress(id, positions()));
        }
        if (waiting instanceof SubscriptionEvent.Gap gap) {
            waiting = null;
            moveTo(gap.topic(), gap.partition(), gap.toOffset());
            return new SocketEffect.Send(new ServerFrame.Gap(
                    id,
                    gap.topic(),
                    gap.partition(),
                    gap.fromOffset(),
                    gap.toOffset(),
                    gap.reason().name().toLowerCase(java.util.Locale.ROOT)));
        }
        return waiting instanceof SubscriptionEvent.Records records && hasCredit()
                ? records(records, maxRecordsBytes)
                : null;
    }

    /** What is of the new partitions waits until the client was told about them. */
    private SocketEffect whileReassigned() {
        if (assigned == null) {
            return whileOpening();
        }
        reassigned = false;
        positions.clear();
        positions.putAll(assigned.offsets());
        return new SocketEffect.Send(new ServerFrame.Subscribed(id, positions()));
    }

    /** To open may take long where a group waits for its members. Where the subscription is can't be told yet. */
    private SocketEffect whileOpening() {
        if (!signDue) {
            return null;
        }
        signDue = false;
        return new SocketEffect.Send(new ServerFrame.Progress(id, Positions.EMPTY));
    }

    private SocketEffect records(SubscriptionEvent.Records event, int maxRecordsBytes) {
        List<Record> all = event.records();
        int from = sent;
        int limit = (int) Math.min(all.size(), from + Math.min(recordCredit, MAX_RECORDS));
        int to = from;
        long cost = 0;
        while (to < limit && (!countsBytes || cost < byteCredit)) {
            long of = RecordCost.of(all.get(to), projection);
            if (to > from && cost + of > maxRecordsBytes) {
                break;
            }
            cost += of;
            to++;
        }
        boolean last = to == all.size();
        long next = last ? event.nextOffset() : all.get(to - 1).offset() + 1;
        recordCredit -= to - from;
        byteCredit -= countsBytes ? cost : 0;
        moveTo(event.topic(), event.partition(), next);
        sent = to;
        if (last) {
            waiting = null;
        }
        boolean whole = last && from == 0;
        ServerFrame.Records frame = new ServerFrame.Records(
                id, event.topic(), event.partition(), next, cost, whole ? all : all.subList(from, to), projection);
        DecodedBatch batch = whole ? event.batch() : null;
        return batch == null ? new SocketEffect.Send(frame) : new SocketEffect.SendBatch(frame, batch);
    }
}
