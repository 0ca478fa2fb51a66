/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Partitions as entities of Akka Cluster Sharding: a shard is a placement group. Sharding starts partitions and places them; data
 * never goes through it.
 */
package io.sluice.cluster.sharding;
