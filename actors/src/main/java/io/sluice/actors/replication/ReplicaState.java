/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication;

/**
 * What a replica must never forget.
 *
 * @param promised the largest epoch that it has promised; older ones are refused
 * @param synced the largest epoch up to whose start its log is complete
 */
public record ReplicaState(int promised, int synced) {
    /** A replica that has never taken part. */
    public static final ReplicaState BLANK = new ReplicaState(-1, -1);

    public ReplicaState {
        if (synced > promised) {
            throw new IllegalArgumentException("synced " + synced + " is beyond promised " + promised);
        }
    }
}
