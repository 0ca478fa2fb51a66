/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.OptionalLong;
import java.util.Set;

/**
 * Producing without clock and network: batches, sequences, demand, and what to do when an answer is a refusal or does not come.
 *
 * <pre>
 *   start            onOpened
 *  ------> CONNECTING -------> RUNNING -- completed, and all acknowledged --> OVER
 *            ^   | onLost        | onLost, bye, another node leads
 *  onRetryDue|   v               |
 *            WAITING <-----------+        any -- refused for good --> OVER
 * </pre>
 *
 * <p><b>Batching.</b> Records are gathered while they come; {@link #flush} sends what is there, so batches grow with load by themselves.
 *
 * <p><b>Once.</b> Frames carry the producer's name and the number of their first record. What was not answered is sent again as it was, in order, and nodes
 * leave out what they have. Acknowledgements are in the order of the records.
 *
 * <p><b>Demand.</b> Records that are not acknowledged are bounded, in number and in bytes; bytes that are still to come are estimated from those that came.
 * Not thread-safe.
 */
final class ProducerCore implements ConnectionEvents {
    /** Half of what a node takes by default. */
    static final int MAX_BATCH_BYTES = 512 << 10;

    /** A node knows the offsets of so many batches that come again. */
    private static final int MAX_IN_FLIGHT = 5;

    private static final Set<String> RETRIABLE =
            Set.of("NO_LEADER", "NOT_ENOUGH_REPLICAS", "TIMED_OUT", "BUSY", "NOT_READY", "INTERNAL");

    private static final String LED_ELSEWHERE = "LED_ELSEWHERE";
    private static final String OUT_OF_ORDER = "OUT_OF_ORDER";
    private static final long FIRST_ESTIMATE_BYTES = 1024;

    private enum State {
        CONNECTING,
        RUNNING,
        WAITING,
        OVER
    }

    private final Produce how;
    private final String producer;
    private final SubscriptionCore.Window window;
    private final ConnectionPlan plan;
    private final ConnectionPlan refusals;
    private final ProducerOutput out;
    private final ProducerLine line;

    private State state = State.WAITING;
    private boolean retrySet;
    private boolean started;
    private boolean completed;
    private Throwable upstreamError;
    private long acknowledged;

    private long asked;
    private long unacknowledged;
    private long unacknowledgedBytes;
    private double averageBytes = FIRST_ESTIMATE_BYTES;

    /**
     * A producer that waits for records.
     *
     * @param name that nodes know it by
     * @param plan for connections
     * @param refusals for what is refused for now: only its waits count
     */
    ProducerCore(
            Produce how,
            String name,
            SubscriptionCore.Window window,
            ConnectionPlan plan,
            ConnectionPlan refusals,
            ProducerOutput out) {
        this.how = how;
        // without a number a record that comes again is another one; with one frame at a time at least the order is
        // kept
        boolean once = how.acks() == Acks.ALL;
        this.producer = once ? name : null;
        this.window = window;
        this.plan = plan;
        this.refusals = refusals;
        this.out = out;
        this.line = new ProducerLine(how.firstSequence(), once ? MAX_IN_FLIGHT : 1, MAX_BATCH_BYTES);
    }

    /** Somebody produces. */
    void start() {
        started = true;
        connect();
        demand();
    }

    private void connect() {
        state = State.CONNECTING;
        out.connect(plan.current());
    }

    boolean isOver() {
        return state == State.OVER;
    }

    // --- records

    void onRecord(Record record) {
        if (state == State.OVER) {
            return;
        }
        long bytes = ClientFrameWriter.recordBytes(record);
        asked = Math.max(0, asked - 1);
        unacknowledged++;
        unacknowledgedBytes += bytes;
        averageBytes = averageBytes * 0.9 + bytes * 0.1;
        line.add(how.topic() == null ? record : record.to(how.topic()));
    }

    /**
     * No more records come.
     *
     * @param cause null, or what ends it when all that came was appended
     */
    void onComplete(Throwable cause) {
        completed = true;
        upstreamError = cause;
    }

    /** Sends what may be sent, asks for more, ends if all is done. To be called when all events that are there were given. */
    void flush() {
        if (state == State.RUNNING) {
            for (ProducerLine.Batch batch = line.next(); batch != null; batch = line.next()) {
                out.send(new ClientFrame.Produce(
                        batch.id, batch.topic(), how.acks(), producer, batch.sequence, batch.records));
            }
        }
        if (state != State.OVER) {
            demand();
        }
        if (completed && unacknowledged == 0 && state != State.OVER) {
            over();
            if (upstreamError == null) {
                out.complete(acknowledged);
            } else {
                out.fail(upstreamError);
            }
        }
    }

