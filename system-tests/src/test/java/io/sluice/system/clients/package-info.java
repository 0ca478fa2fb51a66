/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The client matrix: programs that people already have for Kafka, each run as a process of its own against the broker.
 * A {@link io.sluice.system.clients.ClientDriver} hides how a client is called and what it prints;
 * {@link io.sluice.system.clients.GroupScenario} is what each of them goes through.
 */
package io.sluice.system.clients;
