/* SPDX-License-Identifier: Apache-2.0 */
/**
 * RFC 6455 below the messages: bytes in, messages and control frames out, and back. Akka HTTP's own layer tells an application's close codes from none,
 * puts no bound on a message and writes every text anew for each receiver, so that a socket here speaks the wire itself.
 */
package io.sluice.http.socket.wire;
