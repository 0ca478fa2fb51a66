/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.checker;

import io.sluice.system.checker.Event.Acknowledged;
import io.sluice.system.checker.Event.CommitRead;
import io.sluice.system.checker.Event.Committed;
import io.sluice.system.checker.Event.Entry;
import io.sluice.system.checker.Event.Failed;
import io.sluice.system.checker.Event.Polled;
import io.sluice.system.checker.Event.Positioned;
import io.sluice.system.checker.Event.ReadBack;
import io.sluice.system.checker.Event.Sent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;

/**
 * The history of a broker that does everything right: producers with several sends under way, some without an answer; readers; a group whose
 * partition goes from member to member.
 */
final class ModelHistory {
    private static final int STEPS = 400;
    private static final int PRODUCERS = 3;
    private static final int READERS = 2;
    private static final String GROUP = "g";

    private final Random random;
    private final String partition;
    private final List<Event> events = new ArrayList<>();
    private final List<String> log = new ArrayList<>();
    private final List<Deque<String>> waiting = new ArrayList<>();
    private final int[] sent = new int[PRODUCERS];
    private final long[] readerAt = new long[READERS];
    private long time;
    private long member;
    private long memberAt;
    private long committed = -1;

    private ModelHistory(Random random, String partition) {
        this.random = random;
        this.partition = partition;
        for (int i = 0; i < PRODUCERS; i++) {
            waiting.add(new ArrayDeque<>());
        }
    }

    static List<Event> of(long seed, String partition) {
        var model = new ModelHistory(new Random(seed), partition);
        model.run();
        return model.events;
    }

    private void run() {
        for (int reader = 0; reader < READERS; reader++) {
            events.add(new Positioned(++time, "r" + reader, "", partition, 0));
        }
        rebalance();
        for (int step = 0; step < STEPS; step++) {
            switch (random.nextInt(8)) {
                case 0, 1 -> send(random.nextInt(PRODUCERS));
                case 2, 3 -> answer(random.nextInt(PRODUCERS));
                case 4, 5 -> read(random.nextInt(READERS));
                case 6 -> readAsMember();
                default -> commitOrRebalance();
            }
        }
        for (int producer = 0; producer < PRODUCERS; producer++) {
            while (!waiting.get(producer).isEmpty()) {
                answer(producer);
            }
        }
        events.add(new ReadBack(++time, partition, entries(0, log.size())));
    }

    private void send(int producer) {
        String value = partition + "/" + producer + "-" + sent[producer]++;
        events.add(new Sent(++time, "p" + producer, partition, value));
        waiting.get(producer).add(value);
    }

    private void answer(int producer) {
        String value = waiting.get(producer).poll();
        if (value == null) {
            return;
        }
        int kind = random.nextInt(10);
        if (kind > 0) {
            log.add(value);
        }
        String name = "p" + producer;
        if (kind > 1) {
            long offset = kind == 2 ? -1 : log.size() - 1;
            events.add(new Acknowledged(++time, name, partition, value, offset));
        } else {
            events.add(new Failed(++time, name, partition, value, false, "TimeoutException"));
        }
    }

    private void read(int reader) {
        long to = to(readerAt[reader]);
        if (to > readerAt[reader]) {
            events.add(new Polled(++time, "r" + reader, "", partition, entries(readerAt[reader], to)));
            readerAt[reader] = to;
        }
    }

    private void readAsMember() {
        long to = to(memberAt);
        if (to > memberAt) {
            events.add(new Polled(++time, "m" + member, GROUP, partition, entries(memberAt, to)));
            memberAt = to;
        }
    }

    private void commitOrRebalance() {
        if (random.nextInt(4) == 0) {
            rebalance();
        } else if (memberAt > committed && memberAt > 0) {
            boolean acknowledged = random.nextInt(5) > 0;
            events.add(new Committed(++time, ++time, "m" + member, GROUP, partition, memberAt, acknowledged));
            if (acknowledged || random.nextBoolean()) {
                committed = memberAt;
            }
        }
    }

    private void rebalance() {
        member++;
        memberAt = Math.max(0, committed);
        events.add(new CommitRead(++time, ++time, "m" + member, GROUP, partition, committed));
        events.add(new Positioned(++time, "m" + member, GROUP, partition, memberAt));
    }

    private long to(long from) {
        return from + (log.size() > from ? 1 + random.nextInt((int) (log.size() - from)) : 0);
    }

    private List<Entry> entries(long from, long to) {
        var entries = new ArrayList<Entry>();
        for (long offset = from; offset < to; offset++) {
            entries.add(new Entry(offset, log.get((int) offset)));
        }
        return entries;
    }
}
