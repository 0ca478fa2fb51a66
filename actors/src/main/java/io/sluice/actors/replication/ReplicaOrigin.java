/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.UUID;

/**
 * What a starting replica knows about where its log has been, to tell whether something of it may be gone.
 *
 * @param directory id of the data directory
 * @param boot id of the kernel's run; {@link ReplicaState#NONE} where every write is forced, so that a power loss takes nothing
 * @param blankExpected a replica that remembers nothing is new, not wiped: the topic is younger than the directory, and the
 *     replica belongs to its first replica set
 * @param logLost files of the log are known to be missing
 */
public record ReplicaOrigin(UUID directory, UUID boot, boolean blankExpected, boolean logLost) {
    /** Where directories and boots are not told apart: every log is trusted. */
    public static final ReplicaOrigin UNQUESTIONED =
            new ReplicaOrigin(ReplicaState.NONE, ReplicaState.NONE, true, false);

    boolean vouchesFor(ReplicaState remembered, boolean logIsEmpty) {
        if (logLost) {
            return false;
        } else if (remembered.isBlank()) {
            return blankExpected && logIsEmpty;
        }
        return remembered.directory().equals(directory)
                && (remembered.boot().equals(ReplicaState.NONE)
                        || remembered.boot().equals(boot));
    }
}
