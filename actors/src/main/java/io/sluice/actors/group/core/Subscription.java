/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.group.core;

import io.sluice.actors.group.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;

/**
 * The little that the broker reads of a consumer's metadata: which topics it is subscribed to.
 *
 * <pre>
 * int16 version | int32 count | count x (int16 length, UTF-8 topic name) | ...
 * </pre>
 */
final class Subscription {
    /** Of those who use this format. */
    static final String PROTOCOL_TYPE = "consumer";

    private Subscription() {}

    /** Null if the bytes are not in the format. */
    static Set<String> topics(Bytes metadata) {
        if (metadata == null) {
            return null;
        }
        ByteBuffer in = ByteBuffer.wrap(metadata.array());
        try {
            if (in.getShort() < 0) {
                return null;
            }
            int count = in.getInt();
            if (count < 0 || count > in.remaining()) {
                return null;
            }
            Set<String> topics = new HashSet<>();
            for (int i = 0; i < count; i++) {
                int length = in.getShort();
                if (length < 0 || length > in.remaining()) {
                    return null;
                }
                byte[] name = new byte[length];
                in.get(name);
                topics.add(new String(name, StandardCharsets.UTF_8));
            }
            return topics;
        } catch (BufferUnderflowException tooShort) {
            return null;
        }
    }
}
