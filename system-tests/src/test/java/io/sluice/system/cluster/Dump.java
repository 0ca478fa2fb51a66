/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import static org.awaitility.Awaitility.await;

import io.sluice.system.broker.SluiceProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.awaitility.core.ConditionTimeoutException;

/** Writes down all that can be known of a cluster whose test has failed, next to its data; prints where, and the last lines of each node. */
final class Dump {
    private static final int LINES_PRINTED = 60;
    private static final Duration THREADS_WITHIN = Duration.ofSeconds(5);

    private final TestCluster cluster;

    Dump(TestCluster cluster) {
        this.cluster = cluster;
    }

    void write() {
        System.out.println("the cluster is left in " + cluster.folder());
        write("cluster.txt", this::describe);
        for (TestNode node : cluster.nodes()) {
            node.undoSlowness();
            write("node-" + node.id() + ".counters", node::counters);
            write("node-" + node.id() + ".configuration", () -> configuration(node));
            write("node-" + node.id() + ".output", () -> output(node));
            write("node-" + node.id() + ".files", () -> files(node));
            System.out.println(
                    "--- " + node + (node.isRunning() ? " (runs)" : " (does not run)") + ", the end of its log:");
            System.out.println(end(node.log()));
        }
    }

    private void write(String name, Callable<String> text) {
        String content;
        try {
            content = text.call();
        } catch (Exception e) {
            content = "can't be had: " + e;
        }
        try {
            Files.writeString(cluster.folder().resolve(name), content);
        } catch (IOException e) {
            System.out.println("can't write " + name + ": " + e + "\n" + content);
        }
    }

    private String describe() throws Exception {
        try (Admin admin = cluster.admin()) {
            var topics = admin.listTopics().names().get();
            return admin.describeCluster().nodes().get() + "\n"
                    + admin.describeTopics(topics).allTopicNames().get().values().stream()
                            .map(Object::toString)
                            .collect(Collectors.joining("\n"));
        }
    }

    private static String configuration(TestNode node) throws IOException {
        long pid = node.current().pid();
        return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline")).replace('\0', '\n');
    }

    /** With its threads, if it runs: the virtual machine prints them when it gets SIGQUIT. */
    private static String output(TestNode node) {
        SluiceProcess current = node.current();
        if (current.isAlive()) {
            current.signal("QUIT");
            try {
                await().atMost(THREADS_WITHIN).until(() -> current.output().contains("JNI global refs"));
            } catch (ConditionTimeoutException stuck) {
                System.out.println(node + " does not show its threads");
            }
        }
        return node.processes().stream()
                .map(process -> "--- process " + process.pid() + "\n" + process.output())
                .collect(Collectors.joining("\n"));
    }

    private static String files(TestNode node) throws IOException {
        var text = new StringBuilder();
        for (Path file : Folders.files(node.data())) {
            text.append("%10d %s%n".formatted(Files.size(file), node.data().relativize(file)));
        }
        return text.toString();
    }

    private static String end(Path log) {
        try {
            List<String> lines = Files.readAllLines(log);
            return String.join("\n", lines.subList(Math.max(0, lines.size() - LINES_PRINTED), lines.size()));
        } catch (IOException e) {
            return e.toString();
        }
    }
}