    private void demand() {
        if (completed || !started) {
            return;
        }
        long byRecords = window.records() - unacknowledged;
        long byBytes = (long) ((window.bytes() - unacknowledgedBytes) / averageBytes);
        long room = Math.min(byRecords, byBytes);
        if (unacknowledged == 0) {
            room = Math.max(room, 1);
        }
        if (room > asked && asked * 2 <= room) {
            long more = room - asked;
            asked = room;
            out.request(more);
        }
    }

    // --- the connection

    @Override
    public void onOpened() {
        if (state == State.CONNECTING) {
            state = State.RUNNING;
        }
    }

    /** Another try might do. */
    @Override
    public void onLost(String reason) {
        if (state == State.CONNECTING || state == State.RUNNING) {
            reconnect(SluiceException.CONNECTION_LOST, reason, plan.failed());
        }
    }

    /** Another try would end the same. */
    @Override
    public void onRefused(String code, String message) {
        if (state == State.CONNECTING || state == State.RUNNING) {
            fail(code, message);
        }
    }

    private void reconnect(String code, String reason, OptionalLong wait) {
        out.disconnect();
        state = State.WAITING;
        line.connectionLost();
        retryAfter(wait, code, reason);
    }

    /** @param code what it ends with if there were enough tries */
    private void retryAfter(OptionalLong wait, String code, String reason) {
        if (wait.isEmpty()) {
            fail(code, reason);
        } else if (!retrySet) {
            retrySet = true;
            out.retryAfter(wait.getAsLong());
        }
    }

    /** The wait is over: for a connection, or for a partition that refused. */
    @Override
    public void onRetryDue() {
        retrySet = false;
        if (state == State.WAITING) {
            connect();
        } else {
            line.retryDue();
        }
    }

    // --- frames

    @Override
    public void onFrame(ServerFrame frame) {
        if (state != State.RUNNING) {
            return;
        }
        if (frame instanceof ServerFrame.Produced produced) {
            onProduced(produced);
        } else if (frame instanceof ServerFrame.Error error) {
            onError(error);
        } else if (frame instanceof ServerFrame.Bye bye && bye.reconnect()) {
            reconnect(
                    SluiceException.CONNECTION_LOST,
                    "the node said good-bye: " + bye.reason(),
                    plan.sentTo(NodeAddress.producing(NodeAddress.valid(bye.to()))));
        } else if (frame instanceof ServerFrame.Bye bye) {
            fail(SluiceException.BYE, bye.reason());
        } else {
            fail(SluiceException.PROTOCOL_ERROR, "a frame of a subscription");
        }
    }

    private void onProduced(ServerFrame.Produced produced) {
        ProducerLine.Batch batch = line.sent(produced.id());
        if (batch == null || line.answered(batch, produced.records()) < 0 || !batch.isAppended()) {
            fail(
                    SluiceException.PROTOCOL_ERROR,
                    "an answer to '" + produced.id() + "' that does not fit to what was sent");
            return;
        }
        plan.succeeded();
        refusals.succeeded();
        acknowledge();
    }

    private void acknowledge() {
        for (ProducerLine.Batch done = line.nextDone(); done != null; done = line.nextDone()) {
            for (int i = 0; i < done.records.size(); i++) {
                Record record = done.records.get(i);
                ServerFrame.Placed placed = done.placed(i);
                unacknowledged--;
                unacknowledgedBytes -= ClientFrameWriter.recordBytes(record);
                acknowledged++;
                out.acknowledged(new Acknowledgement(
                        record, done.sequence + i, placed.partition(), placed.offset(), placed.duplicate()));
            }
        }
    }

    private void onError(ServerFrame.Error error) {
        ProducerLine.Batch batch = error.id() == null ? null : line.sent(error.id());
        if (batch == null) {
            fail(error.code(), error.message());
            return;
        }
        boolean behindAnother = error.code().equals(OUT_OF_ORDER) && line.isRecovering();
        int more = line.answered(batch, error.records());
        if (more < 0) {
            fail(SluiceException.PROTOCOL_ERROR, "an answer to '" + error.id() + "' about other records");
            return;
        }
        if (more > 0) {
            plan.succeeded();
            refusals.succeeded();
        }
        acknowledge();
        boolean elsewhere = error.code().equals(LED_ELSEWHERE) && plan.hasOthers();
        if (elsewhere || batch.isAppended()) {
            // the node would wait for this batch to come again, though nothing of it is missing: a new connection does
            // not
            reconnect(error.code(), error.message(), plan.failed());
        } else if (RETRIABLE.contains(error.code())) {
            line.recover();
            retryAfter(refusals.failed(), error.code(), error.message());
        } else if (!behindAnother) {
            fail(error.code(), error.message());
        }
    }

    // --- the end

    private void fail(String code, String message) {
        fail(new SluiceException(code, message));
    }

    void fail(Throwable error) {
        if (state != State.OVER) {
            over();
            out.fail(error);
        }
    }

    private void over() {
        state = State.OVER;
        out.disconnect();
    }
}
