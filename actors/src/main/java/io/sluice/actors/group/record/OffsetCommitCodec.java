/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.record;

import io.sluice.actors.group.GroupRequest.PartitionKey;
import io.sluice.actors.group.GroupResponse.CommittedOffset;
import io.sluice.actors.group.record.GroupEvent.OffsetCommitted;
import io.sluice.actors.group.record.GroupEvent.OffsetRemoved;
import java.nio.ByteBuffer;
import java.util.UUID;

/**
 * A committed offset: Kafka's {@code OffsetCommitKey} and {@code OffsetCommitValue}.
 *
 * <pre>
 * key      int16 type = 1 (0 of very old brokers)
 *          string group | string topic | int32 partition
 *
 * value    int16 version
 *  v0      int64 offset |                   string metadata | int64 commitTimestamp
 *  v1      int64 offset |                   string metadata | int64 commitTimestamp | int64 expireTimestamp
 *  v2      as v0
 *  v3      int64 offset | int32 leaderEpoch | string metadata | int64 commitTimestamp
 *  v4      int64 offset | int32 leaderEpoch | compact string metadata | int64 commitTimestamp | tagged fields
 *             tag 0: uuid topicId, left out when all zero
 * </pre>
 *
 * A null value removes the offset. Written is v1 where an old client gave an expiry time, v4 otherwise.
 */
final class OffsetCommitCodec {
    static final int KEY_TYPE = 1;
    private static final int WITH_EXPIRY = 1;
    private static final int FLEXIBLE = 4;
    private static final int TOPIC_ID_TAG = 0;
    private static final UUID NO_TOPIC_ID = new UUID(0, 0);

    private OffsetCommitCodec() {}

    static byte[] key(String groupId, PartitionKey partition) {
        return new FieldWriter()
                .int16(KEY_TYPE)
                .string(groupId)
                .string(partition.topic())
                .int32(partition.partition())
                .toByteArray();
    }

    static byte[] value(CommittedOffset offset) {
        return offset.expireTimeMs() == -1 ? flexibleValue(offset) : valueWithExpiry(offset);
    }

    private static byte[] valueWithExpiry(CommittedOffset offset) {
        return new FieldWriter()
                .int16(WITH_EXPIRY)
                .int64(offset.offset())
                .string(offset.metadata())
                .int64(offset.commitTimeMs())
                .int64(offset.expireTimeMs())
                .toByteArray();
    }

    private static byte[] flexibleValue(CommittedOffset offset) {
        FieldWriter out = new FieldWriter()
                .int16(FLEXIBLE)
                .int64(offset.offset())
                .int32(offset.leaderEpoch())
                .compactString(offset.metadata())
                .int64(offset.commitTimeMs());
        if (offset.topicId().equals(NO_TOPIC_ID)) {
            return out.unsignedVarint(0).toByteArray();
        }
        return out.unsignedVarint(1)
                .unsignedVarint(TOPIC_ID_TAG)
                .unsignedVarint(2 * Long.BYTES)
                .uuid(offset.topicId())
                .toByteArray();
    }

    /**
     * Reads what follows the key's type.
     *
     * @param value null for a tombstone
     * @return null if the value is of a version that isn't known
     */
    static GroupEvent read(FieldReader key, ByteBuffer value) {
        String groupId = key.string();
        PartitionKey partition = new PartitionKey(key.string(), key.int32());
        if (value == null) {
            return new OffsetRemoved(groupId, partition);
        }
        FieldReader in = new FieldReader(value);
        int version = in.int16();
        if (version < 0 || version > FLEXIBLE) {
            return null;
        }
        return new OffsetCommitted(groupId, partition, readValue(in, version));
    }

    private static CommittedOffset readValue(FieldReader in, int version) {
        long offset = in.int64();
        int leaderEpoch = version >= 3 ? in.int32() : -1;
        String metadata = version >= FLEXIBLE ? in.compactString() : in.string();
        long commitTimeMs = in.int64();
        long expireTimeMs = version == WITH_EXPIRY ? in.int64() : -1;
        UUID topicId = version >= FLEXIBLE ? readTopicId(in) : NO_TOPIC_ID;
        return new CommittedOffset(offset, leaderEpoch, metadata, commitTimeMs, expireTimeMs, topicId);
    }

    private static UUID readTopicId(FieldReader in) {
        UUID topicId = NO_TOPIC_ID;
        int fields = in.unsignedVarint();
        for (int i = 0; i < fields; i++) {
            int tag = in.unsignedVarint();
            int size = in.unsignedVarint();
            if (tag == TOPIC_ID_TAG) {
                topicId = in.uuid();
            } else {
                in.skip(size);
            }
        }
        return topicId;
    }
}
