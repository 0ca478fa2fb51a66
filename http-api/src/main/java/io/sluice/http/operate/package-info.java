/* SPDX-License-Identifier: Apache-2.0 */
/** For those who run a node: how it is, and what it counts. */
package io.sluice.http.operate;
