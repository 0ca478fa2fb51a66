/* SPDX-License-Identifier: Apache-2.0 */
/**
 * The pure core of the group coordinator: no actor, clock, disk or network. {@link io.sluice.actors.group.core.GroupShard} holds the groups of one
 * partition; one class for each kind of request works on a {@code Group}; what comes out are events to persist and answers to give.
 */
package io.sluice.actors.group.core;
