/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import io.sluice.actors.SluiceSerializable;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * A broker gets another's newest snapshot of the metadata, part by part. The binary form, by manifest; all numbers are big-endian:
 *
 * <pre>
 *   F1 Ask    i32 from, i64 id, i64 endOffset, i32 position
 *   F2 Part   i32 from, i64 id, i64 endOffset, i32 size, i32 position, then the bytes
 * </pre>
 */
public sealed interface SnapshotMessage extends SnapshotCourier.Command, SluiceSerializable {
    /** Every manifest that {@link #decode} knows. */
    Set<String> MANIFESTS = Set.of("F1", "F2");

    /** In place of an end offset: the newest, or none. */
    long UNKNOWN = -1;

    /** The sender's broker. */
    int from();

    /** Comes back with the answer; another one for each transfer. */
    long id();

    /**
     * Wants what follows.
     *
     * @param endOffset which snapshot; {@link #UNKNOWN}: the newest
     */
    record Ask(int from, long id, long endOffset, int position) implements SnapshotMessage {}

    /**
     * Part of a snapshot's file.
     *
     * @param endOffset of the snapshot; {@link #UNKNOWN}: the sender does not have what was asked for
     * @param size of the whole file
     * @param position of these bytes in it
     */
    record Part(int from, long id, long endOffset, int size, int position, byte[] bytes) implements SnapshotMessage {}

    static String manifest(SnapshotMessage message) {
        return message instanceof Ask ? "F1" : "F2";
    }

    static byte[] encode(SnapshotMessage message) {
        if (message instanceof Ask ask) {
            return ByteBuffer.allocate(2 * Integer.BYTES + 2 * Long.BYTES)
                    .putInt(ask.from())
                    .putLong(ask.id())
                    .putLong(ask.endOffset())
                    .putInt(ask.position())
                    .array();
        }
        Part part = (Part) message;
        return ByteBuffer.allocate(3 * Integer.BYTES + 2 * Long.BYTES + part.bytes().length)
                .putInt(part.from())
                .putLong(part.id())
                .putLong(part.endOffset())
                .putInt(part.size())
                .putInt(part.position())
                .put(part.bytes())
                .array();
    }

    /** @throws IllegalArgumentException if the bytes are no such message */
    static SnapshotMessage decode(String manifest, byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int from = in.getInt();
            long id = in.getLong();
            long endOffset = in.getLong();
            if (manifest.equals("F1")) {
                return new Ask(from, id, endOffset, in.getInt());
            }
            int size = in.getInt();
            int position = in.getInt();
            byte[] part = new byte[in.remaining()];
            in.get(part);
            return new Part(from, id, endOffset, size, position, part);
        } catch (BufferUnderflowException torn) {
            throw new IllegalArgumentException(
                    "a message " + manifest + " of " + bytes.length + " bytes ends too early", torn);
        }
    }
}
