/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.record;

import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.CommittedOffset;

/** A change of a group that outlives its coordinator: one record of {@code __consumer_offsets}. */
public sealed interface GroupEvent {
    String groupId();

    /** A partition's offset was committed. */
    record OffsetCommitted(String groupId, PartitionKey partition, CommittedOffset offset) implements GroupEvent {}

    /** A partition's offset is gone: deleted, expired, or its topic was deleted. */
    record OffsetRemoved(String groupId, PartitionKey partition) implements GroupEvent {}

    /** The group has these members, with these assignments, from now on. */
    record GroupSaved(String groupId, SavedGroup group) implements GroupEvent {}

    /** The group was deleted. */
    record GroupRemoved(String groupId) implements GroupEvent {}
}
