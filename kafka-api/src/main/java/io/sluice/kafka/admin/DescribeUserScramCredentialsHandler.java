/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.kafka.api.ApiHandler;
import io.sluice.kafka.api.RequestContext;
import io.sluice.log.ErrorCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsRequestData.UserName;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData;
import org.apache.kafka.common.message.DescribeUserScramCredentialsResponseData.DescribeUserScramCredentialsResult;

/** Credentials of users: none can be set yet, so nobody has any. */
final class DescribeUserScramCredentialsHandler
        implements ApiHandler<DescribeUserScramCredentialsRequestData, DescribeUserScramCredentialsResponseData> {
    @Override
    public short apiKey() {
        return 50;
    }

    @Override
    public CompletionStage<DescribeUserScramCredentialsResponseData> handle(
            RequestContext context, DescribeUserScramCredentialsRequestData request) {
        DescribeUserScramCredentialsResponseData response =
                new DescribeUserScramCredentialsResponseData().setErrorMessage(null);
        if (request.users() != null) {
            for (UserName user : request.users()) {
                response.results()
                        .add(new DescribeUserScramCredentialsResult()
                                .setUser(user.name())
                                .setErrorCode(ErrorCode.RESOURCE_NOT_FOUND.code())
                                .setErrorMessage("There is no credential of user " + user.name()));
            }
        }
        return CompletableFuture.completedFuture(response);
    }
}
