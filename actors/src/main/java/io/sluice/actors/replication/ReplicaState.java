/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

import java.util.UUID;

/**
 * What a replica must never forget.
 *
 * @param promised the largest epoch that it has promised; older ones are refused
 * @param synced the largest epoch up to whose start its log is complete
 * @param setVersion the newest version of the replica set that it has acted on; candidates with an older one are refused
 * @param directory the data directory in which its log was last trusted; {@link #NONE} if it never was
 * @param boot the run of the kernel whose page cache its log relies on; {@link #NONE} if it relies on none (stopped cleanly, or
 *     every write is forced)
 */
public record ReplicaState(int promised, int synced, int setVersion, UUID directory, UUID boot) {
    /** No id. */
    public static final UUID NONE = new UUID(0, 0);

    /** A replica that has never taken part. */
    public static final ReplicaState BLANK = new ReplicaState(-1, -1);

    public ReplicaState {
        if (synced > promised) {
            throw new IllegalArgumentException("synced " + synced + " is beyond promised " + promised);
        }
    }

    /** Of the first replica set, where nothing tells directories and boots apart. */
    public ReplicaState(int promised, int synced) {
        this(promised, synced, 0, NONE, NONE);
    }

    /** What is left of a replica whose log is deleted while the partition goes on elsewhere: should it come back, it must not be trusted. */
    public ReplicaState withoutLog() {
        return new ReplicaState(promised, -1, setVersion, NONE, NONE);
    }

    boolean isBlank() {
        return promised < 0 && synced < 0;
    }

    ReplicaState withPromise(int epoch, int version) {
        return new ReplicaState(Math.max(promised, epoch), synced, Math.max(setVersion, version), directory, boot);
    }

    ReplicaState withSynced(int epoch) {
        return new ReplicaState(promised, Math.max(synced, epoch), setVersion, directory, boot);
    }

    ReplicaState withMarks(UUID newDirectory, UUID newBoot) {
        return new ReplicaState(promised, synced, setVersion, newDirectory, newBoot);
    }
}
