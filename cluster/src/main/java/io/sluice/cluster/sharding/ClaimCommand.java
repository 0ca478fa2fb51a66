/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import io.sluice.actors.SluiceSerializable;

/** What a {@link LeadershipClaim} is told. */
sealed interface ClaimCommand {
    /**
     * Starts the entity where it does not run yet; says nothing to one that does. The only command that goes through sharding.
     *
     * @param entityId see {@link EntityIds#entityId}
     */
    record Start(String entityId) implements ClaimCommand, SluiceSerializable {}

    /** The shard moves, or the topic is gone. */
    enum Stop implements ClaimCommand {
        INSTANCE
    }
}
