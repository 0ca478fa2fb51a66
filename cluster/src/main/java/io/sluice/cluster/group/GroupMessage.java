/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.cluster.group;

import io.sluice.actors.SluiceSerializable;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.Set;

/**
 * What the group relays of two nodes say to each other. Their binary form, by manifest:
 *
 * <pre>
 *   G1 Question   i32 from, i64 id, request (see {@link GroupCodec})
 *   G2 Answer     i32 from, i64 id, response
 *   G3 Cancel     i32 from, i64 id                      nobody waits for the answer any more
 * </pre>
 */
public sealed interface GroupMessage extends GroupRelay.Command, SluiceSerializable {
    String QUESTION = "G1";
    String ANSWER = "G2";
    String CANCEL = "G3";

    /** Every manifest that {@link #decode} knows. */
    Set<String> MANIFESTS = Set.of(QUESTION, ANSWER, CANCEL);

    /** The sender's broker. */
    int from();

    /** Chosen by who asks, and never used twice by it. */
    long id();

    record Question(int from, long id, byte[] bytes) implements GroupMessage {}

    record Answer(int from, long id, byte[] bytes) implements GroupMessage {}

    record Cancel(int from, long id) implements GroupMessage {}

    static String manifest(GroupMessage message) {
        return message instanceof Question ? QUESTION : message instanceof Answer ? ANSWER : CANCEL;
    }

    static byte[] encode(GroupMessage message) {
        byte[] body = message instanceof Question question
                ? question.bytes()
                : message instanceof Answer answer ? answer.bytes() : new byte[0];
        return ByteBuffer.allocate(Integer.BYTES + Long.BYTES + body.length)
                .putInt(message.from())
                .putLong(message.id())
                .put(body)
                .array();
    }

    /** @throws IllegalArgumentException if the bytes are no such message */
    static GroupMessage decode(String manifest, byte[] bytes) {
        try {
            ByteBuffer in = ByteBuffer.wrap(bytes);
            int from = in.getInt();
            long id = in.getLong();
            byte[] body = new byte[in.remaining()];
            in.get(body);
            return switch (manifest) {
                case QUESTION -> new Question(from, id, body);
                case ANSWER -> new Answer(from, id, body);
                default -> new Cancel(from, id);
            };
        } catch (BufferUnderflowException torn) {
            throw new IllegalArgumentException(
                    "a message " + manifest + " of " + bytes.length + " bytes ends too early", torn);
        }
    }
}
