/* SPDX-License-Identifier: Apache-2.0 */
/** The frames of the WebSocket protocol ({@code docs/websocket.md}) and how they are written as JSON and CBOR. */
package io.sluice.http.socket.frame;
