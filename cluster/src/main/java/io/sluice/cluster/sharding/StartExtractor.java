/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import akka.cluster.sharding.typed.ShardingMessageExtractor;

/** Only {@link ClaimCommand.Start} goes through sharding, without an envelope: it says itself who it is for. */
final class StartExtractor extends ShardingMessageExtractor<ClaimCommand, ClaimCommand> {
    @Override
    public String entityId(ClaimCommand message) {
        return message instanceof ClaimCommand.Start start ? start.entityId() : null;
    }

    @Override
    public String shardId(String entityId) {
        return EntityIds.shardOf(entityId);
    }

    @Override
    public ClaimCommand unwrapMessage(ClaimCommand message) {
        return message;
    }
}
