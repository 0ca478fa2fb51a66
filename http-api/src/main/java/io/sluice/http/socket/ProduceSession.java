/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import io.sluice.http.record.Acks;
import io.sluice.http.record.NamedProducer;
import io.sluice.http.socket.frame.FrameError;
import io.sluice.http.socket.frame.FrameException;
import io.sluice.http.socket.frame.ProduceFrame;
import io.sluice.http.socket.frame.ServerFrame;
import io.sluice.http.socket.wire.CloseCode;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.function.Consumer;

/**
 * What a socket for producing means: frames and outcomes in, effects out. No clock, no stream, no bytes. Not thread-safe.
 *
 * <p><b>Order.</b> Frames are handed to their partitions as they come; those of one partition are written in that order. Frames of a <em>named</em> producer go one
 * by one: the next is handed over once the one before is known to be written. If one is not, everything of the producer behind it is refused, whatever was on
 * its way already, until it comes again. So a log never has a later record of a named producer without the earlier ones, and what it has is never written twice:
 *
 * <pre>
 *            frame                       written, and nothing waits
 *   IDLE -----------------> WRITING -------------------------------> IDLE
 *                            ^   | not written: what waits is refused
 *                            |   v
 *                            +-- FAILED    (frames behind the one that failed are refused)
 *                       it comes again
 * </pre>
 *
 * <p><b>Backpressure.</b> The client is not read on while more than {@code sluice.websocket.produce.pending.max.bytes} of its frames have no answer.
 */
final class ProduceSession {
    /** Named producers of one socket that write, or have failed. */
    static final int MAX_PRODUCERS = 100;

    /** The frames of one named producer. */
    private static final class Line {
        private final Queue<ProduceFrame> waiting = new ArrayDeque<>();
        private boolean writing;
        /** The number that has to come again; -1 for none. */
        private long failed = -1;
    }

    private final int maxPendingBytes;
    private final Consumer<ProduceEffect> effects;
    private final Map<Long, ProduceFrame> appending = new HashMap<>();
    private final Map<String, Line> lines = new HashMap<>();
    private long lastNumber;
    private long pendingBytes;
    private ServerFrame.Bye bye;

    ProduceSession(int maxPendingBytes, Consumer<ProduceEffect> effects) {
        this.maxPendingBytes = maxPendingBytes;
        this.effects = effects;
    }

    /** Whether the client may be read on. */
    boolean wantsMore() {
        return pendingBytes < maxPendingBytes;
    }

    /** A message that was no frame. */
    void onMalformed(FrameException malformed) {
        send(new ServerFrame.Error(malformed.id(), FrameError.MALFORMED_FRAME.name(), malformed.getMessage(), false));
    }

    void onFrame(ProduceFrame frame) {
        if (bye != null) {
            // It is not written, and not answered: the client sends it again elsewhere.
            return;
        }
        if (frame.producer() == null) {
            pendingBytes += frame.sizeBytes();
            append(frame);
            return;
        }
        String name = frame.producer().name();
        Line line = lines.get(name);
        if (line == null && lines.size() >= MAX_PRODUCERS) {
            refuse(
                    frame,
                    FrameError.TOO_MANY_PRODUCERS,
                    "a socket may have " + MAX_PRODUCERS + " named producers that write or have failed");
            return;
        }
        if (line == null) {
            line = new Line();
            lines.put(name, line);
        }
        long sequence = frame.producer().sequence();
        if (line.failed >= 0 && sequence > line.failed) {
            refuseBehind(frame, line.failed);
            return;
        }
        if (sequence == line.failed) {
            line.failed = -1;
        }
        pendingBytes += frame.sizeBytes();
        if (line.writing) {
            line.waiting.add(frame);
        } else {
            line.writing = true;
            append(frame);
        }
    }

    private void append(ProduceFrame frame) {
        appending.put(++lastNumber, frame);
        effects.accept(new ProduceEffect.Append(lastNumber, frame));
    }

    /** What became of a frame. */
    void onOutcome(long number, ProduceOutcome outcome) {
        ProduceFrame frame = appending.remove(number);
        if (frame == null) {
            return;
        }
        pendingBytes -= frame.sizeBytes();
        if (outcome.code() != null) {
            send(new ServerFrame.NotProduced(frame.id(), outcome.code(), outcome.message(), outcome.records()));
        } else if (frame.acks() != Acks.NONE) {
            send(new ServerFrame.Produced(frame.id(), outcome.records()));
        }
        if (frame.producer() != null) {
            next(frame.producer(), outcome.code() != null);
        }
        endIfDone();
    }

    private void next(NamedProducer producer, boolean failed) {
        Line line = lines.get(producer.name());
        line.writing = false;
        if (failed) {
            line.failed = producer.sequence();
            for (ProduceFrame behind = line.waiting.poll(); behind != null; behind = line.waiting.poll()) {
                pendingBytes -= behind.sizeBytes();
                refuseBehind(behind, line.failed);
            }
            return;
        }
        ProduceFrame waiting = bye == null ? line.waiting.poll() : null;
        if (waiting != null) {
            line.writing = true;
            append(waiting);
        } else if (line.failed < 0) {
            lines.remove(producer.name());
        }
    }

    private void refuseBehind(ProduceFrame frame, long failed) {
        refuse(
                frame,
                FrameError.OUT_OF_ORDER,
                "records " + failed + " and on of producer '" + frame.producer().name()
                        + "' were not written: they have to come again first");
    }

    private void refuse(ProduceFrame frame, FrameError code, String message) {
        send(new ServerFrame.NotProduced(frame.id(), code.name(), message, List.of()));
    }

    /**
     * The node stops: what was handed to partitions is answered, nothing more is taken.
     *
     * @param to addresses of nodes that go on
     */
    void onStop(String reason, List<String> to) {
        if (bye == null) {
            bye = new ServerFrame.Bye(reason, true, to);
            endIfDone();
        }
    }

    private void endIfDone() {
        if (bye != null && appending.isEmpty()) {
            send(bye);
            effects.accept(new ProduceEffect.Close(CloseCode.GOING_AWAY, bye.reason()));
        }
    }

    private void send(ServerFrame frame) {
        effects.accept(new ProduceEffect.Send(frame));
    }
}
