/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.faults;

import io.sluice.system.cluster.TestCluster;
import io.sluice.system.cluster.TestNode;
import io.sluice.system.workload.Workload;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Makes trouble, one at a time, ends it, and waits until every partition acknowledges again. What it chooses depends on the seed. */
final class Faults {
    private static final int FEWEST_MS = 100;
    private static final int MOST_MS = 4_000;
    private static final int START_INTERRUPTED_MOST_MS = 2_000;
    private static final Duration BACK_WITHIN = Duration.ofSeconds(45);

    private final TestCluster cluster;
    private final Workload workload;
    private final Random random;
    private final Leaders leaders;
    private final List<FaultKind> possible;
    private final List<FaultKind> coming = new ArrayList<>();

    Faults(TestCluster cluster, Workload workload, String topic, long seed) {
        this.cluster = cluster;
        this.workload = workload;
        this.random = new Random(seed);
        this.leaders = new Leaders(cluster, topic, workload.groups());
        List<String> wanted =
                List.of(System.getProperty("sluice.fault.kinds", "").split(","));
        this.possible = Arrays.stream(FaultKind.values())
                .filter(kind -> wanted.contains("") || wanted.contains(kind.name()))
                .filter(kind -> cluster.canCut() || !kind.cutsLinks())
                .filter(kind -> cluster.nodes().size() > 2 || !kind.damages()) // one of three may lose what it has
                .filter(kind -> kind != FaultKind.SLOW_DISK || cluster.node(1).canSlowDisk())
                .toList();
    }

    /** Kinds that this machine can't make. */
    List<FaultKind> impossible() {
        return Arrays.stream(FaultKind.values())
                .filter(kind -> !possible.contains(kind))
                .toList();
    }

    /** The next fault, from beginning to end. Every kind comes once before one comes again. */
    void next(int number) throws InterruptedException {
        if (coming.isEmpty()) {
            coming.addAll(possible);
        }
        make(number, coming.remove(random.nextInt(coming.size())));
    }

    private void make(int number, FaultKind kind) throws InterruptedException {
        TestNode victim = victim();
        TestNode other = other(victim);
        int holdMs = FEWEST_MS + random.nextInt(MOST_MS - FEWEST_MS);
        String text = "fault %d: %s, %d ms".formatted(number, kind.describe(victim, other), holdMs);
        workload.note(text);
        workload.takeLongestGap();
        long began = System.nanoTime();
        begin(kind, victim, other);
        hold(holdMs);
        workload.note("fault %d ends".formatted(number));
        try {
            cluster.makeWhole();
            workload.awaitProgress(BACK_WITHIN);
            if (kind.damages()) {
                cluster.awaitTrusted();
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("after " + text, e);
        }
        System.out.printf(
                "%s: longest gap %s, whole again after %d ms%n",
                text, workload.takeLongestGap(), TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began) - holdMs);
        hold(random.nextInt(FEWEST_MS * 5));
    }

    /** The leader of a partition, the controller, a group's coordinator, or just any node. */
    private TestNode victim() {
        TestNode any = cluster.nodes().get(random.nextInt(cluster.nodes().size()));
        return switch (random.nextInt(4)) {
            case 0 -> leaders.ofPartition(random.nextInt(leaders.partitions())).orElse(any);
            case 1 -> leaders.ofMetadata().orElse(any);
            case 2 -> leaders.ofGroup(workload.groups().get(random.nextInt(2))).orElse(any);
            default -> any;
        };
    }

    private TestNode other(TestNode victim) {
        List<TestNode> others =
                cluster.nodes().stream().filter(node -> node != victim).toList();
        return others.isEmpty() ? victim : others.get(random.nextInt(others.size()));
    }

    private void begin(FaultKind kind, TestNode victim, TestNode other) throws InterruptedException {
        switch (kind) {
            case KILL -> victim.kill();
            case KILL_TWICE -> {
                victim.kill();
                victim.launch();
                hold(random.nextInt(START_INTERRUPTED_MOST_MS));
                victim.kill();
            }
            case KILL_TWO -> {
                victim.kill();
                other.kill();
            }
            case KILL_ALL -> cluster.nodes().forEach(TestNode::kill);
            case STOP -> {
                int code = victim.stop();
                if (code != 0) {
                    throw new AssertionError(victim + " ended with exit code " + code + " after SIGTERM");
                }
            }
            case PAUSE -> victim.pause();
            case PAUSE_AND_KILL -> {
                victim.pause();
                other.kill();
            }
            case PULSES -> victim.slowDown();
            case SLOW_DISK -> victim.slowDownDisk();
            case ISOLATE -> cluster.isolate(victim);
            case ISOLATE_FROM_ALL -> {
                cluster.isolate(victim);
                cluster.isolateFromClients(victim);
            }
            case ISOLATE_AND_KILL -> {
                cluster.isolate(victim);
                other.kill();
            }
            case CUT_LINK -> cluster.cutBoth(victim, other);
            case MUTE -> othersOf(victim).forEach(node -> cluster.cut(victim, node));
            case DEAF -> othersOf(victim).forEach(node -> cluster.cut(node, victim));
            case WIPE -> {
                victim.kill();
                victim.wipe();
            }
            case LOSE_TAIL -> {
                victim.kill();
                victim.loseTail(random);
            }
        }
    }

    private List<TestNode> othersOf(TestNode victim) {
        return cluster.nodes().stream().filter(node -> node != victim).toList();
    }

    /** Trouble lasts a while. */
    private static void hold(int ms) throws InterruptedException {
        var unused = new CountDownLatch(1).await(ms, TimeUnit.MILLISECONDS);
    }
}
