/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.actors.replication.simulation;

import io.sluice.actors.replication.Mistake;
import java.util.ArrayList;
import java.util.List;

/** Runs seeds, and tells what happened in one that failed. */
final class Runs {
    private static final int LINES_SHOWN = 250;

    private Runs() {}

    static void run(long seed, Mistake mistake, Census census, List<String> trace) {
        new Simulation(seed, mistake, census, trace).run();
    }

    /** Fails with the end of the trace, and how to see all of it. */
    static void mustHold(long seed, Census census) {
        try {
            run(seed, Mistake.NONE, census, null);
        } catch (AssertionError | RuntimeException broken) {
            throw new AssertionError(report(seed, Mistake.NONE, broken), broken);
        }
    }

    /** What goes wrong in a run; null if nothing does. */
    static Violation violation(long seed, Mistake mistake) {
        try {
            run(seed, mistake, new Census(), null);
            return null;
        } catch (Violation violation) {
            return violation;
        }
    }

    /** Prints all that happens in a run. */
    static void show(long seed) {
        List<String> trace = new ArrayList<>();
        try {
            run(seed, Mistake.NONE, new Census(), trace);
        } finally {
            trace.forEach(System.out::println);
        }
    }

    private static String report(long seed, Mistake mistake, Throwable broken) {
        List<String> trace = new ArrayList<>();
        try {
            run(seed, mistake, new Census(), trace);
            trace.add("(the second run did not fail: something in it is not deterministic)");
        } catch (AssertionError | RuntimeException again) {
            trace.add(again.toString());
        }
        int from = Math.max(0, trace.size() - LINES_SHOWN);
        return "seed " + seed + ": " + broken.getMessage() + "\n\nThe last " + (trace.size() - from) + " of "
                + trace.size() + " lines; all of them with -Dtest=ReplicationSimulationTest -Dsluice.simulation.seed="
                + seed
                + ":\n" + String.join("\n", trace.subList(from, trace.size()));
    }
}
