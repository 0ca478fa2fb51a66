/* SPDX-License-Identifier: Apache-2.0 */
/** Consumer groups: how they are, how far behind they are, and where they go on. */
package io.sluice.http.group;
