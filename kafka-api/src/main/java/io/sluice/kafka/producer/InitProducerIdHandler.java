/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.producer;

import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.HandlerServices;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.InitProducerIdRequestData;
import org.apache.kafka.common.message.InitProducerIdResponseData;

/**
 * Gives an idempotent producer its id, with epoch 0. A producer that asks again gets a new id, whatever id and epoch it had (KIP-360: within an
 * id it raises its epoch by itself). Transactional producers are refused with an error that no client retries.
 */
final class InitProducerIdHandler implements ApiHandler<InitProducerIdRequestData, InitProducerIdResponseData> {
    private static final short KEY = 22;
    private static final short NO_EPOCH = -1;

    private final ProducerIds ids;
    private final int transactionTimeoutMaxMs;

    InitProducerIdHandler(HandlerServices services) {
        this.ids = new ProducerIds(services.node()::controller);
        this.transactionTimeoutMaxMs = services.node().settings().transactionMaxTimeoutMs();
    }

    @Override
    public short apiKey() {
        return KEY;
    }

    @Override
    public CompletionStage<InitProducerIdResponseData> handle(
            RequestContext context, InitProducerIdRequestData request) {
        ErrorCode refusal = refusal(request);
        if (refusal != ErrorCode.NONE) {
            return CompletableFuture.completedFuture(refused(refusal));
        }
        return ids.next()
                .thenApply(id -> id == ProducerIds.UNAVAILABLE
                        ? refused(ErrorCode.COORDINATOR_LOAD_IN_PROGRESS)
                        : new InitProducerIdResponseData().setProducerId(id).setProducerEpoch((short) 0));
    }

    private ErrorCode refusal(InitProducerIdRequestData request) {
        if (request.producerId() < 0 != request.producerEpoch() < 0) {
            return ErrorCode.INVALID_REQUEST;
        }
        if (request.transactionalId() == null) {
            return ErrorCode.NONE;
        }
        if (request.transactionalId().isEmpty()) {
            return ErrorCode.INVALID_REQUEST;
        }
        int timeoutMs = request.transactionTimeoutMs();
        return timeoutMs <= 0 || timeoutMs > transactionTimeoutMaxMs
                ? ErrorCode.INVALID_TRANSACTION_TIMEOUT
                : ErrorCode.UNSUPPORTED_VERSION;
    }

    private static InitProducerIdResponseData refused(ErrorCode error) {
        return new InitProducerIdResponseData()
                .setErrorCode(error.code())
                .setProducerId(-1)
                .setProducerEpoch(NO_EPOCH);
    }
}
