/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import java.util.List;

/**
 * What a member of a group is to read in one generation.
 *
 * @param topics none if others have everything
 * @param from where it goes on: at its own place where it had the partition before, else at what is committed; partitions without an offset are missing
 * @param control of the subscription that it is for
 */
record GroupAssignment(int generation, List<TopicSelection> topics, Positions from, GroupControl control) {}
