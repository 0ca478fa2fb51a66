/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.cluster.sharding.typed.ShardingMessageExtractor;
import io.sluice.actors.partition.PartitionCommand;

/** Only {@link PartitionCommand.Start} goes through sharding, without an envelope: it says itself who it is for. */
final class StartExtractor extends ShardingMessageExtractor<PartitionCommand, PartitionCommand> {
    @Override
    public String entityId(PartitionCommand message) {
        return message instanceof PartitionCommand.Start start ? start.entityId() : null;
    }

    @Override
    public String shardId(String entityId) {
        return EntityIds.shardOf(entityId);
    }

    @Override
    public PartitionCommand unwrapMessage(PartitionCommand message) {
        return message;
    }
}
