/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

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
    /** Where directories and boots are not told apart. */
    public static final ReplicaHome UNQUESTIONED = new ReplicaHome(ReplicaState.NONE, ReplicaState.NONE);

    ReplicaOrigin origin(boolean blankExpected) {
        return new ReplicaOrigin(directory, boot, blankExpected, false);
    }
}
