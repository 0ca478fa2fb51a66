/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A topic to produce into behind a {@link FakeServer}: a number of a named producer stands for its record, behind a frame that failed nothing is taken on
 * that connection until it comes again. Faults at random, if there is a seed: refusals, connections that end before the answer, and before the frame was
 * written.
 */
final class FakeProducing implements FakeServer.Script {
    /** Where a record is. */
    private record Place(int partition, long offset) {}

    private final int partitions;
    private final Random faults;
    private final Map<Integer, List<String>> log = new HashMap<>();
    private final Map<String, Place> known = new HashMap<>();

    FakeProducing(int partitions, Random faults) {
        this.partitions = partitions;
        this.faults = faults;
    }

    private boolean chance(int oneIn) {
        return faults != null && faults.nextInt(oneIn) == 0;
    }

    @Override
    public synchronized void onFrame(FakeServer.Connection connection, JsonNode frame) throws IOException {
        String id = frame.get("id").asText();
        long sequence = frame.get("sequence").asLong();
        Long failed = (Long) connection.state;
        if (failed != null && sequence > failed) {
            connection.send(error(id, "OUT_OF_ORDER"));
            return;
        }
        connection.state = null;
        if (chance(30)) {
            cut(connection, sequence);
        } else if (chance(20)) {
            connection.state = sequence;
            connection.send(error(id, "NO_LEADER"));
        } else {
            ObjectNode answer = write(frame, id, sequence);
            if (chance(30)) {
                cut(connection, sequence);
            } else {
                connection.send(answer);
            }
        }
    }

    /** What was read of it already must not be taken either, beside what comes again on the next connection. */
    private static void cut(FakeServer.Connection connection, long sequence) {
        connection.state = sequence;
        connection.cut();
    }

    private ObjectNode write(JsonNode frame, String id, long sequence) throws IOException {
        ObjectNode answer =
                FakeTopics.NODES.objectNode().put("type", "produced").put("id", id);
        ArrayNode places = answer.putArray("records");
        for (int i = 0; i < frame.get("records").size(); i++) {
            JsonNode record = frame.get("records").get(i);
            Place place = known.get(frame.get("producer").asText() + "#" + (sequence + i));
            if (place == null) {
                int partition = record.has("k") ? Math.floorMod(record.get("k").binaryValue()[0], partitions) : 0;
                List<String> values = log.computeIfAbsent(partition, p -> new ArrayList<>());
                place = new Place(partition, values.size());
                values.add(new String(record.get("v").binaryValue(), StandardCharsets.UTF_8));
                known.put(frame.get("producer").asText() + "#" + (sequence + i), place);
            }
            places.addObject().put("p", place.partition()).put("o", place.offset());
        }
        return answer;
    }

    private static ObjectNode error(String id, String code) {
        return FakeTopics.error(code, false).put("id", id);
    }

    synchronized List<String> values(int partition) {
        return List.copyOf(log.getOrDefault(partition, List.of()));
    }

    /** Values are the numbers from 0. */
    synchronized void assertEachOnceAndInOrder(int total) {
        Set<String> seen = new HashSet<>();
        log.forEach((partition, values) -> {
            int last = -1;
            for (String value : values) {
                assertThat(seen.add(value)).as("%s is there twice", value).isTrue();
                assertThat(Integer.parseInt(value))
                        .as("order of partition %s", partition)
                        .isGreaterThan(last);
                last = Integer.parseInt(value);
            }
        });
        assertThat(seen).hasSize(total);
    }
}
