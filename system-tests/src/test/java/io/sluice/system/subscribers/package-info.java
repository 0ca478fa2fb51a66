/* SPDX-License-Identifier: Apache-2.0 */
/** Readers over WebSocket, each a process of its own, whose nodes are killed and stopped: nothing is lost, doubled or out of order. */
package io.sluice.system.subscribers;
