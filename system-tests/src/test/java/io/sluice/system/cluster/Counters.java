/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What the kernel counts of a process. */
final class Counters {
    private Counters() {}

    static String of(long pid) {
        Path process = Path.of("/proc", Long.toString(pid));
        var text = new StringBuilder();
        for (String file : new String[] {"status", "io", "stat", "net/sockstat"}) {
            text.append("--- ").append(process.resolve(file)).append('\n');
            try {
                text.append(Files.readString(process.resolve(file)));
            } catch (IOException e) {
                text.append(e).append('\n');
            }
        }
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
            text.append("--- open files: ").append(open.count()).append('\n');
        } catch (IOException e) {
            text.append(e).append('\n');
        }
        return text.toString();
    }
}
