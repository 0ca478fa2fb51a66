/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import io.sluice.actors.replication.ReplicaMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Predicate;

/** What is under way. Any message may be taken next; links may be cut one way. */
final class Network {
    /** More than that is lost. */
    private static final int IN_FLIGHT_MAX = 100;

    /** A message and the records that came with it. */
    record Envelope(int from, int to, ReplicaMessage message, List<SimulatedRecord> records) {}

    private final List<Envelope> inFlight = new ArrayList<>();
    private final boolean[][] cut;
    private boolean healed;

    Network(int nodes) {
        cut = new boolean[nodes][nodes];
    }

    void send(Envelope envelope) {
        if (inFlight.size() >= IN_FLIGHT_MAX && !healed) {
            inFlight.remove(0);
        }
        inFlight.add(envelope);
    }

    boolean isEmpty() {
        return inFlight.isEmpty();
    }

    int size() {
        return inFlight.size();
    }

    /** Takes any message, most often an old one; but of a hundred, {@code overtaking} times the newest one. */
    Envelope take(SplittableRandom random, int overtaking) {
        if (overtaking > 0 && random.nextInt(100) < overtaking) {
            return inFlight.remove(inFlight.size() - 1);
        }
        int index = Math.min(random.nextInt(inFlight.size()), random.nextInt(inFlight.size()));
        return inFlight.remove(index);
    }

    Envelope takeOldest() {
        return inFlight.remove(0);
    }

    Optional<Envelope> takeFirst(Predicate<Envelope> which) {
        Optional<Envelope> found = inFlight.stream().filter(which).findFirst();
        found.ifPresent(inFlight::remove);
        return found;
    }

    Envelope peek(SplittableRandom random) {
        return inFlight.get(random.nextInt(inFlight.size()));
    }

    void cut(int from, int to) {
        cut[from][to] = true;
    }

    boolean isCut(int from, int to) {
        return cut[from][to];
    }

    /** From now on nothing is lost. */
    void healForGood() {
        heal();
        healed = true;
    }

    void heal() {
        for (boolean[] links : cut) {
            java.util.Arrays.fill(links, false);
        }
    }
}
