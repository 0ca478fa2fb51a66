/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.kafka.admin;

import io.sluice.kafka.api.Api;
import io.sluice.kafka.api.HandlerServices;
import java.util.List;

/** The list of this package's APIs. */
public final class AdminHandlers {
    private AdminHandlers() {}

    public static List<Api> of(HandlerServices services) {
        return List.of(
                new MetadataHandler(services),
                new CreateTopicsHandler(services),
                new DeleteTopicsHandler(services),
                new DescribeAclsHandler(),
                new DescribeConfigsHandler(services),
                new AlterConfigsHandler(services),
                new DescribeLogDirsHandler(services),
                new CreatePartitionsHandler(services),
                new IncrementalAlterConfigsHandler(services),
                new ElectLeadersHandler(services),
                new AlterPartitionReassignmentsHandler(services),
                new ListPartitionReassignmentsHandler(services),
                new DescribeQuorumHandler(services),
                new UnregisterBrokerHandler(services),
                new UpdateFeaturesHandler(services),
                new DescribeClientQuotasHandler(),
                new DescribeUserScramCredentialsHandler(),
                new DescribeClusterHandler(services),
                new ListConfigResourcesHandler(services),
                new DescribeTopicPartitionsHandler(services));
    }
}
