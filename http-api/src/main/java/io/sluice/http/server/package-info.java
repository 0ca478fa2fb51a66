/* SPDX-License-Identifier: Apache-2.0 */
/** The sockets of HTTP: binding, connections and their limits, the way of a request to its endpoint. */
package io.sluice.http.server;
