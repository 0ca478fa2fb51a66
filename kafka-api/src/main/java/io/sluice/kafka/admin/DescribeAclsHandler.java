/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeAclsRequestData;
import org.apache.kafka.common.message.DescribeAclsResponseData;

/** Says, as Kafka without an authorizer does, that nothing is authorised here: tools that copy ACLs where there are any go on without. */
final class DescribeAclsHandler implements ApiHandler<DescribeAclsRequestData, DescribeAclsResponseData> {
    @Override
    public short apiKey() {
        return 29;
    }

    @Override
    public CompletionStage<DescribeAclsResponseData> handle(RequestContext context, DescribeAclsRequestData request) {
        return CompletableFuture.completedFuture(new DescribeAclsResponseData()
                .setErrorCode(ErrorCode.SECURITY_DISABLED.code())
                .setErrorMessage("This broker authorises nobody, so there are no ACLs"));
    }
}
