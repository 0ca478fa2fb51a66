/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

/** The coordinators of consumer groups that run on this node. */
public interface GroupCoordinators {}
