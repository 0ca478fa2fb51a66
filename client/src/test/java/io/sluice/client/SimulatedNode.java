/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.client;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What a node does with one subscription, as docs/websocket.md says, without a socket: partitions with records, credits, positions. Frames that it sent wait
 * here until the connection delivers them, or is lost with them.
 */
final class SimulatedNode {
    static final String TOPIC = "orders";
    static final int RECORD_BYTES = 10;

    private final Random random;
    private final int partitions;
    private final int end;

    /** Of the connection that there is. */
    final List<ServerFrame> frames = new ArrayList<>();

    private Map<Integer, Long> next;
    private long records;
    private long bytes;

    /** @param end each partition has this many offsets */
    SimulatedNode(Random random, int partitions, int end) {
        this.random = random;
        this.partitions = partitions;
        this.end = end;
    }

    static boolean exists(int partition, long offset) {
        return (offset * 31 + partition) % 5 != 0;
    }

    long total() {
        long total = 0;
        for (int p = 0; p < partitions; p++) {
            for (long o = 0; o < end; o++) {
                total += exists(p, o) ? 1 : 0;
            }
        }
        return total;
    }

    void lost() {
        frames.clear();
        next = null;
    }

    /** Records that the client granted and this connection has not sent. */
    long unusedRecords() {
        return next == null ? 0 : records;
    }

    void receive(ClientFrame frame) {
        if (frame instanceof ClientFrame.Begin begin) {
            next = new TreeMap<>();
            Positions positions =
                    begin.from() instanceof StartFrom.Offsets offsets ? offsets.positions() : Positions.NONE;
            Positions at = Positions.NONE;
            for (int p = 0; p < partitions; p++) {
                Long asked = positions.next(TOPIC, p);
                next.put(p, asked == null ? 0 : asked);
                at = at.with(TOPIC, p, next.get(p));
            }
            records = begin.creditRecords();
            bytes = begin.creditBytes();
            frames.add(new ServerFrame.Subscribed(SubscriptionCore.ID, at));
        } else if (frame instanceof ClientFrame.Credit credit && next != null) {
            records += credit.records();
            bytes += credit.bytes();
        }
    }

    /** Sends one frame, if there is credit and something to send. */
    void serve() {
        if (next == null || records <= 0 || bytes <= 0) {
            return;
        }
        int partition = random.nextInt(partitions);
        long offset = next.get(partition);
        if (offset >= end) {
            return;
        }
        List<Record> sent = new ArrayList<>();
        int most = 1 + random.nextInt(6);
        long cost = 0;
        while (offset < end && sent.size() < most && records > 0 && cost < bytes) {
            if (exists(partition, offset)) {
                sent.add(new Record(TOPIC, partition, offset, 0, null, new byte[RECORD_BYTES], List.of()));
                cost += RECORD_BYTES;
                records--;
            }
            offset++;
        }
        bytes -= cost;
        next.put(partition, offset);
        if (sent.isEmpty()) {
            frames.add(new ServerFrame.Progress(SubscriptionCore.ID, Positions.NONE.with(TOPIC, partition, offset)));
        } else {
            frames.add(new ServerFrame.Records(SubscriptionCore.ID, TOPIC, partition, offset, cost, sent));
        }
    }
}
