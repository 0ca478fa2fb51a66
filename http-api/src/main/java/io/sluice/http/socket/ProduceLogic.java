/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket;

import akka.stream.FlowShape;
import akka.stream.stage.AsyncCallback;
import akka.util.ByteString;
import io.sluice.http.record.Production;
import io.sluice.http.record.RecordProducer;
import io.sluice.http.route.MemoryBudget;
import io.sluice.http.route.Peer;
import io.sluice.http.route.Problem;
import io.sluice.http.route.ProblemException;
import io.sluice.http.route.ProblemKind;
import io.sluice.http.socket.frame.FrameCodec;
import io.sluice.http.socket.frame.FrameException;
import io.sluice.http.socket.frame.ProduceFrame;
import io.sluice.http.socket.frame.ServerFrame;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs a {@link ProduceSession}. */
final class ProduceLogic extends WireLogic {
    private static final Logger LOG = LoggerFactory.getLogger(ProduceLogic.class);

    /** For all replicas that must have the records. */
    private static final int TIMEOUT_MS = 30_000;

    /** Records and batches that are made of a message, compared with it. */
    private static final int MESSAGE_FACTOR = 2;

    /** Whatever is held for a frame is given back when its partitions have answered, which they do whether or not the socket is there. */
    private static final Peer PARTITIONS = onClose -> () -> {};

    private final RecordProducer producer;
    private final MemoryBudget memory;
    private final Sockets sockets;
    private final FrameCodec codec;
    private final Queue<ProduceEffect> effects = new ArrayDeque<>();
    private final ProduceSession session;
    private AsyncCallback<Answered> answered;

    private record Answered(long number, ProduceOutcome outcome) {}

    ProduceLogic(
            FlowShape<ByteString, ByteString> shape,
            RecordProducer producer,
            MemoryBudget memory,
            Sockets sockets,
            FrameCodec codec,
            InetAddress address) {
        super(shape, sockets, codec.format(), sockets.options().maxProduceBytes(), address);
        this.producer = producer;
        this.memory = memory;
        this.sockets = sockets;
        this.codec = codec;
        this.session = new ProduceSession(sockets.options().maxPendingBytes(), effects::add);
    }

    @Override
    public void preStart() {
        answered = createAsyncCallback(answer -> {
            session.onOutcome(answer.number(), answer.outcome());
            step();
        });
        super.preStart();
    }

    @Override
    void onMessage(byte[] message) {
        try {
            session.onFrame(codec.readProduce(message));
        } catch (FrameException e) {
            session.onMalformed(e);
        }
    }

    @Override
    boolean wantsMore() {
        return session.wantsMore();
    }

    @Override
    void onDemand() {
        // answers go as they come
    }

    @Override
    void onStop(Sockets.Stop why) {
        session.onStop(why.reason(), why.to(WebSocketRoute.PRODUCE));
    }

    @Override
    void onClosing() {
        // what partitions have is theirs
    }

    @Override
    void onStepped() {
        // nothing is counted
    }

    @Override
    void onOtherTimer(Object timer) {
        throw new IllegalStateException("no timer was set: " + timer);
    }

    @Override
    void perform() {
        for (ProduceEffect effect = effects.poll(); effect != null; effect = effects.poll()) {
            if (effect instanceof ProduceEffect.Append append) {
                append(append.number(), append.frame());
            } else if (effect instanceof ProduceEffect.Send send) {
                if (send.frame() instanceof ServerFrame.NotProduced || send.frame() instanceof ServerFrame.Error) {
                    sockets.wrong();
                }
                send(codec.write(send.frame()));
            } else if (effect instanceof ProduceEffect.Close close) {
                close(close.code().code(), close.reason());
            }
        }
    }

    private void append(long number, ProduceFrame frame) {
        MemoryBudget.Hold hold = null;
        try {
            hold = memory.hold((long) MESSAGE_FACTOR * frame.sizeBytes(), PARTITIONS);
            Production production =
                    producer.production(producer.writable(frame.topic()), frame.records(), frame.producer());
            MemoryBudget.Hold held = hold;
            production.send(frame.acks(), TIMEOUT_MS).whenComplete((done, failure) -> {
                held.close();
                answered.invoke(new Answered(number, failure == null ? outcome(production) : failed(failure)));
            });
        } catch (RuntimeException e) {
            if (hold != null) {
                hold.close();
            }
            session.onOutcome(number, failed(e));
        }
    }

    private static ProduceOutcome outcome(Production production) {
        Problem first = null;
        List<ServerFrame.Placed> records = new ArrayList<>();
        for (Production.Placed placed : production.placed()) {
            Problem problem = placed.problem();
            first = first == null ? problem : first;
            records.add(new ServerFrame.Placed(
                    placed.partition(),
                    placed.offset(),
                    placed.again(),
                    problem == null ? null : problem.kind().name()));
        }
        return first == null
                ? ProduceOutcome.written(records)
                : new ProduceOutcome(first.kind().name(), first.detail(), records);
    }

    private static ProduceOutcome failed(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof ProblemException told) {
            return ProduceOutcome.refused(
                    told.problem().kind().name(), told.problem().detail());
        }
        LOG.error("producing failed", cause);
        return ProduceOutcome.refused(ProblemKind.INTERNAL.name(), "a fault of the server; its log says more");
    }
}
