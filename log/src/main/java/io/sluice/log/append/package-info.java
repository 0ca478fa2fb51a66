/* SPDX-License-Identifier: Apache-2.0 */
/** Checks of what wants to enter a log, and what is prepared for the next write. */
package io.sluice.log.append;
