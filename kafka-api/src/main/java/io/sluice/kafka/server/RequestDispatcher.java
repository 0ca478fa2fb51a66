/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.server;

import io.netty.buffer.ByteBuf;
import io.sluice.kafka.api.Api;
import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.ApiRegistry;
import io.sluice.kafka.api.FrameHandler;
import io.sluice.kafka.api.Reply;
import io.sluice.kafka.api.RequestContext;
import io.sluice.kafka.wire.MalformedRequestException;
import io.sluice.kafka.wire.WireReader;
import io.sluice.log.ErrorCode;
import java.lang.reflect.Method;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import org.apache.kafka.common.message.ApiMessageType;
import org.apache.kafka.common.protocol.ApiMessage;

/**
 * Reads a request's header and hands the request to its API.
 *
 * <pre>
 *  int16 api key | int16 api version | int32 correlation id | nullable string client id | [ tagged fields: header version 2 only ]
 * </pre>
 */
final class RequestDispatcher {
    private static final short FLEXIBLE_HEADER = 2;

    /** Heap that a decoded request and its response take, as a multiple of its bytes: an element of 3 bytes becomes objects of some 50. */
    private static final int DECODED_FACTOR = 16;

    private final ApiRegistry registry;
    private final BooleanSupplier ready;
    private final ApiVersionsHandler apiVersions;
    private final ListenerLimits limits;
    private final ListenerMetrics metrics;
    private final ConnectionLog log;
    private final int largestCharge;

    /** @param ready whether clients are served; other nodes are in any case */
    RequestDispatcher(
            ApiRegistry registry,
            BooleanSupplier ready,
            ListenerLimits limits,
            ListenerMetrics metrics,
            ConnectionLog log,
            RequestMemory memory) {
        this.log = log;
        this.largestCharge = memory.largest();
        this.registry = registry;
        this.ready = ready;
        this.apiVersions = (ApiVersionsHandler) registry.find(ApiVersionsHandler.KEY);
        this.limits = limits;
        this.metrics = metrics;
    }

    boolean carriesRecords(short apiKey) {
        return registry.find(apiKey) instanceof FrameHandler handler && handler.carriesRecords();
    }

    int requestBytesMax(short apiKey) {
        return carriesRecords(apiKey)
                ? limits.requestBytesMax()
                : Math.min(limits.requestBytesMax(), limits.decodedRequestBytesMax());
    }

    /**
     * Bytes that a request takes from the budget. Records stay as they are; what is decoded into objects grows, and its response with
     * it, so that a large request of that kind counts many times.
     */
    int charge(short apiKey, int length) {
        boolean asItIs = length <= limits.allowanceBytes() || carriesRecords(apiKey);
        return asItIs ? length : (int) Math.min(largestCharge, (long) length * DECODED_FACTOR);
    }

    /**
     * Takes one whole request.
     *
     * @throws MalformedRequestException closes the connection
     */
    void dispatch(Connection connection, ByteBuf frame, ResponseSlot reply) {
        WireReader reader = new WireReader(frame);
        short apiKey = reader.readShort();
        short version = reader.readShort();
        int correlationId = reader.readInt();
        Api api = registry.find(apiKey);
        if (api == null) {
            throw new MalformedRequestException("a request for API " + apiKey + ", which is not served");
        }
        if (version < api.minVersion() || version > api.maxVersion()) {
            if (apiKey == ApiVersionsHandler.KEY && version > 0) {
                reply.send(new MessageResponse(correlationId, (short) 0, (short) 0, apiVersions.tooNew()));
                return;
            }
            throw new MalformedRequestException("version " + version + " of API " + apiKey + ", served are "
                    + api.minVersion() + " to " + api.maxVersion());
        }
        if (api.isAdvertised() && apiKey != ApiVersionsHandler.KEY && !ready.getAsBoolean()) {
            // A client turns to another broker then, as it does when nobody listens here.
            connection.closeQuietly();
            reply.nothing();
            return;
        }
        RequestContext context = new RequestContext(
                apiKey, version, correlationId, readClientId(connection, reader, api, version), connection.info());
        if (api instanceof FrameHandler handler) {
            handle(connection, handler, context, frame, reply);
        } else {
            ApiMessageType type = ApiMessageType.fromApiKey(apiKey);
            handle(connection, (ApiHandler<?, ?>) api, type, context, reader, reply);
        }
    }

