/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Who asks. An {@link io.sluice.http.auth.Authenticator} looks at what a request carries; a {@link io.sluice.http.auth.Tickets ticket} carries its answer to
 * where no header can be set: the handshake of a browser's WebSocket.
 */
package io.sluice.http.auth;
