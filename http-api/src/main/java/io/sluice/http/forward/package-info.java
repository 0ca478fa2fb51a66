/* SPDX-License-Identifier: Apache-2.0 */
/** Asks other nodes over HTTP, for clients that asked the wrong one. */
package io.sluice.http.forward;
