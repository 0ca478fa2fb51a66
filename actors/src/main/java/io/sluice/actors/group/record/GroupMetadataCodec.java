/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.record;

import io.sluice.actors.group.record.GroupEvent.GroupRemoved;
import io.sluice.actors.group.record.GroupEvent.GroupSaved;
import io.sluice.actors.group.record.SavedGroup.SavedMember;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A group with its members: Kafka's {@code GroupMetadataKey} and {@code GroupMetadataValue}.
 *
 * <pre>
 * key      int16 type = 2
 *          string group
 *
 * value    int16 version
 *          string protocolType | int32 generation | nullable string protocol | nullable string leader
 *          int64 currentStateTimestamp                                 (v2 and later)
 *          int32 count, then for each member
 *             string memberId
 *             nullable string groupInstanceId                          (v3 and later)
 *             string clientId | string clientHost
 *             int32 rebalanceTimeout                                   (v1 and later)
 *             int32 sessionTimeout | bytes subscription | bytes assignment
 *  v4      the same with compact strings, bytes and array, and tagged fields after each member and at the end
 * </pre>
 *
 * A null value removes the group. Written is v3.
 */
final class GroupMetadataCodec {
    static final int KEY_TYPE = 2;
    private static final int WRITTEN = 3;
    private static final int FLEXIBLE = 4;

    private GroupMetadataCodec() {}

    static byte[] key(String groupId) {
        return new FieldWriter().int16(KEY_TYPE).string(groupId).toByteArray();
    }

    static byte[] value(SavedGroup group) {
        FieldWriter out = new FieldWriter()
                .int16(WRITTEN)
                .string(group.protocolType())
                .int32(group.generation())
                .string(group.protocol())
                .string(group.leader())
                .int64(group.stateTimeMs())
                .int32(group.members().size());
        for (SavedMember member : group.members()) {
            out.string(member.memberId())
                    .string(member.instanceId())
                    .string(member.clientId())
                    .string(member.clientHost())
                    .int32(member.rebalanceTimeoutMs())
                    .int32(member.sessionTimeoutMs())
                    .bytes(member.subscription())
                    .bytes(member.assignment());
        }
        return out.toByteArray();
    }

    /**
     * Reads what follows the key's type.
     *
     * @param value null for a tombstone
     * @return null if the value is of a version that isn't known
     */
    static GroupEvent read(FieldReader key, ByteBuffer value) {
        String groupId = key.string();
        if (value == null) {
            return new GroupRemoved(groupId);
        }
        FieldReader in = new FieldReader(value);
        int version = in.int16();
        if (version < 0 || version > FLEXIBLE) {
            return null;
        }
        return new GroupSaved(groupId, version == FLEXIBLE ? readFlexible(in) : readFixed(in, version));
    }

    private static SavedGroup readFixed(FieldReader in, int version) {
        String protocolType = in.string();
        int generation = in.int32();
        String protocol = in.nullableString();
        String leader = in.nullableString();
        long stateTimeMs = version >= 2 ? in.int64() : -1;
        int count = checkedCount(in.int32(), in);
        List<SavedMember> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            String memberId = in.string();
            String instanceId = version >= 3 ? in.nullableString() : null;
            String clientId = in.string();
            String clientHost = in.string();
            int rebalanceTimeoutMs = version >= 1 ? in.int32() : -1;
            int sessionTimeoutMs = in.int32();
            members.add(new SavedMember(
                    memberId,
                    instanceId,
                    clientId,
                    clientHost,
                    rebalanceTimeoutMs == -1 ? sessionTimeoutMs : rebalanceTimeoutMs,
                    sessionTimeoutMs,
                    in.bytes(),
                    in.bytes()));
        }
        return new SavedGroup(protocolType, generation, protocol, leader, stateTimeMs, List.copyOf(members));
    }

    private static SavedGroup readFlexible(FieldReader in) {
        String protocolType = in.compactString();
        int generation = in.int32();
        String protocol = in.compactNullableString();
        String leader = in.compactNullableString();
        long stateTimeMs = in.int64();
        int count = checkedCount(in.unsignedVarint() - 1, in);
        List<SavedMember> members = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            members.add(new SavedMember(
                    in.compactString(),
                    in.compactNullableString(),
                    in.compactString(),
                    in.compactString(),
                    in.int32(),
                    in.int32(),
                    in.compactBytes(),
                    in.compactBytes()));
            skipTaggedFields(in);
        }
        skipTaggedFields(in);
        return new SavedGroup(protocolType, generation, protocol, leader, stateTimeMs, List.copyOf(members));
    }

    private static void skipTaggedFields(FieldReader in) {
        int fields = in.unsignedVarint();
        for (int i = 0; i < fields; i++) {
            in.unsignedVarint();
            in.skip(in.unsignedVarint());
        }
    }

    private static int checkedCount(int count, FieldReader in) {
        if (count < 0 || count > in.remaining()) {
            throw new MalformedRecordException(count + " members in " + in.remaining() + " bytes");
        }
        return count;
    }
}
