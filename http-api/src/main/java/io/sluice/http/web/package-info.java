/* SPDX-License-Identifier: Apache-2.0 */
/** What browsers load from a node. */
package io.sluice.http.web;
