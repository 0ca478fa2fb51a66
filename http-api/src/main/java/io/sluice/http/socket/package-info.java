/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Subscribing over WebSocket ({@code docs/websocket.md}): a pure core for what a socket means ({@link io.sluice.http.socket.SocketSession}) and a stage around
 * it that speaks the wire and runs the subscriptions.
 */
package io.sluice.http.socket;
