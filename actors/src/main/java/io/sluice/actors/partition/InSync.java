/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import java.util.List;

/**
 * What a leader knows of its replicas at the moment.
 *
 * @param inForce the version of the replica set that is in force in the leader's epoch; -1 if none is yet
 * @param brokers whose replicas acknowledge, the leader's own first, observers too
 */
public record InSync(int inForce, List<Integer> brokers) {
    /** Of whom nothing is known. */
    public static final InSync UNKNOWN = new InSync(-1, List.of());
}