    private static String readClientId(Connection connection, WireReader reader, Api api, short version) {
        short length = reader.readShort();
        if (length > reader.buffer().readableBytes()) {
            throw new MalformedRequestException("a client id of " + length + " bytes");
        }
        String clientId = length < 0 ? null : connection.clientId(reader.buffer(), length);
        if (api.requestHeaderVersion(version) >= FLEXIBLE_HEADER) {
            reader.skipTaggedFields();
        }
        return clientId;
    }

    private void handle(
            Connection connection, FrameHandler handler, RequestContext context, ByteBuf frame, Reply reply) {
        try {
            handler.handle(context, frame, reply);
        } catch (MalformedRequestException e) {
            throw e;
        } catch (RuntimeException e) {
            failed(connection, context, e);
            reply.close("API " + context.apiKey() + " failed");
        }
    }

    @SuppressWarnings("unchecked")
    private void handle(
            Connection connection,
            ApiHandler<?, ?> handler,
            ApiMessageType type,
            RequestContext context,
            WireReader reader,
            ResponseSlot reply) {
        ApiMessage request = decode(type, context.apiVersion(), reader);
        CompletionStage<? extends ApiMessage> stage;
        try {
            stage = ((ApiHandler<ApiMessage, ?>) handler).handle(context, request);
        } catch (RuntimeException e) {
            fail(connection, type, context, reply, e);
            return;
        }
        if (handler.waitsForOthers()) {
            reply.whenGone(() -> {
                connection.releaseMemory(reply);
                stage.toCompletableFuture().cancel(false);
            });
        }
        stage.whenComplete((response, failure) -> {
            if (failure == null && response != null) {
                reply.send(response(type, context, response));
            } else if (failure instanceof CancellationException) {
                reply.nothing();
            } else {
                fail(connection, type, context, reply, failure);
            }
        });
    }

    private static ApiMessage decode(ApiMessageType type, short version, WireReader reader) {
        ApiMessage request = type.newRequest();
        try {
            request.read(reader, version);
        } catch (MalformedRequestException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new MalformedRequestException(type.name + " version " + version + ": " + e.getMessage());
        }
        return request;
    }

    private static MessageResponse response(ApiMessageType type, RequestContext context, ApiMessage message) {
        short headerVersion = type.responseHeaderVersion(context.apiVersion());
        return new MessageResponse(context.correlationId(), headerVersion, context.apiVersion(), message);
    }

    private void fail(
            Connection connection, ApiMessageType type, RequestContext context, Reply reply, Throwable cause) {
        failed(connection, context, cause);
        ApiMessage answer = errorAnswer(type);
        if (answer == null) {
            reply.close(type.name + " failed");
        } else {
            reply.send(response(type, context, answer));
        }
    }

    private void failed(Connection connection, RequestContext context, Throwable cause) {
        metrics.handlerFailures.increment();
        log.failed(connection, context.apiKey(), context.apiVersion(), cause);
    }

    /** An empty response with UNKNOWN_SERVER_ERROR, or null where the response has no error code of its own. */
    private static ApiMessage errorAnswer(ApiMessageType type) {
        ApiMessage answer = type.newResponse();
        try {
            Method setter = answer.getClass().getMethod("setErrorCode", short.class);
            setter.invoke(answer, ErrorCode.UNKNOWN_SERVER_ERROR.code());
            return answer;
        } catch (ReflectiveOperationException e) {
            return null;
        }
    }
}
