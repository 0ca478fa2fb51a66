/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;

/**
 * The actor of one replica of a partition, sole owner of its log. It runs on every broker that has a replica. Its life:
 *
 * <pre>
 *              log open                 Stop, Delete
 *   Recovering ---------> Replicating --------------> Resigning ----> (stopped)
 *       |                      |                          all callers answered
 *       | corrupt log          | I/O error
 *       v                      v
 *       +------> Failed <------+     stays, refuses, until Stop or Delete
 *
 *   within Replicating, as {@link io.sluice.actors.replication.ReplicaCore} says:   idle <-> Following,   idle <-> Leading
 * </pre>
 *
 * <p>A failed partition is not started again by itself: a half-written log must go through recovery, and a damaged one needs a
 * person. A full disk is not a failure, see {@link Appends}.
 */
public final class Partition {
    private Partition() {}

    /** A replica that neither leads nor follows until it is told to. */
    public static Behavior<PartitionCommand> create(PartitionContext node, PartitionSpec spec) {
        return Behaviors.setup(actor -> {
            actor.setLoggerName(Partition.class);
            return new Recovering(actor, node, spec);
        });
    }
}
