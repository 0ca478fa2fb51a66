/* SPDX-License-Identifier: Apache-2.0 */
/**
 * Several nodes as processes of their own, and what can happen to them: killed, stopped, paused, cut off, slowed down, emptied, torn.
 */
package io.sluice.system.cluster;
