/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import java.util.SplittableRandom;

/**
 * What kinds of trouble a run has, and how much of each. Every run leaves some out: a fault that never happens lets others show what they
 * can do.
 */
final class Weather {
    /** What may happen in a step. */
    enum Event {
        DELIVER,
        DISK,
        APPEND,
        CAMPAIGN,
        RETRY,
        FOLLOW,
        HAND_OVER,
        GONE,
        SPREAD,
        CONFIRM,
        FORCE,
        DELETE_RECORDS,
        DROP,
        DUPLICATE,
        KILL,
        POWER_LOSS,
        WIPE,
        WIPE_STATE,
        STOP_CLEANLY,
        START,
        PAUSE,
        RESUME,
        CUT,
        CUT_ONE_WAY,
        HEAL,
        CHANGE_SET,
        LEARN_SET
    }

    /** What a run is mostly about: some mistakes show only where there is a lot of one kind of trouble. */
    enum Kind {
        ANY,
        WIPED_DISKS,
        CHANGING_SETS;

        static Kind of(int eighth) {
            return eighth < 5 ? ANY : eighth < 6 ? WIPED_DISKS : CHANGING_SETS;
        }
    }

    final Kind kind;
    final int voters;
    final int spares;
    final int minInsyncReplicas;
    final int steps;
    /** Of a hundred messages, how many overtake all others. */
    final int overtaking;
    /** Damages more replicas than the protocol can stand. */
    final boolean catastrophic;

    private final int[] cumulated = new int[Event.values().length];
    private final int total;

    Weather(SplittableRandom random) {
        kind = Kind.of(random.nextInt(8));
        voters = random.nextInt(5) < 3 ? 3 : random.nextInt(4) == 0 ? 4 : 5;
        boolean membership = kind == Kind.CHANGING_SETS || (kind == Kind.ANY && random.nextInt(4) == 0);
        spares = membership ? 1 + random.nextInt(2) : random.nextInt(4) == 0 ? 1 : 0;
        minInsyncReplicas = random.nextInt(4) == 0 ? 1 + random.nextInt(voters) : 1;
        steps = 300 + random.nextInt(2_000);
        overtaking = kind == Kind.WIPED_DISKS || random.nextInt(3) == 0 ? random.nextInt(90) : 0;
        catastrophic = kind == Kind.ANY && random.nextInt(12) == 0;
        int[] weights = weights(random, membership);
        int sum = 0;
        for (int i = 0; i < weights.length; i++) {
            sum += weights[i];
            cumulated[i] = sum;
        }
        total = sum;
    }

    private Weather(int voters) {
        kind = Kind.ANY;
        this.voters = voters;
        spares = 0;
        minInsyncReplicas = 1;
        steps = 0;
        overtaking = 0;
        catastrophic = false;
        total = 0;
    }

    /** Nothing happens by itself. */
    static Weather calm(int voters) {
        return new Weather(voters);
    }

    private int[] weights(SplittableRandom random, boolean membership) {
        int[] weights = new int[Event.values().length];
        always(weights, random);
        if (kind != Kind.WIPED_DISKS) {
            sometimes(weights, random);
        }
        if (kind == Kind.WIPED_DISKS) {
            set(weights, Event.WIPE, 10 + random.nextInt(50));
            set(weights, Event.DUPLICATE, random.nextInt(50));
            set(weights, Event.CUT_ONE_WAY, random.nextInt(30));
        } else if (membership) {
            set(weights, Event.CHANGE_SET, 20 + random.nextInt(60));
            set(weights, Event.LEARN_SET, 2 + random.nextInt(1 << random.nextInt(8)));
        }
        return weights;
    }

    private static void always(int[] weights, SplittableRandom random) {
        set(weights, Event.DELIVER, 1_000);
        set(weights, Event.DISK, 100 + random.nextInt(400));
        set(weights, Event.APPEND, 40 + random.nextInt(150));
        set(weights, Event.CAMPAIGN, 5 + random.nextInt(1 << random.nextInt(8)));
        set(weights, Event.RETRY, 40 + random.nextInt(100));
        set(weights, Event.FOLLOW, 20);
        set(weights, Event.HAND_OVER, random.nextInt(30));
        set(weights, Event.GONE, random.nextInt(10));
        set(weights, Event.SPREAD, random.nextInt(30));
        set(weights, Event.CONFIRM, 20);
        set(weights, Event.FORCE, random.nextInt(30));
        set(weights, Event.START, 30 + random.nextInt(60));
        set(weights, Event.RESUME, 20);
        set(weights, Event.HEAL, 15);
    }

    private static void sometimes(int[] weights, SplittableRandom random) {
        set(weights, Event.DELETE_RECORDS, sometimes(random, 10));
        set(weights, Event.DROP, sometimes(random, 120));
        set(weights, Event.DUPLICATE, sometimes(random, 120));
        set(weights, Event.KILL, sometimes(random, 30));
        set(weights, Event.POWER_LOSS, sometimes(random, 30));
        set(weights, Event.WIPE, sometimes(random, 30));
        set(weights, Event.WIPE_STATE, sometimes(random, 8));
        set(weights, Event.STOP_CLEANLY, sometimes(random, 10));
        set(weights, Event.PAUSE, sometimes(random, 20));
        set(weights, Event.CUT, sometimes(random, 15));
        set(weights, Event.CUT_ONE_WAY, sometimes(random, 30));
    }

    /** Weights are in the order of the events. */
    @SuppressWarnings("EnumOrdinal")
    private static void set(int[] weights, Event event, int weight) {
        weights[event.ordinal()] = weight;
    }

    private static int sometimes(SplittableRandom random, int most) {
        return random.nextBoolean() ? 0 : random.nextInt(most + 1);
    }

    Event next(SplittableRandom random) {
        int drawn = random.nextInt(total);
        int i = 0;
        while (cumulated[i] <= drawn) {
            i++;
        }
        return EVENTS[i];
    }

    private static final Event[] EVENTS = Event.values();

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(kind + ": " + voters + " voters, " + spares
                + " spares, min.insync.replicas " + minInsyncReplicas + (catastrophic ? ", catastrophic" : "") + ":");
        for (int i = 0; i < EVENTS.length; i++) {
            text.append(' ').append(EVENTS[i]).append('=').append(cumulated[i] - (i == 0 ? 0 : cumulated[i - 1]));
        }
        return text.toString();
    }
}
