/* SPDX-License-Identifier: Apache-2.0 */
/** A node with HTTP, and a client of it. */
package io.sluice.http.testing;
