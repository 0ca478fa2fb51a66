/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Replication of one partition: {@link io.sluice.actors.replication.ReplicaCore} decides epochs and the high watermark
 * without an actor, a clock, a disk or a network; what it must not forget goes to one journal for all partitions of a node.
 */
package io.sluice.actors.replication;
