/* SPDX-License-Identifier: Apache-2.0 */
package io.sluice.system.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * What a power loss may do to the newest segment of each partition: its log ends earlier, its indexes end earlier still or reach too far, its
 * snapshot of producers is gone. Older segments were forced when they were closed, and the journal of replica states whenever it was written.
 */
final class LostTail {
    private static final int MOST_BYTES = 64 * 1024;

    private LostTail() {}

    static void of(Path data, Random random) {
        newestLogs(data.resolve("topics")).values().forEach(log -> tear(log, random));
    }

    private static Map<Path, Path> newestLogs(Path topics) {
        var newest = new TreeMap<Path, Path>();
        for (Path file : Folders.files(topics)) {
            if (file.toString().endsWith(".log")) {
                newest.merge(file.getParent(), file, (a, b) -> a.compareTo(b) > 0 ? a : b);
            }
        }
        return newest;
    }

    private static void tear(Path log, Random random) {
        try {
            long size = Files.size(log);
            long lost = random.nextInt(4) == 0 ? size : Math.min(size, random.nextInt(MOST_BYTES));
            cut(log, size - lost);
            String name = log.getFileName().toString().replace(".log", "");
            for (String kind : List.of(".index", ".timeindex", ".snapshot")) {
                Path file = log.resolveSibling(name + kind);
                if (Files.exists(file) && random.nextBoolean()) {
                    cut(file, random.nextInt((int) Files.size(file) + 1));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void cut(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.truncate(size);
        }
    }
}
