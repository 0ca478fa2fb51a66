/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Topics to subscribe to behind a {@link FakeServer}: partitions that never end, record n of which is "TOPIC-PARTITION-n", credits that are counted as
 * docs/websocket.md says. Faults at random, if there is a seed: connections that end in the middle of a frame, byes, errors, gaps in offsets.
 */
final class FakeTopics implements FakeServer.Script {
    static final JsonNodeFactory NODES = JsonNodeFactory.instance;

    /** One subscription of one connection. */
    private static final class Reader {
        final Map<String, TreeMap<Integer, Long>> next = new HashMap<>();
        long records;
        long bytes;
    }

    private final Map<String, Integer> topics;
    private final Random faults;
    private final int maxRecordsInFrame;
    final List<JsonNode> received = new CopyOnWriteArrayList<>();
    final Map<String, String> refusals = new ConcurrentHashMap<>();

    FakeTopics(Map<String, Integer> partitionsOfTopics, int maxRecordsInFrame, Random faults) {
        this.topics = partitionsOfTopics;
        this.maxRecordsInFrame = maxRecordsInFrame;
        this.faults = faults;
    }

    static String value(String topic, int partition, long offset) {
        return topic + "-" + partition + "-" + offset;
    }

    /** Every seventh offset has no record, as after a compaction. */
    static boolean exists(long offset) {
        return offset % 7 != 3;
    }

    @Override
    public void onFrame(FakeServer.Connection connection, JsonNode frame) throws IOException {
        received.add(frame);
        switch (frame.get("type").asText()) {
            case "subscribe" -> subscribe(connection, frame);
            case "credit" -> {
                Reader reader = (Reader) connection.state;
                if (reader != null) {
                    grant(reader, frame);
                    serve(connection, reader);
                }
            }
            default -> {}
        }
    }

    private void subscribe(FakeServer.Connection connection, JsonNode frame) throws IOException {
        Reader reader = new Reader();
        for (JsonNode asked : frame.get("topics")) {
            String topic =
                    asked.isTextual() ? asked.asText() : asked.get("topic").asText();
            String refusal = refusals.get(topic);
            if (refusal != null || !topics.containsKey(topic)) {
                connection.send(error(refusal == null ? "UNKNOWN_TOPIC" : refusal, true));
                return;
            }
            TreeMap<Integer, Long> partitions = new TreeMap<>();
            for (int p = 0; p < topics.get(topic); p++) {
                partitions.put(p, frame.at("/from/offsets/" + topic + "/" + p).asLong(0));
            }
            reader.next.put(topic, partitions);
        }
        grant(reader, frame.get("credit"));
        connection.state = reader;
        ObjectNode answer = frame("subscribed");
        ObjectNode positions = answer.putObject("positions");
        ObjectNode partitions = answer.putObject("partitions");
        reader.next.forEach((topic, offsets) -> {
            ObjectNode ofTopic = positions.putObject(topic);
            ArrayNode numbers = partitions.putArray(topic);
            offsets.forEach((partition, next) -> {
                ofTopic.put(Integer.toString(partition), next);
                numbers.add(partition);
            });
        });
        connection.send(answer);
        serve(connection, reader);
    }

    static ObjectNode frame(String type) {
        return NODES.objectNode().put("type", type).put("id", "s");
    }

    static ObjectNode error(String code, boolean fatal) {
        return frame("error")
                .put("code", code)
                .put("message", "as the test wants it")
                .put("fatal", fatal);
    }

    private static void grant(Reader reader, JsonNode credit) {
        reader.records += credit.get("records").asLong();
        reader.bytes += credit.get("bytes").asLong();
    }

    /** All that credit allows, the partitions in turn. */
    private void serve(FakeServer.Connection connection, Reader reader) throws IOException {
        while (reader.records > 0 && reader.bytes > 0) {
            for (Map.Entry<String, TreeMap<Integer, Long>> topic : reader.next.entrySet()) {
                Iterator<Integer> partitions = topic.getValue().keySet().iterator();
                while (partitions.hasNext() && reader.records > 0 && reader.bytes > 0) {
                    if (!send(connection, reader, topic.getKey(), partitions.next())) {
                        return;
                    }
                }
            }
        }
    }

    private boolean send(FakeServer.Connection connection, Reader reader, String topic, int partition)
            throws IOException {
        ObjectNode frame = frame("records").put("topic", topic).put("partition", partition);
        ArrayNode records = NODES.arrayNode();
        long offset = reader.next.get(topic).get(partition);
        long cost = 0;
        while (records.size() < maxRecordsInFrame && reader.records > 0 && cost < reader.bytes) {
            if (exists(offset)) {
                byte[] value = value(topic, partition, offset).getBytes(StandardCharsets.UTF_8);
                records.addObject()
                        .put("o", offset)
                        .put("t", 1_000_000 + offset)
                        .put("v", value);
                cost += value.length;
                reader.records--;
            }
            offset++;
        }
        reader.bytes -= cost;
        reader.next.get(topic).put(partition, offset);
        frame.put("next", offset).put("bytes", cost).set("records", records);
        return deliver(connection, frame);
    }

    /** False if the connection is not to be used any more. */
    private boolean deliver(FakeServer.Connection connection, ObjectNode frame) throws IOException {
        int fault = faults == null ? 99 : faults.nextInt(40);
        switch (fault) {
            case 0 -> connection.sendAndCut(frame, faults.nextDouble());
            case 1 -> {
                ObjectNode bye = NODES.objectNode()
                        .put("type", "bye")
                        .put("reason", "a test")
                        .put("reconnect", true);
                bye.putArray("to");
                connection.send(bye);
                connection.close(1001, "a test");
            }
            case 2 -> connection.send(error("READ_FAILED", true));
            case 3, 4 -> connection.sendFragments(frame, 1 + faults.nextInt(50));
            default -> connection.send(frame);
        }
        if (fault == 5) {
            connection.ping();
        }
        if (fault <= 2) {
            connection.state = null;
        }
        return fault > 2;
    }
}
