/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.controller;

import io.sluice.actors.SluiceSerializable;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * What the relays of two nodes say to each other: a question to the controller or its answer (see {@link ControllerCodec}), in pieces, for
 * the remoting has a largest frame. Their binary form, by manifest:
 *
 * <pre>
 *   Q1 Question   i32 from, i64 id, i32 piece, i32 pieces, bytes
 *   A1 Answer     i32 from, i64 id, i32 piece, i32 pieces, i64 offset, bytes
 * </pre>
 */
public sealed interface RelayMessage extends ControllerRelay.Command, SluiceSerializable {
    String QUESTION = "Q1";
    String ANSWER = "A1";

    /** Every manifest that {@link #decode} knows. */
    Set<String> MANIFESTS = Set.of(QUESTION, ANSWER);

    /** The sender's broker. */
    int from();

    /** Chosen by who asks, and never used twice by it. */
    long id();

    int piece();

    int pieces();

    byte[] bytes();

    record Question(int from, long id, int piece, int pieces, byte[] bytes) implements RelayMessage {}

    /** @param offset of the metadata that the answer is true from; -1 if no controller is there, and then it has no bytes */
    record Answer(int from, long id, int piece, int pieces, long offset, byte[] bytes) implements RelayMessage {}

    static String manifest(RelayMessage message) {
        return message instanceof Question ? QUESTION : ANSWER;
    }

    static byte[] encode(RelayMessage message) {
        ByteBuffer out = ByteBuffer.allocate(3 * Integer.BYTES + 2 * Long.BYTES + message.bytes().length)
                .putInt(message.from())
                .putLong(message.id())
                .putInt(message.piece())
                .putInt(message.pieces());
        if (message instanceof Answer answer) {
            out.putLong(answer.offset());
        }
        out.put(message.bytes()).flip();
        byte[] bytes = new byte[out.remaining()];
        out.get(bytes);
        return bytes;
    }

    /** @throws IllegalArgumentException if the bytes are no such message */
    static RelayMessage decode(String manifest, byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int from = in.getInt();
            long id = in.getLong();
            int piece = in.getInt();
            int pieces = in.getInt();
            if (piece < 0 || piece >= pieces) {
                throw new IllegalArgumentException("piece " + piece + " of " + pieces);
            }
            return manifest.equals(QUESTION)
                    ? new Question(from, id, piece, pieces, rest(in))
                    : new Answer(from, id, piece, pieces, in.getLong(), rest(in));
        } catch (BufferUnderflowException torn) {
            throw new IllegalArgumentException(
                    "a message " + manifest + " of " + bytes.length + " bytes ends too early", torn);
        }
    }

    private static byte[] rest(ByteBuffer in) {
        byte[] rest = new byte[in.remaining()];
        in.get(rest);
        return rest;
    }
}
