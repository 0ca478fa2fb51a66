/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.group;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a consumer was assigned, as Kafka's consumers write it for each other (the broker only keeps it):
 *
 * <pre>
 *   int16 version | int32 topics, then each: int16 length, name in UTF-8, int32 partitions, then each: int32 | ...
 * </pre>
 */
final class Assignment {
    private Assignment() {}

    /** Partitions by topic; empty if the bytes are something else: members need not be consumers. */
    static Map<String, List<Integer>> parse(byte[] bytes) {
        Map<String, List<Integer>> topics = new TreeMap<>();
        ByteBuffer in = ByteBuffer.wrap(bytes);
        try {
            in.getShort();
            for (int left = count(in, Short.BYTES + Integer.BYTES); left > 0; left--) {
                int length = in.getShort();
                if (length < 0 || length > in.remaining()) {
                    return Map.of();
                }
                byte[] name = new byte[length];
                in.get(name);
                List<Integer> partitions = new ArrayList<>();
                for (int more = count(in, Integer.BYTES); more > 0; more--) {
                    partitions.add(in.getInt());
                }
                topics.put(new String(name, StandardCharsets.UTF_8), partitions);
            }
            return topics;
        } catch (BufferUnderflowException e) {
            return Map.of();
        }
    }

    /** One that fits into what is left. */
    private static int count(ByteBuffer in, int elementBytes) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / elementBytes) {
            throw new BufferUnderflowException();
        }
        return count;
    }
}
