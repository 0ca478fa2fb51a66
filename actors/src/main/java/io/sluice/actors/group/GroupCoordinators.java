/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group;

import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The coordinators of consumer groups that run on this node: one at each {@code __consumer_offsets} partition that is led here. Every method may
 * be called from any thread and none blocks; an answer is given once, on a coordinator's thread or the caller's: hand over to your own and
 * return.
 */
public interface GroupCoordinators {
    /** The topic that keeps groups and offsets. */
    String TOPIC = "__consumer_offsets";

    /** The partition of {@link #TOPIC} that keeps a group, as Kafka chooses it, so that lag tools find it. */
    static int partitionOf(String groupId, int partitions) {
        return (groupId.hashCode() & 0x7fffffff) % partitions;
    }

    /**
     * Asks the coordinator of {@code request.groupId()}. Without one here the answer is {@code COORDINATOR_NOT_AVAILABLE} (the topic doesn't
     * exist yet), {@code NOT_COORDINATOR} or {@code COORDINATOR_LOAD_IN_PROGRESS}: clients look again then.
     */
    <R extends GroupResponse> void submit(GroupRequest<R> request, Consumer<R> reply);

    /**
     * Nobody waits any more for the answer to a request that was submitted with this very {@code reply}: its client has gone. A member that waits in a
     * Join or Sync counts as silent from now on, so that its session ends unless it comes back. The answer is given nevertheless.
     */
    <R extends GroupResponse> void abandon(GroupRequest<R> request, Consumer<R> reply);

    /**
     * All groups of this node.
     *
     * @param states only these (any case); empty for all
     * @param types only these (any case); empty for all
     */
    void list(Set<String> states, Set<String> types, Consumer<GroupResponse.Listed> reply);

    /** Topics are gone: their offsets go too, in every group. Call it when the deletion is in the metadata of this node. */
    void topicsDeleted(Collection<String> topics);

    GroupMetrics metrics();
}
