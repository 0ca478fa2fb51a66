/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What makes several nodes one cluster: who the other brokers are and where, control messages between them (replicas, leaderships,
 * requests to the controller), and who is declared dead.
 */
package io.sluice.cluster.membership;
