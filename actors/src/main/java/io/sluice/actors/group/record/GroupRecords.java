/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.record;

import io.sluice.actors.group.record.GroupEvent.GroupRemoved;
import io.sluice.actors.group.record.GroupEvent.GroupSaved;
import io.sluice.actors.group.record.GroupEvent.OffsetCommitted;
import io.sluice.actors.group.record.GroupEvent.OffsetRemoved;
import java.nio.ByteBuffer;

/**
 * Events to records of {@code __consumer_offsets} and back. The layouts are Kafka's, byte for byte, so that tools which read
 * the topic work: see {@link OffsetCommitCodec} and {@link GroupMetadataCodec}.
 */
public final class GroupRecords {
    private GroupRecords() {}

    /** The record's key. */
    public static byte[] key(GroupEvent event) {
        if (event instanceof OffsetCommitted committed) {
            return OffsetCommitCodec.key(committed.groupId(), committed.partition());
        } else if (event instanceof OffsetRemoved removed) {
            return OffsetCommitCodec.key(removed.groupId(), removed.partition());
        }
        return GroupMetadataCodec.key(event.groupId());
    }

    /** The record's value; null for a tombstone. */
    public static byte[] value(GroupEvent event) {
        if (event instanceof OffsetCommitted committed) {
            return OffsetCommitCodec.value(committed.offset());
        } else if (event instanceof GroupSaved saved) {
            return GroupMetadataCodec.value(saved.group());
        }
        return null;
    }

    /**
     * Reads a record.
     *
     * @param value null for a tombstone
     * @return null if it is of a kind or version that this broker doesn't know (written by a newer one, or by another group protocol): to be skipped
     * @throws MalformedRecordException if the bytes make no sense
     */
    public static GroupEvent read(ByteBuffer key, ByteBuffer value) {
        if (key == null) {
            throw new MalformedRecordException("a record without a key");
        }
        FieldReader in = new FieldReader(key);
        int type = in.int16();
        return switch (type) {
            case 0, OffsetCommitCodec.KEY_TYPE -> OffsetCommitCodec.read(in, value);
            case GroupMetadataCodec.KEY_TYPE -> GroupMetadataCodec.read(in, value);
            default -> null;
        };
    }

    /** Whether the event is a tombstone. */
    public static boolean removes(GroupEvent event) {
        return event instanceof OffsetRemoved || event instanceof GroupRemoved;
    }
}
