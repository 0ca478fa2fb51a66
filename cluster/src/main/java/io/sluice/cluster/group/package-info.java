/* SPDX-License-Identifier: Apache-2.0 */
/** The way to the coordinators of consumer groups, on whichever node they are. */
package io.sluice.cluster.group;
