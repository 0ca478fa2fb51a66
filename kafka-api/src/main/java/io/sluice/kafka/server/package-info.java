/* SPDX-License-Identifier: Apache-2.0 */
/** Sockets: the listener, connections, framing, memory budgets, the order of responses, and the list of all APIs. */
package io.sluice.kafka.server;
