/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import io.sluice.actors.replication.ReplicaOrigin;
import io.sluice.actors.replication.ReplicaState;
import java.util.UUID;

/**
 * What tells whether the logs of a node are those that it had before.
 *
 * @param directory id of the data directory
 * @param boot id of the kernel's run: what was not forced before it is gone
 */
public record ReplicaHome(UUID directory, UUID boot) {
    /** @param blankExpected a replica here that remembers nothing is new */
    ReplicaOrigin origin(boolean blankExpected) {
        return new ReplicaOrigin(directory, boot, blankExpected, false);
    }

    /** The same for a log every write of which is forced: no power loss takes anything of it. */
    ReplicaOrigin originOfForced(boolean blankExpected) {
        return new ReplicaOrigin(directory, ReplicaState.NONE, blankExpected, false);
    }
}
