/* SPDX-License-Identifier: Apache-2.0 */
/** A broker process that is killed, starved of disk, or pestered by thousands of slow clients; nothing acknowledged is lost. */
package io.sluice.system.faults;
