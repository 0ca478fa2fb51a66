/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.sharding;

import java.util.UUID;

/**
 * Names of entities and shards: {@code group/topicId/partition}, where the group is the shard. The metadata partition has a shard of its
 * own, so that placing it depends on nothing that is in it.
 *
 * @param shard the placement group's number, or {@link #METADATA_SHARD}
 */
public record EntityIds(String shard, UUID topicId, int partition) {
    public static final String METADATA_SHARD = "metadata";

    /** The metadata partition is a topic like any other to its log; its id is fixed. */
    public static final UUID METADATA_TOPIC_ID = new UUID(0, 1);

    public static final EntityIds METADATA = new EntityIds(METADATA_SHARD, METADATA_TOPIC_ID, 0);

    public static EntityIds of(int group, UUID topicId, int partition) {
        return new EntityIds(Integer.toString(group), topicId, partition);
    }

    /** @throws IllegalArgumentException if the text is no entity's id */
    public static EntityIds parse(String entityId) {
        String[] parts = entityId.split("/", -1);
        if (parts.length != 3) {
            throw new IllegalArgumentException("not an entity's id: " + entityId);
        }
        return new EntityIds(parts[0], UUID.fromString(parts[1]), Integer.parseInt(parts[2]));
    }

    static String shardOf(String entityId) {
        return entityId.substring(0, entityId.indexOf('/'));
    }

    public String entityId() {
        return shard + "/" + topicId + "/" + partition;
    }
}
