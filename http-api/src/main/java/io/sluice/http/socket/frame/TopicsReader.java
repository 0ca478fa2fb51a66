/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.http.socket.frame;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sluice.actors.subscription.PartitionName;
import io.sluice.actors.subscription.Positions;
import io.sluice.actors.subscription.TopicSelection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads the parts of a frame that name topics: what is subscribed to, and position vectors. */
final class TopicsReader {
    private static final int MAX_TOPIC_LENGTH = 249;

    private TopicsReader() {}

    /** {@code ["orders", {"topic": "other", "partitions": [0, 1]}]} */
    static List<TopicSelection> read(JsonParser in, FrameTokens tokens) throws IOException, FrameTokens.Wrong {
        tokens.expectArray("topics");
        List<TopicSelection> topics = new ArrayList<>();
        Set<String> names = new HashSet<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            String path = "topics[" + topics.size() + "]";
            TopicSelection topic = in.currentToken() == JsonToken.VALUE_STRING
                    ? TopicSelection.all(topic(path, in.getText(), tokens))
                    : selection(path, in, tokens);
            if (!names.add(topic.topic())) {
                throw tokens.wrong(path, "topic '" + topic.topic() + "' is given twice");
            }
            topics.add(topic);
        }
        if (topics.isEmpty()) {
            throw tokens.wrong("topics", "expected at least one");
        }
        return topics;
    }

    private static TopicSelection selection(String path, JsonParser in, FrameTokens tokens)
            throws IOException, FrameTokens.Wrong {
        tokens.expectObject(path, "the name of a topic or an object");
        String topic = null;
        Set<Integer> partitions = null;
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String name = in.currentName();
            String inside = path + "." + name;
            in.nextToken();
            switch (name) {
                case "topic" -> {
                    if (topic != null) {
                        throw tokens.wrong(inside, "given twice");
                    }
                    topic = topic(inside, tokens.string(inside, 1, Integer.MAX_VALUE), tokens);
                }
                case "partitions" -> {
                    if (partitions != null) {
                        throw tokens.wrong(inside, "given twice");
                    }
                    partitions = partitions(inside, in, tokens);
                }
                default -> throw tokens.wrong(inside, "unknown field");
            }
        }
        if (topic == null) {
            throw tokens.wrong(path + ".topic", "missing");
        }
        return new TopicSelection(topic, partitions == null ? Set.of() : partitions);
    }

    private static Set<Integer> partitions(String path, JsonParser in, FrameTokens tokens)
            throws IOException, FrameTokens.Wrong {
        tokens.expectArray(path);
        Set<Integer> partitions = new HashSet<>();
        while (in.nextToken() != JsonToken.END_ARRAY) {
            String inside = path + "[" + partitions.size() + "]";
            if (!partitions.add((int) tokens.number(inside, Integer.MAX_VALUE))) {
                throw tokens.wrong(inside, in.getText() + " is given twice");
            }
        }
        if (partitions.isEmpty()) {
            throw tokens.wrong(path, "expected at least one");
        }
        return partitions;
    }

    /** {@code {"orders": {"0": 1234, "3": 99}}} */
    static Positions positions(JsonParser in, FrameTokens tokens, String path) throws IOException, FrameTokens.Wrong {
        tokens.expectObject(path, "an object");
        Map<PartitionName, Long> offsets = new HashMap<>();
        while (in.nextToken() == JsonToken.FIELD_NAME) {
            String topic = in.currentName();
            String ofTopic = path + "." + topic;
            topic(ofTopic, topic, tokens);
            in.nextToken();
            tokens.expectObject(ofTopic, "an object");
            while (in.nextToken() == JsonToken.FIELD_NAME) {
                String partition = in.currentName();
                String ofPartition = ofTopic + "." + partition;
                PartitionName name = new PartitionName(topic, partition(ofPartition, partition, tokens));
                in.nextToken();
                if (offsets.put(name, tokens.number(ofPartition, FrameTokens.MAX_NUMBER)) != null) {
                    throw tokens.wrong(ofPartition, "given twice");
                }
            }
        }
        return Positions.of(offsets);
    }

    private static int partition(String path, String text, FrameTokens tokens) throws FrameTokens.Wrong {
        if (text.isEmpty() || text.length() > 10 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw tokens.wrong(path, "expected the number of a partition");
        }
        long partition = Long.parseLong(text);
        if (partition > Integer.MAX_VALUE || (text.length() > 1 && text.charAt(0) == '0')) {
            throw tokens.wrong(path, "expected the number of a partition");
        }
        return (int) partition;
    }

    static String topic(String path, String name, FrameTokens tokens) throws FrameTokens.Wrong {
        if (name.isEmpty()
                || name.length() > MAX_TOPIC_LENGTH
                || !name.chars().allMatch(TopicsReader::isTopicCharacter)) {
            throw tokens.wrong(path, "expected the name of a topic: 1 to 249 of a-z, A-Z, 0-9, '.', '_' and '-'");
        }
        return name;
    }

    private static boolean isTopicCharacter(int c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || c == '.'
                || c == '_'
                || c == '-';
    }
}
