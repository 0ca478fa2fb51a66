/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What a node counts, and what the kernel counts of its process. */
final class Counters {
    private Counters() {}

    /** The meters of the node with this data directory, and whether it thinks that it is well. */
    static String of(Path data) {
        return "--- health\n" + read(data.resolve("health")) + "--- metrics\n" + read(data.resolve("metrics"));
    }

    static String of(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        var text = new StringBuilder();
        for (String file : new String[] {"status", "io", "stat", "net/sockstat"}) {
            text.append("--- ").append(process.resolve(file)).append('\n').append(read(process.resolve(file)));
        }
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            text.append("--- open files: ").append(open.count()).append('\n');
        } catch (IOException e) {
            text.append(e).append('\n');
        }
        return text.toString();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e + "\n";
        }
    }
}
