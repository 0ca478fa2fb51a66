/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.fetch;

import io.micrometer.core.instrument.Gauge;
import io.netty.buffer.ByteBuf;
import io.sluice.cluster.Node;
import io.sluice.kafka.api.FrameHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.log.ErrorCode;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.message.FetchRequestData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetch: finds or makes the session, and lets a {@link FetchCall} do the rest. */
public final class FetchHandler implements FrameHandler {
    private static final Logger LOG = LoggerFactory.getLogger(FetchHandler.class);

    private static final short KEY = 1;
    private static final short TOPIC_IDS = 13;

    /** Older clients know nothing of reading from followers. */
    private static final short FROM_FOLLOWERS = 11;

    private final HandlerServices services;
    private final FetchLimits limits;
    private final FetchSessions sessions;
    private final AtomicInteger waiting = new AtomicInteger();
    private final RedirectMetrics redirects;
    private final boolean redirecting;

    public FetchHandler(HandlerServices services, FetchLimits limits) {
        this.services = services;
        this.limits = limits;
        this.sessions = new FetchSessions(limits, services.clock(), services.meters());
        this.redirects = new RedirectMetrics(services.meters());
        this.redirecting = services.node().settings().readsFromClosestReplica();
        Gauge.builder("sluice.kafka.fetch.waiting", waiting, AtomicInteger::get)
                .description("fetches that wait for data")
                .register(services.meters());
    }

    HandlerServices services() {
        return services;
    }

    Node node() {
        return services.node();
    }

    FetchLimits limits() {
        return limits;
    }

    @Override
    public short apiKey() {
        return KEY;
    }

    @Override
    public boolean carriesRecords() {
        return false;
    }

    /** Whether a fetch may wait; one that does already may go on. */
    boolean mayWait(boolean waits) {
        return waits || waiting.get() < limits.waitingMax();
    }

    void waitBegins() {
        if (waiting.incrementAndGet() == limits.waitingMax()) {
            LOG.warn(
                    "sluice.waiting.fetches.max={} reached: further fetches are answered at once", limits.waitingMax());
        }
    }

    void waitEnds() {
        waiting.decrementAndGet();
    }

    RedirectMetrics redirects() {
        return redirects;
    }

    /** Whether a follower here may serve the client. */
    static boolean readsFromFollowers(RequestContext context) {
        return context.apiVersion() >= FROM_FOLLOWERS;
    }

    /** Where the client had better read; null if it has not said where it is. */
    ClosestReplica closestReplica(RequestContext context, FetchRequestData request) {
        String rack = request.rackId();
        if (rack == null || rack.isEmpty() || !redirecting || !readsFromFollowers(context)) {
            return null;
        }
        Redirects sent = context.connection().states().of(this, () -> new Redirects(services.clock(), redirects));
        return new ClosestReplica(node(), rack, sent);
    }

    @Override
    public void handle(RequestContext context, ByteBuf frame, Reply reply) {
        FetchRequestData request = decode(context, frame);
        int epoch = request.sessionEpoch();
        if (epoch == FetchSession.FINAL_EPOCH || epoch == FetchSession.FIRST_EPOCH) {
            fetchInFull(context, request, reply);
        } else {
            fetchChanges(context, request, reply);
        }
    }

    private static FetchRequestData decode(RequestContext context, ByteBuf frame) {
        try {
            return new FetchRequestData(new WireReader(frame), context.apiVersion());
        } catch (MalformedRequestException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MalformedRequestException("Fetch version " + context.apiVersion() + ": " + e.getMessage());
        }
    }

    private void fetchInFull(RequestContext context, FetchRequestData request, Reply reply) {
        if (request.sessionId() != FetchSession.NO_SESSION) {
            sessions.close(request.sessionId());
        }
        boolean byId = context.apiVersion() >= TOPIC_IDS;
        FetchSession session;
        if (request.sessionEpoch() == FetchSession.FIRST_EPOCH) {
            int size = 0;
            for (FetchRequestData.FetchTopic topic : request.topics()) {
                size += topic.partitions().size();
            }
            session = sessions.create(size, byId);
        } else {
            session = new FetchSession(FetchSession.NO_SESSION, byId);
        }
        synchronized (session) {
            ask(session, request, byId);
            new FetchCall(this, context, request, session, false, reply).start();
        }
    }

    private void fetchChanges(RequestContext context, FetchRequestData request, Reply reply) {
        FetchSession session = sessions.use(request.sessionId());
        if (session == null) {
            refuse(context, ErrorCode.FETCH_SESSION_ID_NOT_FOUND, reply);
            return;
        }
        boolean byId = context.apiVersion() >= TOPIC_IDS;
        synchronized (session) {
            if (session.usesTopicIds() != byId) {
                refuse(context, ErrorCode.FETCH_SESSION_TOPIC_ID_ERROR, reply);
                return;
            }
            if (session.nextEpoch() != request.sessionEpoch()) {
                refuse(context, ErrorCode.INVALID_FETCH_SESSION_EPOCH, reply);
                return;
            }
            session.advanceEpoch();
            ask(session, request, byId);
            for (FetchRequestData.ForgottenTopic topic : request.forgottenTopicsData()) {
                Object name = byId ? uuid(topic.topicId()) : topic.topic();
                for (int partition : topic.partitions()) {
                    session.forget(new FetchPartition.Key(name, partition));
                }
            }
            new FetchCall(this, context, request, session, true, reply).start();
        }
    }

    private static void ask(FetchSession session, FetchRequestData request, boolean byId) {
        for (FetchRequestData.FetchTopic topic : request.topics()) {
            Object name = byId ? uuid(topic.topicId()) : topic.topic();
            for (FetchRequestData.FetchPartition partition : topic.partitions()) {
                session.partition(new FetchPartition.Key(name, partition.partition()))
                        .ask(partition);
            }
        }
    }

    private static UUID uuid(Uuid id) {
        return new UUID(id.getMostSignificantBits(), id.getLeastSignificantBits());
    }

    private void refuse(RequestContext context, ErrorCode error, Reply reply) {
        reply.send(new FetchResponse(context, services, error, FetchSession.NO_SESSION, List.of()));
    }
}
