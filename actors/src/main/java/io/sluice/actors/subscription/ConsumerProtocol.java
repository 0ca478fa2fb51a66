/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.subscription;

import io.sluice.actors.group.Bytes;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What members of a consumer group tell each other through the coordinator, which does not read it: the embedded protocol of Kafka's consumers
 * ({@code ConsumerProtocolSubscription} and {@code ConsumerProtocolAssignment}). Of later versions of the subscription what follows is passed over.
 *
 * <pre>
 *  subscription   int16 version | int32 count | { string topic } ... | bytes user data, -1 = null | (later versions)
 *  assignment     int16 version | int32 count | { string topic | int32 count | { int32 partition } ... } ... | bytes user data
 *  string         int16 length | UTF-8
 * </pre>
 */
final class ConsumerProtocol {
    /** Protocol type of groups of consumers. */
    static final String TYPE = "consumer";

    private static final short VERSION = 0;
    private static final int NULL = -1;

    private ConsumerProtocol() {}

    static Bytes subscription(Collection<String> topics) {
        int size = 2 + 4 + 4;
        for (String topic : topics) {
            size += 2 + utf8(topic).length;
        }
        ByteBuffer out = ByteBuffer.allocate(size).putShort(VERSION).putInt(topics.size());
        topics.forEach(topic -> put(out, topic));
        return Bytes.of(out.putInt(NULL).array());
    }

    /** @throws IllegalArgumentException if it is none */
    static Set<String> topics(Bytes subscription) {
        try {
            ByteBuffer in = ByteBuffer.wrap(subscription.array());
            in.getShort();
            Set<String> topics = new LinkedHashSet<>();
            for (int left = count(in); left > 0; left--) {
                topics.add(text(in));
            }
            return topics;
        } catch (BufferUnderflowException torn) {
            throw new IllegalArgumentException("a subscription of " + subscription + " ends too early", torn);
        }
    }

    static Bytes assignment(Map<String, List<Integer>> partitions) {
        int size = 2 + 4 + 4;
        for (Map.Entry<String, List<Integer>> topic : partitions.entrySet()) {
            size += 2 + utf8(topic.getKey()).length + 4 + 4 * topic.getValue().size();
        }
        ByteBuffer out = ByteBuffer.allocate(size).putShort(VERSION).putInt(partitions.size());
        partitions.forEach((topic, numbers) -> {
            put(out, topic);
            out.putInt(numbers.size());
            numbers.forEach(out::putInt);
        });
        return Bytes.of(out.putInt(NULL).array());
    }

    /**
     * Partitions by topic. Nothing at all where the leader has left a member out.
     *
     * @throws IllegalArgumentException if it is no assignment
     */
    static Map<String, List<Integer>> assigned(Bytes assignment) {
        Map<String, List<Integer>> partitions = new TreeMap<>();
        if (assignment.length() == 0) {
            return partitions;
        }
        try {
            ByteBuffer in = ByteBuffer.wrap(assignment.array());
            in.getShort();
            for (int left = count(in); left > 0; left--) {
                String topic = text(in);
                List<Integer> numbers = new ArrayList<>();
                for (int more = count(in); more > 0; more--) {
                    numbers.add(in.getInt());
                }
                partitions.put(topic, numbers);
            }
            return partitions;
        } catch (BufferUnderflowException torn) {
            throw new IllegalArgumentException("an assignment of " + assignment + " ends too early", torn);
        }
    }

    private static int count(ByteBuffer in) {
        int count = in.getInt();
        if (count < 0 || count > in.remaining() / 2) {
            throw new IllegalArgumentException("a count of " + count + " with " + in.remaining() + " bytes left");
        }
        return count;
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[Short.toUnsignedInt(in.getShort())];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static void put(ByteBuffer out, String text) {
        byte[] bytes = utf8(text);
        out.putShort((short) bytes.length).put(bytes);
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
