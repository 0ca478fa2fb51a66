/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * The partitions of a topic on some nodes, and what they answer to one named producer, without sockets, as docs/websocket.md says: a number stands for its
 * record, behind a frame that failed nothing is taken until it comes again, only the leader of a partition takes records. Refusals, of all or a part of a
 * frame, at random. What was appended stays when the connection is lost; the answer does not.
 */
final class SimulatedProduceNode {
    private final Random random;
    private final int partitions;
    private final int nodes;

    /** Of each partition the values, in order. */
    final Map<Integer, List<String>> log = new HashMap<>();

    /** Of each partition the offsets by number. */
    private final Map<Integer, Map<Long, Long>> known = new HashMap<>();

    private final Map<Integer, Long> last = new HashMap<>();

    /** Of the connection that there is. */
    final List<ServerFrame> answers = new ArrayList<>();

    private final List<ClientFrame.Produce> arrived = new ArrayList<>();
    private long failed = -1;
    private int connectedTo;

    SimulatedProduceNode(Random random, int partitions, int nodes) {
        this.random = random;
        this.partitions = partitions;
        this.nodes = nodes;
    }

    void connected(int node) {
        connectedTo = node;
        failed = -1;
    }

    void receive(ClientFrame frame) {
        arrived.add((ClientFrame.Produce) frame);
    }

    /** A part of what had arrived is still handled: the client does not know which. */
    void lost() {
        while (!arrived.isEmpty() && random.nextBoolean()) {
            handle(arrived.remove(0));
        }
        arrived.clear();
        answers.clear();
    }

    void serve() {
        if (!arrived.isEmpty()) {
            handle(arrived.remove(0));
        }
    }

    private void handle(ClientFrame.Produce frame) {
        if (failed >= 0 && frame.sequence() > failed) {
            answers.add(error(frame, "OUT_OF_ORDER", List.of()));
            return;
        }
        if (frame.sequence() == failed) {
            failed = -1;
        }
        if (random.nextInt(12) == 0) {
            failed = frame.sequence();
            answers.add(error(frame, "NO_LEADER", List.of()));
            return;
        }
        String code = null;
        Set<Integer> refusing = new HashSet<>();
        List<ServerFrame.Placed> results = new ArrayList<>();
        for (int i = 0; i < frame.records().size(); i++) {
            Record record = frame.records().get(i);
            int partition = partition(record);
            String refusal = partition % nodes != connectedTo
                    ? "LED_ELSEWHERE"
                    : refusing.contains(partition) || random.nextInt(60) == 0 ? "TIMED_OUT" : null;
            // all of one partition or none
            if (refusal != null
                    && (!refusing.isEmpty() || results.stream().noneMatch(p -> p.partition() == partition))) {
                refusing.add(partition);
                code = code == null || refusal.equals("LED_ELSEWHERE") ? refusal : code;
                results.add(new ServerFrame.Placed(partition, -1, false, refusal));
            } else {
                long number = frame.sequence() + i;
                boolean duplicate = known.getOrDefault(partition, Map.of()).containsKey(number);
                results.add(new ServerFrame.Placed(partition, append(partition, number, record), duplicate, null));
            }
        }
        if (code == null) {
            answers.add(new ServerFrame.Produced(frame.id(), results));
        } else {
            failed = frame.sequence();
            answers.add(error(frame, code, results));
        }
    }

    private int partition(Record record) {
        return record.key() == null ? 0 : (Arrays.hashCode(record.key()) & Integer.MAX_VALUE) % partitions;
    }

    private long append(int partition, long number, Record record) {
        List<String> values = log.computeIfAbsent(partition, p -> new ArrayList<>());
        Map<Long, Long> offsets = known.computeIfAbsent(partition, p -> new HashMap<>());
        Long before = offsets.get(number);
        if (before != null) {
            return before;
        }
        if (number <= last.getOrDefault(partition, -1L)) {
            throw new AssertionError("number " + number + " behind " + last.get(partition));
        }
        last.put(partition, number);
        offsets.put(number, (long) values.size());
        values.add(record.valueAsString());
        return values.size() - 1L;
    }

    private static ServerFrame error(ClientFrame.Produce frame, String code, List<ServerFrame.Placed> results) {
        return new ServerFrame.Error(frame.id(), code, "why", false, results);
    }
}
