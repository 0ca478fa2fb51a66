/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.partition;

import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import java.util.UUID;

/**
 * The actor of one partition, sole owner of its log. Its life:
 *
 * <pre>
 *              log open             epoch on disk
 *   Recovering ---------> Electing --------------> Leading ----> Resigning ----> (stopped)
 *       |                    |                        |    Stop,     all callers
 *       | I/O error,         |                        |    Delete    answered
 *       | corrupt log        v                        v
 *       +----------------> Failed <-------------------+     stays, refuses, until Stop or Delete
 * </pre>
 *
 * <p>A failed partition is not started again by itself: a half-written log must go through recovery, and a damaged one needs a
 * person. A full disk is not a failure, see {@link Appends}.
 */
public final class Partition {
    private Partition() {}

    /** A partition that is to lead. */
    public static Behavior<PartitionCommand> create(PartitionContext node, PartitionSpec spec) {
        return Behaviors.setup(actor -> {
            actor.setLoggerName(Partition.class);
            return new Recovering(actor, node, spec);
        });
    }

    /** {@code group/topicId/partition}: the part before the first slash is the shard. */
    public static String entityId(String group, UUID topicId, int partition) {
        return group + "/" + topicId + "/" + partition;
    }
}
