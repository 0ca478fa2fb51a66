/* SPDX-License-Identifier: Apache-2.0 */
/**
 * A deterministic simulation of one replicated partition: seed in, same run out. {@link io.sluice.actors.replication.simulation.Simulation} drives real
 * {@link io.sluice.actors.replication.ReplicaCore}s through a network and disks that do what networks and disks do, and
 * {@link io.sluice.actors.replication.simulation.Oracle} checks after every step that nothing committed is lost.
 */
package io.sluice.actors.replication.simulation;
