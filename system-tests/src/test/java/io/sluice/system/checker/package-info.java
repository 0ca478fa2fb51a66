/* SPDX-License-Identifier: Apache-2.0 */
/**
 * What clients were told, and whether it can be true: histories of many producers, consumers and groups, and a checker in the
 * manner of Jepsen's Kafka workload. No client, network or clock in here.
 */
package io.sluice.system.checker;
