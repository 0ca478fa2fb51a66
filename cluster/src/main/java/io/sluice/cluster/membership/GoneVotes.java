/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.membership;

import io.sluice.actors.SluiceSerializable;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * Whom the sender, a voter, sees no more; replaces what it said before. Its binary form, manifest V1:
 *
 * <pre>
 *   i32 from, i32 count, then each: i32 broker, i64 uid
 * </pre>
 */
public record GoneVotes(int from, Set<Process> gone) implements SluiceSerializable {
    public static final String MANIFEST = "V1";

    private static final int PROCESS_BYTES = Integer.BYTES + Long.BYTES;

    /**
     * One run of a broker.
     *
     * @param uid of its actor system
     */
    public record Process(int broker, long uid) {}

    public static byte[] encode(GoneVotes votes) {
        ByteBuffer out = ByteBuffer.allocate(2 * Integer.BYTES + votes.gone().size() * PROCESS_BYTES)
                .putInt(votes.from())
                .putInt(votes.gone().size());
        votes.gone().forEach(process -> out.putInt(process.broker()).putLong(process.uid()));
        return out.array();
    }

    /** @throws IllegalArgumentException if the bytes are no such message */
    public static GoneVotes decode(byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int from = in.getInt();
            int count = in.getInt();
            if (count < 0 || count > in.remaining() / PROCESS_BYTES) {
                throw new IllegalArgumentException("a count of " + count + " with " + in.remaining() + " bytes left");
            }
            Set<Process> gone = new HashSet<>();
            for (int i = 0; i < count; i++) {
                gone.add(new Process(in.getInt(), in.getLong()));
            }
            return new GoneVotes(from, gone);
        } catch (BufferUnderflowException torn) {
            throw new IllegalArgumentException("votes of " + bytes.length + " bytes end too early", torn);
        }
    }
}
