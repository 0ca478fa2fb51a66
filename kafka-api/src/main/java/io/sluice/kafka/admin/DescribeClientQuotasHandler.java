/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeClientQuotasRequestData;
import org.apache.kafka.common.message.DescribeClientQuotasResponseData;

/** Quotas of users, clients and addresses: none can be set yet, so there are none. */
final class DescribeClientQuotasHandler
        implements ApiHandler<DescribeClientQuotasRequestData, DescribeClientQuotasResponseData> {
    @Override
    public short apiKey() {
        return 48;
    }

    @Override
    public CompletionStage<DescribeClientQuotasResponseData> handle(
            RequestContext context, DescribeClientQuotasRequestData request) {
        return CompletableFuture.completedFuture(
                new DescribeClientQuotasResponseData().setErrorMessage(null).setEntries(List.of()));
    }
}
